"""ImageNet with AutoAugment, the policies that were found on ImageNet (arXiv 1805.09501); 64 a step and device."""

_base_ = ["imagenet_bs64.py"]

train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="RandomResizedCrop", scale=224),
    dict(type="RandomFlip", prob=0.5, direction="horizontal"),
    dict(type="AutoAugment", policies="imagenet", hparams=dict(pad_val=[104, 116, 124], interpolation="bicubic")),
    dict(type="PackInputs"),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
