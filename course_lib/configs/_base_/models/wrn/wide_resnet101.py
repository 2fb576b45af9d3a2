"""Wide ResNet-101-2 for ImageNet: 126,886,696 parameters, torchvision's number."""

model = dict(
    type="ImageClassifier",
    backbone=dict(
        type="ResNet",
        depth=101,
        stem_channels=64,
        base_channels=128,
        expansion=2,
        num_stages=4,
        out_indices=(3,),
        style="pytorch",
    ),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(type="LinearClsHead", num_classes=1000, in_channels=2048, topk=(1, 5)),
)
