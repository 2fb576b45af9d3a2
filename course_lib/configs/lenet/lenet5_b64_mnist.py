"""LeNet-5 on MNIST, two passes over the data.

98.78, 98.59, 98.81 % of the 10,000 test pictures with seeds 0, 1, 2; 23 CPU-seconds each, one core.
"""

_base_ = ["../_base_/models/lenet5.py", "../_base_/datasets/mnist.py", "../_base_/default_runtime.py"]

optim_wrapper = dict(optimizer=dict(type="Adam", lr=0.004))
param_scheduler = [
    dict(type="LinearLR", start_factor=0.1, by_epoch=False, end=100),
    dict(type="PolyLR", power=1.0, by_epoch=False),
]
train_cfg = dict(by_epoch=True, max_epochs=2)
default_hooks = dict(logger=dict(interval=50))
