"""EfficientNet-B0 on ImageNet in 100 epochs, without AutoAugment and dropout; for 8 GPUs.

"EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", arXiv 1905.11946, whose own recipe takes
RMSprop and several times as many epochs. This one is of RegNet's authors (arXiv 2003.13678, figure 22): lr 0.2 for 128
pictures a step.
Published: 75.1 % top-1 (pycls, 8 GPUs, mean of 5 runs); not run here.
"""

_base_ = [
    "../_base_/models/efficientnet/efficientnet_b0.py",
    "../_base_/datasets/imagenet_bs128_lighting.py",
    "../_base_/schedules/imagenet_bs1024_coslr.py",
    "../_base_/default_runtime.py",
]

train_dataloader = dict(batch_size=32)
optim_wrapper = dict(optimizer=dict(lr=0.4, weight_decay=1e-5))
auto_scale_lr = dict(base_batch_size=256)
