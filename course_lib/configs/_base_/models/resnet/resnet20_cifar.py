"""ResNet-20 of the ResNet paper for 32×32 pictures: 269,722 parameters, the paper's 0.27 million."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="ResNet_CIFAR", depth=20, num_stages=3, out_indices=(2,)),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=10, in_channels=64),
)
