"""ShuffleNetV2 (1×) on ImageNet: 2.3 million parameters, 300 epochs; for 16 GPUs.

"ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design", arXiv 1807.11164.
Published: 69.55 % top-1 (MMPretrain, 16 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/shufflenet_v2/shufflenet_v2_1x.py",
    "../_base_/datasets/imagenet_bs64.py",
    "../_base_/schedules/imagenet_bs1024_linearlr_bn_nowd.py",
    "../_base_/default_runtime.py",
]
