"""ViT-Base/16 for ImageNet: 86,567,656 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="VisionTransformer", arch="b", img_size=224, patch_size=16, drop_rate=0.1),
    neck=None,
    head=dict(
        type="VisionTransformerClsHead",
        num_classes=1000,
        in_channels=768,
        topk=(1, 5),
        loss=dict(type="LabelSmoothLoss", label_smooth_val=0.1, mode="classy_vision"),
    ),
)
