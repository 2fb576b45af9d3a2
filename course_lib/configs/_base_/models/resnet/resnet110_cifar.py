"""ResNet-110 of the ResNet paper for 32×32 pictures: 1,727,962 parameters, the paper's 1.7 million."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="ResNet_CIFAR", depth=110, num_stages=3, out_indices=(2,)),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=10, in_channels=64),
)
