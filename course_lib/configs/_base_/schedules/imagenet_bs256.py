"""The classical ImageNet schedule: lr 0.1 for 256 pictures a step, a tenth at epochs 30, 60 and 90.

256 are 8 devices with 32 each. On a single one `optim_wrapper.accumulative_counts=8` gathers as many, or
`auto_scale_lr.enable=True` takes an eighth of the rate.
"""

optim_wrapper = dict(optimizer=dict(type="SGD", lr=0.1, momentum=0.9, weight_decay=0.0001))
param_scheduler = dict(type="MultiStepLR", by_epoch=True, milestones=[30, 60, 90], gamma=0.1)
train_cfg = dict(by_epoch=True, max_epochs=100, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=256)
