"""ResNet-20 on CIFAR-10, the paper's own: 0.27 million parameters, 164 epochs; for a GPU, or a night on a processor.

"Deep Residual Learning for Image Recognition", arXiv 1512.03385, section 4.2: lr 0.1, a tenth after 32,000 and 48,000
of 64,000 steps.
Published: 91.25 % (the paper). Not measured here yet.
"""

_base_ = [
    "../_base_/models/resnet/resnet20_cifar.py",
    "../_base_/datasets/cifar10.py",
    "../_base_/schedules/cifar10_bs128.py",
    "../_base_/default_runtime.py",
]

channels_last = True
param_scheduler = dict(milestones=[82, 123])
train_cfg = dict(max_epochs=164)
default_hooks = dict(logger=dict(interval=50))
