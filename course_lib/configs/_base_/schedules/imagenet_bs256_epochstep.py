"""MobileNetV2's schedule: lr 0.045 for 256 pictures a step, 2 % less after each of 300 epochs, small decay."""

_base_ = ["imagenet_bs256.py"]

optim_wrapper = dict(optimizer=dict(lr=0.045, weight_decay=0.00004))
param_scheduler = dict(_delete_=True, type="StepLR", by_epoch=True, step_size=1, gamma=0.98)
train_cfg = dict(max_epochs=300)
