"""ImageNet with crops, flips and light of another colour, as RegNet's authors train; 128 photos a step and device."""

_base_ = ["imagenet_bs32.py"]

train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="RandomResizedCrop", scale=224),
    dict(type="RandomFlip", prob=0.5, direction="horizontal"),
    dict(
        type="Lighting",  # ImageNet's main directions of colour
        eigval=[0.2175, 0.0188, 0.0045],
        eigvec=[[-0.5836, -0.6948, 0.4203], [-0.5808, -0.0045, -0.814], [-0.5675, 0.7192, 0.4009]],
        alphastd=25.5,
        to_rgb=False,  # the rows are blue, green, red
    ),
    dict(type="PackInputs"),
]
train_dataloader = dict(batch_size=128, dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(batch_size=128)
