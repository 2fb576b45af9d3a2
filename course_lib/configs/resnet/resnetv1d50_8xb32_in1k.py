"""ResNet-V1d-50 on ImageNet: V1c whose shortcuts halve the size by a mean; for 8 GPUs.

"Bag of Tricks for Image Classification with Convolutional Neural Networks", arXiv 1812.01187.
Published: 77.54 % top-1 (MMPretrain, 8 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/resnet/resnetv1d50.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256.py",
    "../_base_/default_runtime.py",
]
