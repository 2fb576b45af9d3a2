"""RepVGG-B1g2, the form that trains, for ImageNet: 45,782,376 parameters, as timm's blocks count."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RepVGG", arch="B1g2", out_indices=(3,)),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2048, topk=(1, 5)),
)
