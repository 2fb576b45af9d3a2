"""CIFAR-10: 50,000 + 10,000 photos of 32×32 pixels, as the official files or as a folder of pictures.

Fetch it with `course data prepare cifar10`. In training each photo is shifted by up to 4 pixels and flipped.
"""

data_root = "data/cifar10"
train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="RandomCrop", crop_size=32, padding=4),
    dict(type="RandomFlip", prob=0.5, direction="horizontal"),
    dict(type="PackInputs"),
]
test_pipeline = [dict(type="LoadImageFromFile"), dict(type="PackInputs")]
data_preprocessor = dict(mean=[125.3, 123.0, 113.9], std=[63.0, 62.1, 66.7])
train_dataloader = dict(
    batch_size=128,
    num_workers=2,
    drop_last=True,
    dataset=dict(type="CIFAR10", data_root=data_root, split="train", pipeline=train_pipeline),
)
val_dataloader = dict(
    batch_size=250,
    num_workers=2,
    dataset=dict(type="CIFAR10", data_root=data_root, split="test", pipeline=test_pipeline),
)
val_evaluator = dict(type="Accuracy", topk=(1,))
