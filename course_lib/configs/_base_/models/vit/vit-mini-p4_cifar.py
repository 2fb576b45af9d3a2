"""A ViT for 32×32 pictures and a few minutes on a processor: 311,338 parameters, 64 patches of 4×4 pixels."""

model = dict(
    type="ImageClassifier",
    backbone=dict(
        type="VisionTransformer",
        arch=dict(embed_dims=96, num_layers=4, num_heads=4, feedforward_channels=192),
        img_size=32,
        patch_size=4,
    ),
    neck=None,
    head=dict(type="VisionTransformerClsHead", num_classes=10, in_channels=96),
)
