"""VGG-16's convolutions with batch norm on CIFAR-10, one linear layer behind them; for a GPU.

"Very Deep Convolutional Networks for Large-Scale Image Recognition", arXiv 1409.1556.
Without the three large layers it has 14.7 million parameters.
Not measured here yet: it needs a GPU.
"""

_base_ = [
    "../_base_/datasets/cifar10.py",
    "../_base_/schedules/cifar10_bs128.py",
    "../_base_/default_runtime.py",
]

model = dict(
    type="ImageClassifier",
    backbone=dict(type="VGG", depth=16, norm_cfg=dict(type="BN")),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=10, in_channels=512),
)
optim_wrapper = dict(optimizer=dict(weight_decay=0.0005))
