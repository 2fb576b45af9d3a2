"""ResNeXt-152 32×4d for ImageNet: 59,951,400 parameters, MMPretrain's 59.95 million."""

model = dict(
    type="ImageClassifier",
    backbone=dict(
        type="ResNeXt", depth=152, num_stages=4, out_indices=(3,), groups=32, width_per_group=4, style="pytorch"
    ),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2048, topk=(1, 5)),
)
