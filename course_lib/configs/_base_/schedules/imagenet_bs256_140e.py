"""The classical ImageNet schedule, longer: 140 epochs, a tenth at 40, 80 and 120."""

_base_ = ["imagenet_bs256.py"]

param_scheduler = dict(milestones=[40, 80, 120])
train_cfg = dict(max_epochs=140)
