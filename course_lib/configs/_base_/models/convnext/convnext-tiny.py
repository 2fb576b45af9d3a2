"""ConvNeXt-Tiny for ImageNet: 28,589,128 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="ConvNeXt", arch="tiny", drop_path_rate=0.1),
    neck=None,
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
