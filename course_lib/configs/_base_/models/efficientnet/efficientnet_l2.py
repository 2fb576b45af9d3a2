"""EfficientNet-L2 for ImageNet: 480,309,308 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="EfficientNet", arch="l2"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=5504, topk=(1, 5)),
)
