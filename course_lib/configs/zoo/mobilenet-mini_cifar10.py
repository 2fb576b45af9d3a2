"""A small MobileNetV2 on CIFAR-10: 68.35 ± 0.12 % of 10,000 test pictures with seeds 0, 1, 2.

Of seed 0, 68.49 %, are the weights of get_model('mobilenet-mini_cifar10', pretrained=True). 408,938 parameters. 6.8
CPU-minutes a training on one core. The pictures were JPEG copies of CIFAR-10's.
"""

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
