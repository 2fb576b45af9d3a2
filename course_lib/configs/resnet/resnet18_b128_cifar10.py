"""ResNet-18 with a stem for small pictures, on CIFAR-10: the recipe of MMPretrain's model zoo; for a GPU.

Not measured here yet: it needs a GPU.
"""

_base_ = ["../_base_/models/resnet18_cifar.py", "../_base_/datasets/cifar10.py", "../_base_/default_runtime.py"]

channels_last = True
optim_wrapper = dict(optimizer=dict(type="SGD", lr=0.1, momentum=0.9, weight_decay=0.0001))
param_scheduler = dict(type="MultiStepLR", by_epoch=True, milestones=[100, 150], gamma=0.1)
train_cfg = dict(by_epoch=True, max_epochs=200)
default_hooks = dict(logger=dict(interval=50))
