"""ShuffleNetV1 (1×, 3 groups) on ImageNet: 1.9 million parameters, 300 epochs; for 16 GPUs.

"ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile Devices", arXiv 1707.01083.
Published: 68.13 % top-1 (MMPretrain, 16 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/shufflenet_v1/shufflenet_v1_1x.py",
    "../_base_/datasets/imagenet_bs64.py",
    "../_base_/schedules/imagenet_bs1024_linearlr_bn_nowd.py",
    "../_base_/default_runtime.py",
]
