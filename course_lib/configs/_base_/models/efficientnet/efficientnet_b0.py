"""EfficientNet-B0 for ImageNet: 5,288,548 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="EfficientNet", arch="b0"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1280, topk=(1, 5)),
)
