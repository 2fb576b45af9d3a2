"""EfficientNet-B8 for ImageNet: 87,413,142 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="EfficientNet", arch="b8"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2816, topk=(1, 5)),
)
