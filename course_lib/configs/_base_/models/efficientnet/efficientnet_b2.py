"""EfficientNet-B2 for ImageNet: 9,109,994 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="EfficientNet", arch="b2"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1408, topk=(1, 5)),
)
