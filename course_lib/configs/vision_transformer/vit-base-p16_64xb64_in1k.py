"""ViT-Base/16 on ImageNet alone: strong decay, dropout, AutoAugment and Mixup, 300 epochs; for 64 GPUs.

"An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", arXiv 2010.11929.
Published: 77.91 % top-1 (the paper, finished at 384 pixels); not run here.
"""

_base_ = [
    "../_base_/models/vit/vit-base-p16.py",
    "../_base_/datasets/imagenet_bs64_autoaug.py",
    "../_base_/schedules/imagenet_bs4096_adamw.py",
    "../_base_/default_runtime.py",
]

model = dict(
    head=dict(hidden_dim=3072),
    train_cfg=dict(augments=dict(type="Mixup", alpha=0.2)),
)
optim_wrapper = dict(clip_grad=dict(max_norm=1.0))
