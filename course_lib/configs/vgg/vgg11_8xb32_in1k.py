"""VGG-11 on ImageNet, without norms and therefore with a tenth of the usual lr; for 8 GPUs.

"Very Deep Convolutional Networks for Large-Scale Image Recognition", arXiv 1409.1556.
Published: 68.75 % top-1 (MMPretrain, 8 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/vgg/vgg11.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256.py",
    "../_base_/default_runtime.py",
]

optim_wrapper = dict(optimizer=dict(lr=0.01))
