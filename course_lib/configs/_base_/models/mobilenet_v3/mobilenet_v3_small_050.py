"""MobileNetV3-Small, half as wide, for ImageNet: 1,593,224 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="MobileNetV3", arch="small_050"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(
        type="StackedLinearClsHead",
        num_classes=1000,
        in_channels=288,
        mid_channels=[1024],
        dropout_rate=0.2,
        act_cfg=dict(type="HSwish"),
        topk=(1, 5),
    ),
)
