"""CIFAR-10 for speed runs: shifted by up to 2 pixels, and mirrored in every second epoch."""

_base_ = ["cifar10.py"]

train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="RandomCrop", crop_size=32, padding=2, padding_mode="reflect"),
    dict(type="AlternatingFlip"),
    dict(type="PackInputs"),
]
tta_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="TestTimeAug", transforms=[[dict(type="RandomFlip", prob=0.0), dict(type="RandomFlip", prob=1.0)]]),
    dict(type="PackInputs"),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
