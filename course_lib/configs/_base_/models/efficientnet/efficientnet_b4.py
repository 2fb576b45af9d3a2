"""EfficientNet-B4 for ImageNet: 19,341,616 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="EfficientNet", arch="b4"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1792, topk=(1, 5)),
)
