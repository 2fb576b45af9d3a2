"""ResNet-18 with a 3×3 stem for 32×32 pictures: 11,173,962 parameters, 555 million multiplications a picture."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="ResNet_CIFAR", depth=18, num_stages=4, out_indices=(3,)),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=10, in_channels=512),
)
