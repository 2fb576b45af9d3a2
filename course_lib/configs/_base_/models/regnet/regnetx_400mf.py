"""RegNetX-400MF for ImageNet: 5,157,512 parameters, timm's number (torchvision's network is wider)."""

model = dict(
    type="ImageClassifier",
    backbone=dict(type="RegNet", arch="regnetx_400mf"),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=384, topk=(1, 5)),
)
