"""ResNet-50 on ImageNet with Mixup: each picture is mixed with another, and so are the labels; for 8 GPUs.

"Deep Residual Learning for Image Recognition", arXiv 1512.03385.
"mixup: Beyond Empirical Risk Minimization", arXiv 1710.09412.
Published by MMPretrain: the recipe, and for the one without Mixup 76.55 % top-1; not run here.
"""

_base_ = [
    "../_base_/models/resnet50.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256.py",
    "../_base_/default_runtime.py",
]

model = dict(train_cfg=dict(augments=dict(type="Mixup", alpha=0.2)))
