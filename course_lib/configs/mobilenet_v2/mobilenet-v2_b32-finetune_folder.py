"""MobileNetV2 on a folder of one's own photos, from torchvision's weights; set `data_root` and `num_classes`.

The weights (of ImageNet) are fetched when the training begins. Photos of 224×224 pixels, as those weights know them.
Not measured here yet.
"""

_base_ = [
    "../_base_/datasets/folder_224.py",
    "../_base_/schedules/finetune.py",
    "../_base_/default_runtime.py",
]

num_classes = 5
model = dict(
    type="ImageClassifier",
    backbone=dict(
        type="TorchvisionBackbone",
        model_name="mobilenet_v2",
        init_cfg=dict(type="Pretrained", checkpoint="torchvision://mobilenet_v2"),
    ),
    neck=None,
    head=dict(type="LinearClsHead", num_classes=num_classes, in_channels=1280),
)
