"""ResNeXt-50 (32×4d) on ImageNet: ResNet-50 whose 3×3 convolutions work in 32 groups; for 8 GPUs.

"Aggregated Residual Transformations for Deep Neural Networks", arXiv 1611.05431.
Published: 77.90 % top-1 (MMPretrain, 8 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/resnext/resnext50_32x4d.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256.py",
    "../_base_/default_runtime.py",
]
