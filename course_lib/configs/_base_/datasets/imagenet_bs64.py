"""ImageNet with the usual crops and flips, 64 photos a step and device."""

_base_ = ["imagenet_bs32.py"]

train_dataloader = dict(batch_size=64)
val_dataloader = dict(batch_size=64)
