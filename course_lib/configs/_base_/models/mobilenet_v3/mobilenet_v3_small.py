"""MobileNetV3-Small for ImageNet: 2,542,856 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="MobileNetV3", arch="small"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(
        type="StackedLinearClsHead",
        num_classes=1000,
        in_channels=576,
        mid_channels=[1024],
        dropout_rate=0.2,
        act_cfg=dict(type="HSwish"),
        topk=(1, 5),
    ),
)
