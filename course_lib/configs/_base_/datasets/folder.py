"""Photos of one's own in `data_root/train/CLASS` and `data_root/val/CLASS`, as `course data split` makes them.

In training a random part of each photo is shown, flipped half of the time; for measuring, its middle.
"""

data_root = "data/flowers"
size = 96
train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="RandomResizedCrop", scale=size, crop_ratio_range=(0.25, 1.0)),
    dict(type="RandomFlip", prob=0.5, direction="horizontal"),
    dict(type="PackInputs"),
]
test_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="ResizeEdge", scale=108, edge="short"),
    dict(type="CenterCrop", crop_size=size),
    dict(type="PackInputs"),
]
data_preprocessor = dict(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375])
train_dataloader = dict(
    batch_size=32,
    num_workers=2,
    on_error="skip",
    dataset=dict(type="CustomDataset", data_root=data_root, data_prefix="train", pipeline=train_pipeline),
)
val_dataloader = dict(
    batch_size=64,
    num_workers=2,
    on_error="skip",
    dataset=dict(type="CustomDataset", data_root=data_root, data_prefix="val", pipeline=test_pipeline),
)
val_evaluator = dict(type="Accuracy", topk=(1,))
