"""EfficientNet-EdgeTPU-M for ImageNet: 6,899,496 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="EfficientNet", arch="em", act_cfg=dict(type="ReLU")),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1280, topk=(1, 5)),
)
