"""A small ResNet that has learned seven of the Shapes, tuned to a folder of pictures of three others (lesson 21).

240 pictures of 40 pixels, 6 epochs, 3 CPU-seconds: about 90 % of other pictures; from scratch about 45 %.
"""

_base_ = ["../_base_/models/resnet_small_cifar.py", "../_base_/datasets/folder.py", "../_base_/default_runtime.py"]

data_root = "data/shapes"
model = dict(head=dict(num_classes=3))
load_from = "zoo://resnet-mini_shapes"
train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="Resize", scale=32),
    dict(type="RandomFlip", prob=0.5),
    dict(type="PackInputs"),
]
test_pipeline = [dict(type="LoadImageFromFile"), dict(type="Resize", scale=32), dict(type="PackInputs")]
data_preprocessor = dict(mean=[127.5, 127.5, 127.5], std=[63.0, 63.0, 63.0])
train_dataloader = dict(num_workers=0, dataset=dict(data_root=data_root, pipeline=train_pipeline))
val_dataloader = dict(num_workers=0, dataset=dict(data_root=data_root, pipeline=test_pipeline))
channels_last = True
optim_wrapper = dict(optimizer=dict(type="SGD", lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.0005))
param_scheduler = dict(type="CosineAnnealingLR", by_epoch=False)
train_cfg = dict(by_epoch=True, max_epochs=6)
