"""RegNetX-8.0GF for ImageNet: 39,572,648 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RegNet", arch="regnetx_8.0gf"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1920, topk=(1, 5)),
)
