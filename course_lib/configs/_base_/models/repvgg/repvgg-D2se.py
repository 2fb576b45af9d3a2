"""RepVGG-D2se, the form that trains, for ImageNet: 133,334,836 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RepVGG", arch="D2se", out_indices=(3,)),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2560, topk=(1, 5)),
)
