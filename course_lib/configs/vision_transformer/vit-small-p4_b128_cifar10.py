"""A small ViT with patches of 4×4 pixels on CIFAR-10, 200 epochs; for a GPU, or a night on a processor.

"An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", arXiv 2010.11929.
Not measured here yet.
"""

_base_ = [
    "../_base_/models/vit/vit-small-p4_cifar.py",
    "../_base_/datasets/cifar10.py",
    "../_base_/default_runtime.py",
]

optim_wrapper = dict(
    optimizer=dict(type="AdamW", lr=0.001, weight_decay=0.05),
    paramwise_cfg=dict(norm_decay_mult=0.0, bias_decay_mult=0.0),
    clip_grad=dict(max_norm=1.0),
)
param_scheduler = [
    dict(type="LinearLR", start_factor=0.01, by_epoch=True, end=10, convert_to_iter_based=True),
    dict(type="CosineAnnealingLR", by_epoch=True, begin=10),
]
train_cfg = dict(by_epoch=True, max_epochs=200)
default_hooks = dict(logger=dict(interval=50))
