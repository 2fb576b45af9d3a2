"""ResNet-50 on the Oxford-IIIT pets, from torchvision's weights.

The weights (of ImageNet) are fetched when the training begins.
Not measured here yet.
"""

_base_ = [
    "../_base_/models/resnet50.py",
    "../_base_/datasets/oxford_pet.py",
    "../_base_/schedules/finetune.py",
    "../_base_/default_runtime.py",
]

model = dict(
    backbone=dict(init_cfg=dict(type="Pretrained", checkpoint="torchvision://resnet50")),
    head=dict(num_classes=37, topk=(1,)),
)
