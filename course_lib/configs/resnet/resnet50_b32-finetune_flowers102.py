"""ResNet-50 on Oxford's 102 kinds of flowers, from torchvision's weights.

The weights (of ImageNet) are fetched when the training begins.
Not measured here yet.
"""

_base_ = [
    "../_base_/models/resnet50.py",
    "../_base_/datasets/flowers102.py",
    "../_base_/schedules/finetune.py",
    "../_base_/default_runtime.py",
]

model = dict(
    backbone=dict(init_cfg=dict(type="Pretrained", checkpoint="torchvision://resnet50")),
    head=dict(num_classes=102, topk=(1,)),
)
