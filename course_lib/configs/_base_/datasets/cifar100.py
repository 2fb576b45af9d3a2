"""CIFAR-100: as CIFAR-10, but a hundred kinds of things. Fetch it with `course data prepare cifar100`."""

_base_ = ["cifar10.py"]

data_root = "data/cifar100"
data_preprocessor = dict(mean=[129.3, 124.1, 112.4], std=[68.2, 65.4, 70.4])
train_dataloader = dict(dataset=dict(type="CIFAR100", data_root=data_root))
val_dataloader = dict(dataset=dict(type="CIFAR100", data_root=data_root))
