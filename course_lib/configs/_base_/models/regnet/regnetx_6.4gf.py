"""RegNetX-6.4GF for ImageNet: 26,209,256 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RegNet", arch="regnetx_6.4gf"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1624, topk=(1, 5)),
)
