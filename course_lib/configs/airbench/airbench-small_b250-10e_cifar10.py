"""As airbench-small_b250-5e_cifar10, for twice as long and with larger shifts.

84.20 % of the 10,000 test pictures (JPEG copies of them), 85.14 % with their mirrored views (--tta), with seed 0; 10.6
CPU-minutes in all on one core with AVX-512 while the machine was busy.
"""

_base_ = ["airbench-small_b250-5e_cifar10.py"]

train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="RandomCrop", crop_size=32, padding=2, padding_mode="reflect"),
    dict(type="AlternatingFlip"),
    dict(type="PackInputs"),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
param_scheduler = [  # of 2,000 steps, 23 % up
    dict(type="LinearLR", start_factor=0.2, end_factor=1.0, by_epoch=False, end=461),
    dict(type="LinearLR", start_factor=1.0, end_factor=0.07, by_epoch=False, begin=460),
]
train_cfg = dict(max_epochs=10, val_interval=10)
