"""What may stand where in a config: the keys of the 1.x dialect, their types, and the kind of each component.

All of it is data; ``check.py`` reads it. A rule is one of these:

- a type annotation, ``int``, ``str | None``, ``Literal['less', 'greater']``, or one with a range, ``Count``;
- ``Part``: a plain dict, not a component, with its own keys;
- ``Slot``: a component, a dict with ``type``, of one kind (``Slot('backbone')``);
- ``Many``: a list of these, or, where MMPretrain allows it, a single one; ``OrNone``: one of these, or None.

What a component's arguments are is not written here: the registered class's signature says it. Only what a signature
cannot say is added in ``ARGUMENTS``: which of them are components again, and ranges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal


@dataclass(frozen=True)
class AtLeast:
    """A bound for ``Annotated``: the value may not be smaller."""

    bound: float

    def holds(self, value: float) -> bool:
        return value >= self.bound

    def __str__(self) -> str:
        return f"of at least {self.bound}"


@dataclass(frozen=True)
class MoreThan:
    """A bound for ``Annotated``: the value must be larger."""

    bound: float

    def holds(self, value: float) -> bool:
        return value > self.bound

    def __str__(self) -> str:
        return f"above {self.bound}"


@dataclass(frozen=True)
class Part:
    """A plain dict: the rule of each key, and the keys that must be there."""

    keys: Mapping[str, Any]
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slot:
    """A place for a component.

    Args:
        kind: What the registry must know it as.
        default: The class that is meant where ``type`` is left out; None if it may not be left out.
        built_in: Names that need no registered class, since the trainer does their work itself; with their arguments.
    """

    kind: str
    default: str | None = None
    built_in: Mapping[str, Part] = field(default_factory=dict)


@dataclass(frozen=True)
class Many:
    """A list of ``rule``; a single one without the list if ``or_one``."""

    rule: Any
    or_one: bool = False


@dataclass(frozen=True)
class OrNone:
    """``rule``, or None, which stands for "there is none"."""

    rule: Any


Count = Annotated[int, AtLeast(1)]
Index = Annotated[int, AtLeast(0)]
Positive = Annotated[float, MoreThan(0)]
NotNegative = Annotated[float, AtLeast(0)]

# ------------------------------------------------------------------------------------------------ plain parts

SAMPLER = Slot(
    "sampler",
    built_in={
        "DefaultSampler": Part({"shuffle": bool, "seed": int | None, "round_up": bool}),
        "InfiniteSampler": Part({"shuffle": bool, "seed": int | None}),
        "RepeatAugSampler": Part({"shuffle": bool, "seed": int | None, "round_up": bool, "num_repeats": Count}),
    },
)

COLLATE = Slot("collate", built_in={"default_collate": Part({}), "pseudo_collate": Part({})})

DATALOADER = Part(
    {
        "batch_size": Count,
        "num_workers": Index,
        "dataset": Slot("dataset"),
        "sampler": SAMPLER,
        "collate_fn": COLLATE,
        "drop_last": bool,
        "persistent_workers": bool,
        "pin_memory": bool,
        "prefetch_factor": Count | None,
        "timeout": NotNegative,
        "way": Literal["auto", "batch", "sample"],
        "max_cached_bytes": Index,
        "on_error": Literal["refuse", "skip"],
    },
    required=("batch_size", "dataset"),
)

TRAIN_CFG = Part(
    {
        "by_epoch": bool,
        "max_epochs": Count,
        "max_iters": Count,
        "val_interval": Count,
        "val_begin": Index,
        "dynamic_intervals": Sequence[Any] | None,
        "type": Literal["EpochBasedTrainLoop", "IterBasedTrainLoop"],
    }
)

LOOP_CFG = Part({"type": Literal["ValLoop", "TestLoop"], "fp16": bool})

PARAMWISE_CFG = Part(
    {
        "bias_lr_mult": NotNegative,
        "bias_decay_mult": NotNegative,
        "norm_decay_mult": NotNegative,
        "dwconv_decay_mult": NotNegative,
        "flat_decay_mult": NotNegative,
        "dcn_offset_lr_mult": NotNegative,
        "bypass_duplicate": bool,
        "layer_decay_rate": Positive,
        "custom_keys": dict,
    }
)

CLIP_GRAD = Part(
    {
        "max_norm": Positive,
        "norm_type": float,
        "error_if_nonfinite": bool,
        "type": Literal["norm", "value"],
        "clip_value": Positive,
    }
)

OPTIM_WRAPPER = Part(
    {
        "type": Literal["OptimWrapper", "AmpOptimWrapper"],
        "optimizer": Slot("optimizer"),
        "clip_grad": OrNone(CLIP_GRAD),
        "paramwise_cfg": OrNone(PARAMWISE_CFG),
        "accumulative_counts": Count,
        "loss_scale": float | dict | Literal["dynamic"],
        "dtype": Literal["float16", "bfloat16"],
        "constructor": str,
    },
    required=("optimizer",),
)

_EVERY = {"interval": Annotated[int, AtLeast(-1)], "by_epoch": bool, "priority": int | str}


def _runtime_hook(name: str, **keys: Any) -> Slot:
    """A place among the default hooks: MMEngine's hook of that name, which the trainer knows without a class."""
    return Slot("hook", default=name, built_in={name: Part({"priority": int | str, **keys})})


CHECKPOINT_HOOK = _runtime_hook(
    "CheckpointHook",
    **_EVERY,
    max_keep_ckpts=Annotated[int, AtLeast(-1)],
    save_best=str | Sequence[str] | None,
    rule=Literal["greater", "less"] | Sequence[str] | None,
    save_last=bool,
    save_begin=Index,
    save_optimizer=bool,
    save_param_scheduler=bool,
    out_dir=str | None,
    published_keys=str | Sequence[str] | None,
    filename_tmpl=str | None,
)

DEFAULT_HOOKS = Part(
    {
        "timer": OrNone(_runtime_hook("IterTimerHook")),
        "logger": OrNone(_runtime_hook("LoggerHook", **_EVERY, ignore_last=bool, log_metric_by_epoch=bool)),
        "param_scheduler": OrNone(_runtime_hook("ParamSchedulerHook")),
        "checkpoint": OrNone(CHECKPOINT_HOOK),
        "sampler_seed": OrNone(_runtime_hook("DistSamplerSeedHook")),
        "visualization": OrNone(
            _runtime_hook("VisualizationHook", enable=bool, interval=Count, show=bool, out_dir=str | None)
        ),
        "runtime_info": OrNone(_runtime_hook("RuntimeInfoHook")),
    }
)

VIS_BACKEND = Slot(
    "vis_backend",
    built_in={
        "LocalVisBackend": Part({"save_dir": str, "img_save_dir": str, "scalar_save_file": str}),
        "TensorboardVisBackend": Part({"save_dir": str}),
        "WandbVisBackend": Part({"save_dir": str, "init_kwargs": dict, "commit": bool, "log_code_name": str | None}),
    },
)

VISUALIZER = Slot(
    "visualizer",
    built_in={
        name: Part({"vis_backends": Many(VIS_BACKEND), "name": str, "save_dir": str | None})
        for name in ("UniversalVisualizer", "ClsVisualizer", "Visualizer")
    },
)

RANDOMNESS = Part({"seed": Index | None, "deterministic": bool, "diff_rank_seed": bool})

ENV_CFG = Part(
    {
        "cudnn_benchmark": bool,
        "mp_cfg": Part({"mp_start_method": Literal["fork", "spawn", "forkserver"], "opencv_num_threads": Index}),
        "dist_cfg": Part({"backend": Literal["nccl", "gloo", "mpi"], "timeout": Count, "init_method": str}),
        "resource_limit": Count,
    }
)

LOG_PROCESSOR = Part(
    {
        "type": Literal["LogProcessor"],
        "window_size": Count,
        "by_epoch": bool,
        "custom_cfg": Sequence[Any] | None,
        "num_digits": Count,
    }
)

MODEL_TRAIN_CFG = Part({"augments": Many(Slot("batch_augment"), or_one=True), "probs": Sequence[NotNegative] | None})

INIT_CFG = Many(
    Part(
        {
            "type": str,
            "checkpoint": str,
            "prefix": str | None,
            "map_location": str | None,
            **{key: float for key in ("mean", "std", "gain", "val", "bias", "a", "b", "bias_prob")},
            **{key: str for key in ("mode", "nonlinearity", "distribution")},
            "layer": str | Sequence[str] | None,
            "override": dict | Sequence[Any] | None,
        },
        required=("type",),
    ),
    or_one=True,
)

# ------------------------------------------------------------------------------------------------ the whole file

PIPELINE = Many(Slot("transform"))
PREPROCESSOR = Slot("preprocessor", default="Preprocessor")
EVALUATOR = Many(Slot("metric"), or_one=True)
SCHEDULES = Many(Slot("schedule"), or_one=True)

# In the order in which a reader wants to meet them; a config upgraded from the 0.x dialect is written in it.
TOP_LEVEL: Mapping[str, Any] = {
    "default_scope": str | None,
    "custom_imports": dict,
    "model": Slot("classifier"),
    "data_preprocessor": OrNone(PREPROCESSOR),
    "train_pipeline": PIPELINE,
    "val_pipeline": PIPELINE,
    "test_pipeline": PIPELINE,
    "train_dataloader": OrNone(DATALOADER),
    "val_dataloader": OrNone(DATALOADER),
    "test_dataloader": OrNone(DATALOADER),
    "val_evaluator": OrNone(EVALUATOR),
    "test_evaluator": OrNone(EVALUATOR),
    "optim_wrapper": OrNone(OPTIM_WRAPPER),
    "param_scheduler": OrNone(SCHEDULES),
    "auto_scale_lr": OrNone(Part({"base_batch_size": Count, "enable": bool})),
    "train_cfg": OrNone(TRAIN_CFG),
    "val_cfg": OrNone(LOOP_CFG),
    "test_cfg": OrNone(LOOP_CFG),
    "default_hooks": OrNone(DEFAULT_HOOKS),
    "custom_hooks": OrNone(Many(Slot("hook"))),
    "vis_backends": Many(VIS_BACKEND),
    "visualizer": OrNone(VISUALIZER),
    "randomness": RANDOMNESS,
    "env_cfg": ENV_CFG,
    "log_level": Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    "log_processor": LOG_PROCESSOR,
    "load_from": str | None,
    "resume": bool,
    "work_dir": str | None,
    "device": str,
    "channels_last": bool,
    "experiment_name": str | None,
    "launcher": Literal["none", "pytorch", "slurm", "mpi"],
    "model_wrapper_cfg": dict | None,
    "find_unused_parameters": bool,
    "compile": bool | dict,
    "tta_model": dict | None,
    "tta_pipeline": list | None,
}

REQUIRED_FOR_TRAINING = ("model", "train_dataloader", "optim_wrapper", "train_cfg")

# By the component's kind, then by the argument's name: what its signature cannot say.
ARGUMENTS: Mapping[str, Mapping[str, Any]] = {
    "classifier": {
        "backbone": Slot("backbone"),
        "neck": OrNone(Slot("neck")),
        "head": OrNone(Slot("head")),
        "data_preprocessor": OrNone(PREPROCESSOR),
        "train_cfg": OrNone(MODEL_TRAIN_CFG),
        "init_cfg": OrNone(INIT_CFG),
    },
    "backbone": {"depth": Count, "in_channels": Count, "init_cfg": OrNone(INIT_CFG)},
    "neck": {"init_cfg": OrNone(INIT_CFG)},
    "head": {
        "num_classes": Count,
        "in_channels": Count | Sequence[Count],
        "loss": OrNone(Slot("loss")),
        "init_cfg": OrNone(INIT_CFG),
    },
    "preprocessor": {"num_classes": Count | None, "batch_augments": Many(Slot("batch_augment"))},
    "dataset": {"dataset": Slot("dataset"), "datasets": Many(Slot("dataset")), "pipeline": PIPELINE, "times": Count},
    "transform": {"transforms": PIPELINE},
    "optimizer": {"lr": Positive, "weight_decay": NotNegative},
}

# Arguments that nobody writes into a config: the builder hands them over.
HANDED_OVER: Mapping[str, tuple[str, ...]] = {"optimizer": ("params",)}

# ------------------------------------------------------------------------------------------------ the 0.x way

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
