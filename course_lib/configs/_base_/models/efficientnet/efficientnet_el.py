"""EfficientNet-EdgeTPU-L for ImageNet: 10,589,712 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="EfficientNet", arch="el", act_cfg=dict(type="ReLU")),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1536, topk=(1, 5)),
)
