"""EfficientNet-B7 for ImageNet: 66,347,960 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="EfficientNet", arch="b7"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2560, topk=(1, 5)),
)
