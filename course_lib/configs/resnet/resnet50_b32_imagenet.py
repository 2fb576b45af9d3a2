"""ResNet-50 on ImageNet: the bootcamp's first config, in today's dialect. For several GPUs and some days.

Not measured here: it needs ImageNet.
"""

_base_ = ["../_base_/models/resnet50.py", "../_base_/schedules/imagenet_bs256.py", "../_base_/default_runtime.py"]

data_root = "data/imagenet"
train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="RandomResizedCrop", scale=224),
    dict(type="RandomFlip", prob=0.5, direction="horizontal"),
    dict(type="PackInputs"),
]
test_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="ResizeEdge", scale=256, edge="short"),
    dict(type="CenterCrop", crop_size=224),
    dict(type="PackInputs"),
]
data_preprocessor = dict(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], to_rgb=True)
train_dataloader = dict(
    batch_size=32,
    num_workers=5,
    dataset=dict(type="ImageNet", data_root=data_root, data_prefix="train", pipeline=train_pipeline),
)
val_dataloader = dict(
    batch_size=32,
    num_workers=5,
    dataset=dict(type="ImageNet", data_root=data_root, data_prefix="val", pipeline=test_pipeline),
)
val_evaluator = dict(type="Accuracy", topk=(1, 5))
