"""Three convolutions for colour pictures from 8×8 on: 94,762 parameters."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="SmallCNN", in_channels=3, widths=(32, 64, 128)),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=10, in_channels=128),
)
