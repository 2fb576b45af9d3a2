"""ImageNet (ILSVRC 2012), 224×224 pixels: 1,281,167 photos to train on, 50,000 to measure with; 32 a step and device.

In training a random part of each photo is shown, flipped half of the time; for measuring, its middle. `data_root` holds
`train/CLASS` and `val/CLASS`.
"""

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
    dataset=dict(type="ImageNet", data_root=data_root, split="train", pipeline=train_pipeline),
)
val_dataloader = dict(
    batch_size=32,
    num_workers=5,
    dataset=dict(type="ImageNet", data_root=data_root, split="val", pipeline=test_pipeline),
)
val_evaluator = dict(type="Accuracy", topk=(1, 5))
