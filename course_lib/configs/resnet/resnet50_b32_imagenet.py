"""ResNet-50 on ImageNet: the bootcamp's first config, in today's dialect. For several GPUs and some days.

Published: 76.55 % top-1 (MMPretrain, 8 GPUs with 32 pictures each); not run here.
"""

_base_ = [
    "../_base_/models/resnet50.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256.py",
    "../_base_/default_runtime.py",
]
