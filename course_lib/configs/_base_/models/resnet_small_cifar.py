"""A narrow ResNet for 32×32 pictures and a processor: 391,146 parameters, 15 million multiplications a picture."""

# Three stages, and half the size before the first of them: 38 times less work than resnet18_cifar.
model = dict(
    type="ImageClassifier",
    backbone=dict(
        type="ResNet_CIFAR",
        depth=18,
        stem_channels=16,
        base_channels=24,
        num_stages=3,
        strides=(2, 2, 2),
        dilations=(1, 1, 1),
        out_indices=(2,),
    ),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=10, in_channels=96),
)
