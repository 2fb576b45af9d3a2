"""RegNetX-1.6GF on ImageNet: 9.2 million parameters, 100 epochs along a cosine; for 8 GPUs.

"Designing Network Design Spaces", arXiv 2003.13678.
Published: 76.84 % top-1 (MMPretrain, 8 GPUs); not run here.
"""

_base_ = [
    "../_base_/models/regnet/regnetx_1.6gf.py",
    "../_base_/datasets/imagenet_bs128_lighting.py",
    "../_base_/schedules/imagenet_bs1024_coslr.py",
    "../_base_/default_runtime.py",
]

optim_wrapper = dict(optimizer=dict(nesterov=True))
custom_hooks = [dict(type="PreciseBNHook", num_samples=8192, interval=1)]
