"""MobileNetV2 on ImageNet: 3.5 million parameters, 300 epochs; for 8 GPUs.

"MobileNetV2: Inverted Residuals and Linear Bottlenecks", arXiv 1801.04381.
Published: 71.86 % top-1 (MMPretrain, 8 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/mobilenet_v2/mobilenet_v2_1x.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256_epochstep.py",
    "../_base_/default_runtime.py",
]
