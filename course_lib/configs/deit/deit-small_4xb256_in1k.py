"""DeiT-Small/16 on ImageNet: a ViT of 22 million parameters that needs no larger data set; for 4 GPUs.

"Training data-efficient image transformers & distillation through attention", arXiv 2012.12877.
Published: 80.69 % top-1 (MMPretrain, 4 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/deit/deit-small.py",
    "../_base_/datasets/imagenet_bs64_swin_224.py",
    "../_base_/schedules/imagenet_bs1024_adamw_swin.py",
    "../_base_/default_runtime.py",
]

train_dataloader = dict(batch_size=256)
optim_wrapper = dict(
    paramwise_cfg=dict(custom_keys={".cls_token": dict(decay_mult=0.0), ".pos_embed": dict(decay_mult=0.0)}),
    clip_grad=dict(max_norm=5.0),
)
