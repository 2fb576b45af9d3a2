"""A small ViT for 32×32 pictures and a processor: 460,906 parameters."""

model = dict(
    type="ImageClassifier",
    backbone=dict(
        type="VisionTransformer",
        arch=dict(embed_dims=96, num_layers=6, num_heads=6, feedforward_channels=192),
        img_size=32,
        patch_size=4,
    ),
    neck=None,
    head=dict(type="VisionTransformerClsHead", num_classes=10, in_channels=96),
)
