"""RegNetX-3.2GF for ImageNet: 15,296,552 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RegNet", arch="regnetx_3.2gf"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1008, topk=(1, 5)),
)
