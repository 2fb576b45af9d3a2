"""ResNet-50 with a stem for small pictures, on CIFAR-100: the recipe of MMPretrain's model zoo; for a GPU.

Published: 79.90 % (MMPretrain, 8 GPUs with 16 pictures each). Not measured here yet: it needs a GPU.
"""

_base_ = [
    "../_base_/models/resnet18_cifar.py",
    "../_base_/datasets/cifar100.py",
    "../_base_/schedules/cifar10_bs128.py",
    "../_base_/default_runtime.py",
]

channels_last = True
model = dict(backbone=dict(depth=50), head=dict(num_classes=100, in_channels=2048))
optim_wrapper = dict(optimizer=dict(weight_decay=0.0005))
param_scheduler = dict(milestones=[60, 120, 160], gamma=0.2)
default_hooks = dict(logger=dict(interval=50))
