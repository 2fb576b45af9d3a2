"""ResNet-18 with a stem for small pictures, on CIFAR-10: the recipe of MMPretrain's model zoo; for a GPU.

Published: 94.82 % (MMPretrain, 8 GPUs with 16 pictures each). Not measured here yet: it needs a GPU.
"""

_base_ = [
    "../_base_/models/resnet18_cifar.py",
    "../_base_/datasets/cifar10.py",
    "../_base_/schedules/cifar10_bs128.py",
    "../_base_/default_runtime.py",
]

channels_last = True
default_hooks = dict(logger=dict(interval=50))
