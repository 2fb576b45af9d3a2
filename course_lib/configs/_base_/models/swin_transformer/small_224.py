"""Swin-Small for ImageNet: 49,606,258 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="SwinTransformer", arch="small", img_size=224, drop_path_rate=0.3),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(
        type="LinearClsHead",
        num_classes=1000,
        in_channels=768,
        topk=(1, 5),
        init_cfg=None,
        loss=dict(type="LabelSmoothLoss", label_smooth_val=0.1, mode="original"),
    ),
    train_cfg=dict(augments=[dict(type="Mixup", alpha=0.8), dict(type="CutMix", alpha=1.0)]),
)
