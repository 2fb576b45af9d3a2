"""ResNet-V1d-101 for ImageNet: 44,568,392 parameters, the number of timm's resnet101d."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="ResNetV1d", depth=101, num_stages=4, out_indices=(3,), style="pytorch"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2048, topk=(1, 5)),
)
