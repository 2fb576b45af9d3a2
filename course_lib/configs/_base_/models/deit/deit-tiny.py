"""DeiT-Tiny/16 for ImageNet: 5,717,416 parameters, timm's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="VisionTransformer", arch="deit-tiny", img_size=224, patch_size=16),
    neck=None,
    head=dict(
        type="VisionTransformerClsHead",
        num_classes=1000,
        in_channels=192,
        topk=(1, 5),
        loss=dict(type="LabelSmoothLoss", label_smooth_val=0.1, mode="original"),
    ),
    train_cfg=dict(augments=[dict(type="Mixup", alpha=0.8), dict(type="CutMix", alpha=1.0)]),
)
