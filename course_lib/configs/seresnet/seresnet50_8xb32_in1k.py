"""SE-ResNet-50 on ImageNet: ResNet-50 that weighs its channels, 140 epochs; for 8 GPUs.

"Squeeze-and-Excitation Networks", arXiv 1709.01507.
Published: 77.74 % top-1 (MMPretrain, 8 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/seresnet/seresnet50.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256_140e.py",
    "../_base_/default_runtime.py",
]
