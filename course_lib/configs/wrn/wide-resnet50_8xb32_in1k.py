"""Wide ResNet-50-2 on ImageNet: ResNet-50 with twice the channels inside its blocks; for 8 GPUs.

"Wide Residual Networks", arXiv 1605.07146.
Published: 78.47 % top-1 (torchvision, with a recipe of this kind); not run here.
"""

_base_ = [
    "../_base_/models/wrn/wide_resnet50.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256.py",
    "../_base_/default_runtime.py",
]
