"""VGG-16 with batch norm on ImageNet; for 8 GPUs.

"Very Deep Convolutional Networks for Large-Scale Image Recognition", arXiv 1409.1556.
The paper has no norms; with them the usual lr of 0.1 is not too much.
Published: 73.74 % top-1 (MMPretrain, 8 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/vgg/vgg16bn.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256.py",
    "../_base_/default_runtime.py",
]
