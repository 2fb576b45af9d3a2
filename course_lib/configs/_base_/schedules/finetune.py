"""For weights that have learned elsewhere: small steps, a tenth of them for what is learned already; 10 epochs."""

optim_wrapper = dict(
    optimizer=dict(type="AdamW", lr=0.001, weight_decay=0.05),
    paramwise_cfg=dict(custom_keys={"backbone": dict(lr_mult=0.1)}),
)
param_scheduler = [
    dict(type="LinearLR", start_factor=0.1, by_epoch=False, end=50),
    dict(type="CosineAnnealingLR", by_epoch=False),
]
train_cfg = dict(by_epoch=True, max_epochs=10)
