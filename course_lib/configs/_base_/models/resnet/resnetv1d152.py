"""ResNet-V1d-152 for ImageNet: 60,212,040 parameters, the number of timm's resnet152d."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="ResNetV1d", depth=152, num_stages=4, out_indices=(3,), style="pytorch"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2048, topk=(1, 5)),
)
