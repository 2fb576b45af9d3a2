"""MobileNetV3-Large on ImageNet: RMSprop, AutoAugment and Random Erasing, 600 epochs; for 8 GPUs.

"Searching for MobileNetV3", arXiv 1905.02244.
Published: 73.49 % top-1 (MMPretrain, 8 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/mobilenet_v3/mobilenet_v3_large.py",
    "../_base_/datasets/imagenet_bs128_mbv3.py",
    "../_base_/schedules/imagenet_bs1024_rmsprop.py",
    "../_base_/default_runtime.py",
]
