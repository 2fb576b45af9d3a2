"""RegNetX-800MF for ImageNet: 7,259,656 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RegNet", arch="regnetx_800mf"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=672, topk=(1, 5)),
)
