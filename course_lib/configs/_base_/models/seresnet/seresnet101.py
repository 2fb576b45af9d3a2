"""SE-ResNet-101 for ImageNet: 49,326,872 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="SEResNet", depth=101, num_stages=4, out_indices=(3,), style="pytorch"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2048, topk=(1, 5)),
)
