"""RegNetX-12GF for ImageNet: 46,106,056 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RegNet", arch="regnetx_12gf"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2240, topk=(1, 5)),
)
