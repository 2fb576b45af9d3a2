"""RepVGG-B3g2, the form that trains, for ImageNet: 96,911,848 parameters, as timm's blocks count."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RepVGG", arch="B3g2", out_indices=(3,)),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2560, topk=(1, 5)),
)
