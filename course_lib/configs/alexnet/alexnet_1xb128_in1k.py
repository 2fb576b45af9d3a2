"""AlexNet on ImageNet: the paper's step size, momentum and decay; 90 epochs.

"ImageNet Classification with Deep Convolutional Neural Networks" (2012). The paper cuts the rate to a tenth, three
times, when the error stands still; here it does so at fixed epochs.
Published: 56.52 % top-1 (torchvision, with nearly this recipe); not run here.
"""

_base_ = [
    "../_base_/models/alexnet/alexnet.py",
    "../_base_/datasets/imagenet_bs32.py",
    "../_base_/schedules/imagenet_bs256.py",
    "../_base_/default_runtime.py",
]

train_dataloader = dict(batch_size=128)
optim_wrapper = dict(optimizer=dict(lr=0.01, weight_decay=0.0005))
train_cfg = dict(max_epochs=90)
param_scheduler = dict(milestones=[30, 60, 80])
auto_scale_lr = dict(base_batch_size=128)
