"""MobileNetV3-Large for ImageNet: 5,483,032 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="MobileNetV3", arch="large"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(
        type="StackedLinearClsHead",
        num_classes=1000,
        in_channels=960,
        mid_channels=[1280],
        dropout_rate=0.2,
        act_cfg=dict(type="HSwish"),
        topk=(1, 5),
    ),
)
