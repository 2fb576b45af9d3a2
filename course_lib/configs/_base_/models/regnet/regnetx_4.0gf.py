"""RegNetX-4.0GF for ImageNet: 22,118,248 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RegNet", arch="regnetx_4.0gf"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1360, topk=(1, 5)),
)
