"""RepVGG-A0 on ImageNet: trained with three branches, which become one convolution; 120 epochs, for 8 GPUs.

"RepVGG: Making VGG-style ConvNets Great Again", arXiv 2101.03697.
Published: 72.37 % top-1 (MMPretrain, 8 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/repvgg/repvgg-A0.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256_coslr.py",
    "../_base_/default_runtime.py",
]

optim_wrapper = dict(paramwise_cfg=dict(bias_decay_mult=0.0, norm_decay_mult=0.0))
param_scheduler = dict(T_max=120, end=120, convert_to_iter_based=True)
train_cfg = dict(max_epochs=120)
