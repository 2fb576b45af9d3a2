"""A small ViT (44,026 parameters) on Shapes of any place and size before a plain background.

89.0 % of 500 unseen pictures (93.2, 87.0, 87.4, 91.6, 88.2, 86.4 with seeds 0 to 5) after 27 CPU-seconds; the CNN of
lesson 09 gets 99 % in 5 s. The class token's attention (rollout) is 1.75 to 2.03 times as dense in the shape's box.
"""

_base_ = ["../_base_/datasets/shapes.py", "../_base_/default_runtime.py"]

model = dict(
    type="ImageClassifier",
    backbone=dict(
        type="VisionTransformer",
        arch=dict(embed_dims=48, num_layers=2, num_heads=4, feedforward_channels=96),
        img_size=32,
        patch_size=4,
    ),
    neck=None,
    head=dict(type="VisionTransformerClsHead", num_classes=10, in_channels=48),
)
levels = dict(difficulty=0.0, position=1.0, scale=0.8, colour=0.5)
train_dataloader = dict(batch_size=25, dataset=dict(num_samples=2000, **levels))
val_dataloader = dict(dataset=levels)
optim_wrapper = dict(optimizer=dict(type="AdamW", lr=0.002, weight_decay=0.05))
param_scheduler = [
    dict(type="LinearLR", start_factor=0.01, by_epoch=False, end=120),
    dict(type="CosineAnnealingLR", by_epoch=False),
]
train_cfg = dict(by_epoch=True, max_epochs=15)
