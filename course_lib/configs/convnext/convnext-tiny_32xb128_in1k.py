"""ConvNeXt-Tiny on ImageNet: a ResNet with all that made Swin good, and Swin's training; for 32 GPUs.

"A ConvNet for the 2020s", arXiv 2201.03545.
Published: 82.14 % top-1 (MMPretrain, 32 GPUs; 81.95 % without the average of the weights); not run here.
"""

_base_ = [
    "../_base_/models/convnext/convnext-tiny.py",
    "../_base_/datasets/imagenet_bs64_swin_224.py",
    "../_base_/schedules/imagenet_bs1024_adamw_swin.py",
    "../_base_/default_runtime.py",
]

train_dataloader = dict(batch_size=128)
optim_wrapper = dict(optimizer=dict(lr=0.004))
custom_hooks = [dict(type="EMAHook", momentum=1e-4)]
auto_scale_lr = dict(base_batch_size=4096)
