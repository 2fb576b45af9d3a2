"""LeNet-5 on Fashion-MNIST, ten passes over the data.

Not measured here yet.
"""

_base_ = [
    "../_base_/models/lenet5.py",
    "../_base_/datasets/fashion_mnist.py",
    "../_base_/default_runtime.py",
]

optim_wrapper = dict(optimizer=dict(type="Adam", lr=0.004))
param_scheduler = [
    dict(type="LinearLR", start_factor=0.1, by_epoch=False, end=100),
    dict(type="PolyLR", power=1.0, by_epoch=False),
]
train_cfg = dict(by_epoch=True, max_epochs=10)
default_hooks = dict(logger=dict(interval=50))
