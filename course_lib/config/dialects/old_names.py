"""The words of the 0.x dialect, and what to write for each today; ``checking`` says it to who mixes the dialects."""

from collections.abc import Mapping

# Top-level names that both dialects use; any other of TOP_LEVEL tells that a config is of the 1.x dialect.
SHARED_KEYS = (
    *("model", "train_pipeline", "val_pipeline", "test_pipeline", "custom_imports", "custom_hooks", "log_level"),
    *("load_from", "work_dir", "device", "launcher", "find_unused_parameters", "experiment_name"),
)

# What a top-level key of the 0.x dialect is called today; said to a reader who mixes the dialects.
OLD_KEYS: Mapping[str, str] = {
    "data": "train_dataloader=dict(batch_size=32, num_workers=2, dataset=dict(…)), val_dataloader, test_dataloader",
    "img_norm_cfg": "data_preprocessor=dict(mean=[…], std=[…], to_rgb=True)",
    "sampler": "train_dataloader=dict(sampler=dict(…), …)",
    "optimizer": "optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1))",
    "optimizer_config": "optim_wrapper=dict(clip_grad=dict(max_norm=5.0), …)",
    "fp16": "optim_wrapper=dict(type='AmpOptimWrapper', …)",
    "lr_config": "param_scheduler=[dict(type='MultiStepLR', milestones=[30, 60, 90])]",
    "momentum_config": "param_scheduler=[dict(type='CosineAnnealingMomentum'), …]",
    "runner": "train_cfg=dict(by_epoch=True, max_epochs=100, val_interval=1)",
    "total_epochs": "train_cfg=dict(by_epoch=True, max_epochs=100)",
    "evaluation": "val_evaluator=dict(type='Accuracy', topk=(1, 5)), train_cfg=dict(val_interval=1, …)",
    "checkpoint_config": "default_hooks=dict(checkpoint=dict(type='CheckpointHook', interval=1))",
    "log_config": "default_hooks=dict(logger=dict(type='LoggerHook', interval=100))",
    "resume_from": "load_from='…', resume=True",
    "seed": "randomness=dict(seed=0)",
    "deterministic": "randomness=dict(deterministic=True)",
    "dist_params": "env_cfg=dict(dist_cfg=dict(backend='nccl'))",
    "cudnn_benchmark": "env_cfg=dict(cudnn_benchmark=True)",
    "mp_start_method": "env_cfg=dict(mp_cfg=dict(mp_start_method='fork'))",
    "opencv_num_threads": "env_cfg=dict(mp_cfg=dict(opencv_num_threads=0))",
    "workflow": "nothing: it is not needed",
    "gpu_ids": "nothing: it is not needed",
}

# The same for a key inside a part, or an argument of a component.
OLD_ARGUMENTS: Mapping[str, str] = {
    "samples_per_gpu": "batch_size=…",
    "workers_per_gpu": "num_workers=…",
    "shuffle": "sampler=dict(type='DefaultSampler', shuffle=True)",
    "pretrained": "backbone=dict(init_cfg=dict(type='Pretrained', checkpoint='…'))",
    "grad_clip": "clip_grad=dict(max_norm=5.0)",
    "cumulative_iters": "accumulative_counts=…",
    "flip_prob": "prob=…",
    "gray_prob": "prob=…",
    "adaptive_side": "type='ResizeEdge', scale=256, edge='short'",
    "efficientnet_style": "type='EfficientNetRandomCrop' or 'EfficientNetCenterCrop'",
    "policy": "type='MultiStepLR' (or another schedule)",
    "step": "milestones=[…], or step_size=… in a StepLR",
    "min_lr": "eta_min=…",
    "min_lr_ratio": "eta_min_ratio=…",
    "warmup": "a first schedule: dict(type='LinearLR', start_factor=0.1, by_epoch=False, begin=0, end=500)",
}

# What a component of the 0.x dialect is called today.
OLD_TYPES: Mapping[str, str] = {
    "Collect": "PackInputs",
    "ImageToTensor": "PackInputs",
    "ToTensor": "PackInputs",
    "Normalize": "data_preprocessor=dict(mean=[…], std=[…]) at the top of the config",
    "ToPIL": "NumpyToPIL",
    "ToNumpy": "PILToNumpy",
    "BatchMixup": "Mixup",
    "BatchCutMix": "CutMix",
    "BatchResizeMix": "ResizeMix",
    "EpochBasedRunner": "train_cfg=dict(by_epoch=True, max_epochs=100)",
    "IterBasedRunner": "train_cfg=dict(by_epoch=False, max_iters=10000)",
}
