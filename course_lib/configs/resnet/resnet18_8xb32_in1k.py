"""ResNet-18 on ImageNet, the classical recipe; for 8 GPUs.

"Deep Residual Learning for Image Recognition", arXiv 1512.03385.
Published: 69.90 % top-1 (MMPretrain, 8 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/resnet18.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256.py",
    "../_base_/default_runtime.py",
]
