"""DenseNet-121 on ImageNet: every layer sees what all before it found; 90 epochs, for 4 GPUs.

"Densely Connected Convolutional Networks", arXiv 1608.06993.
Published: 74.43 % top-1 (the weights that torchvision took over); not run here.
"""

_base_ = [
    "../_base_/models/densenet/densenet121.py",
    "../_base_/datasets/imagenet_bs64.py",
    "../_base_/schedules/imagenet_bs256.py",
    "../_base_/default_runtime.py",
]

train_dataloader = dict(batch_size=256)
train_cfg = dict(max_epochs=90)
auto_scale_lr = dict(base_batch_size=1024)
