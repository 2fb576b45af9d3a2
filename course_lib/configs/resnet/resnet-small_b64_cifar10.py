"""A small ResNet on CIFAR-10 for a computer without a GPU.

81.64 % of the 10,000 test pictures (JPEG copies of them) with seed 0; 12.5 CPU-minutes, one core.
"""

_base_ = ["../_base_/models/resnet_small_cifar.py", "../_base_/datasets/cifar10.py", "../_base_/default_runtime.py"]

channels_last = True
train_dataloader = dict(batch_size=64)
optim_wrapper = dict(optimizer=dict(type="SGD", lr=0.3, momentum=0.9, nesterov=True, weight_decay=0.0005))
param_scheduler = [
    dict(type="LinearLR", start_factor=0.1, by_epoch=False, end=400),
    dict(type="PolyLR", power=1.0, by_epoch=False),
]
train_cfg = dict(by_epoch=True, max_epochs=11)
default_hooks = dict(logger=dict(interval=50))
