"""ResNet-50 on ImageNet in the way of 2021: LAMB, a yes or no for each class, Mixup, CutMix, RandAugment; for 8 GPUs.

"ResNet strikes back: An improved training procedure in timm", arXiv 2110.00476, procedure A3, which trains at 160
pixels and measures at 224.
Published: 78.30 % top-1 (MMPretrain, 8 GPUs, trained at 224 pixels); not run here.
"""

_base_ = [
    "../_base_/models/resnet50.py",
    "../_base_/datasets/imagenet_bs64_swin_224.py",
    "../_base_/default_runtime.py",
]

model = dict(
    head=dict(loss=dict(type="CrossEntropyLoss", use_sigmoid=True)),
    train_cfg=dict(augments=[dict(type="Mixup", alpha=0.1), dict(type="CutMix", alpha=1.0)]),
)
train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="RandomResizedCrop", scale=160, interpolation="bicubic"),
    dict(type="RandomFlip", prob=0.5, direction="horizontal"),
    dict(
        type="RandAugment",
        policies="timm_increasing",
        num_policies=2,
        total_level=10,
        magnitude_level=6,
        magnitude_std=0.5,
        hparams=dict(pad_val=[104, 116, 124], interpolation="bicubic"),
    ),
    dict(type="PackInputs"),
]
test_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="ResizeEdge", scale=236, edge="short", interpolation="bicubic"),
    dict(type="CenterCrop", crop_size=224),
    dict(type="PackInputs"),
]
train_dataloader = dict(batch_size=256, dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
optim_wrapper = dict(
    optimizer=dict(type="Lamb", lr=0.008, weight_decay=0.02),
    paramwise_cfg=dict(bias_decay_mult=0.0, norm_decay_mult=0.0),
)
param_scheduler = [
    dict(type="LinearLR", start_factor=0.0001, by_epoch=True, begin=0, end=5, convert_to_iter_based=True),
    dict(type="CosineAnnealingLR", T_max=95, eta_min=1e-6, by_epoch=True, begin=5, end=100),
]
train_cfg = dict(by_epoch=True, max_epochs=100, val_interval=1)
auto_scale_lr = dict(base_batch_size=2048)
