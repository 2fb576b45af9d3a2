"""MLP-Mixer-Base/16 on ImageNet alone, with ViT's schedule; for 64 GPUs.

"MLP-Mixer: An all-MLP Architecture for Vision", arXiv 2105.01601. MMPretrain publishes this recipe without a training;
the 76.68 % top-1 of its weights come from elsewhere. Not run here.
"""

_base_ = [
    "../_base_/models/mlp_mixer/mlp_mixer_base_patch16.py",
    "../_base_/datasets/imagenet_bs64_mixer_224.py",
    "../_base_/schedules/imagenet_bs4096_adamw.py",
    "../_base_/default_runtime.py",
]

optim_wrapper = dict(clip_grad=dict(max_norm=1.0))
