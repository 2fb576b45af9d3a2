"""ConvNeXt-Small for ImageNet: 50,223,688 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="ConvNeXt", arch="small", drop_path_rate=0.4),
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
