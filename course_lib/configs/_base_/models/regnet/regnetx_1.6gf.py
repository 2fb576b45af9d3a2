"""RegNetX-1.6GF for ImageNet: 9,190,136 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RegNet", arch="regnetx_1.6gf"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=912, topk=(1, 5)),
)
