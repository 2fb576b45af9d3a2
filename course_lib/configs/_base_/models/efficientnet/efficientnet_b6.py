"""EfficientNet-B6 for ImageNet: 43,040,704 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="EfficientNet", arch="b6"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2304, topk=(1, 5)),
)
