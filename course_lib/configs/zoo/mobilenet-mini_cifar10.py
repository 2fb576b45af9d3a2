"""A small MobileNetV2 on CIFAR-10."""

_base_ = [
    "../_base_/models/mobilenet_v2/mobilenet_v2_mini_cifar.py",
    "../_base_/datasets/cifar10_airbench.py",
    "../_base_/default_runtime.py",
]

channels_last = True
train_dataloader = dict(batch_size=64)
optim_wrapper = dict(optimizer=dict(type="SGD", lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.0001))
param_scheduler = [
    dict(type="LinearLR", start_factor=0.1, by_epoch=False, end=400),
    dict(type="PolyLR", power=1.0, by_epoch=False, begin=400),
]
train_cfg = dict(by_epoch=True, max_epochs=4)
default_hooks = dict(logger=dict(interval=50))
