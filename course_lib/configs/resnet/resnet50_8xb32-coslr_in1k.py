"""ResNet-50 on ImageNet, its rate along a cosine in place of three steps; for 8 GPUs.

"Deep Residual Learning for Image Recognition", arXiv 1512.03385. The cosine: "SGDR", arXiv 1608.03983.
Published by MMPretrain: the recipe, and for the one with steps 76.55 % top-1; not run here.
"""

_base_ = [
    "../_base_/models/resnet50.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256_coslr.py",
    "../_base_/default_runtime.py",
]
