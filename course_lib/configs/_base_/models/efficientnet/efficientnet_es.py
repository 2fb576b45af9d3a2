"""EfficientNet-EdgeTPU-S for ImageNet: 5,438,392 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="EfficientNet", arch="es", act_cfg=dict(type="ReLU")),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=1280, topk=(1, 5)),
)
