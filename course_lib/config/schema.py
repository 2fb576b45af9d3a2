"""What may stand where in a config: the keys of the 1.x dialect, their types, and the kind of each component.

All of it is data, in the words of ``rules.py``; ``checking`` reads it. What a component's arguments are is not written
here: the registered class's signature says it. Only what a signature cannot say is added in ``ARGUMENTS``: which of
them are components again, and ranges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from .rules import AtLeast, Count, Index, Many, NotNegative, OrNone, Part, Positive, Slot

# ------------------------------------------------------------------------------------------------ plain parts

COLLATE = Slot("collate", built_in={"default_collate": Part({}), "pseudo_collate": Part({})})

DATALOADER = Part(
    {
        "batch_size": Count,
        "num_workers": Index,
        "dataset": Slot("dataset"),
        "sampler": OrNone(Slot("sampler")),
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

CUSTOM_HOOK = Slot(
    "hook",
    built_in={
        "EMAHook": Part(  # its work is part of the trainer's loop
            {
                "ema_type": Literal["ExponentialMovingAverage", "StochasticWeightAverage"],
                "momentum": Positive,
                "interval": Count,
                "begin_iter": Index,
                "begin_epoch": Index,
                "update_buffers": bool,
                "evaluate_on_ema": bool,
                "evaluate_on_origin": bool,
                "strict_load": bool,
                "priority": int | str,
            }
        ),
        "LookaheadHook": Part({"alpha": Positive, "interval": Count, "ramp_power": NotNegative}),  # so is its work
    },
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
        "dist_cfg": Part({"backend": Literal["nccl", "gloo"], "timeout": Count}),
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

# SwitchRecipeHook's schedule
CHANGE = Part(
    {
        "action_epoch": Count,
        "train_pipeline": Many(Slot("transform")),
        "batch_augments": OrNone(replace(MODEL_TRAIN_CFG, required=("augments",))),
        "loss": Slot("loss"),
    },
    required=("action_epoch",),
)

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

_DDP = Part(
    {
        **{key: bool for key in ("find_unused_parameters", "broadcast_buffers", "static_graph")},
        "gradient_as_bucket_view": bool,
        "bucket_cap_mb": Positive,
    }
)
_FSDP = Part({"reshard_after_forward": bool})
MODEL_WRAPPER = Slot(  # how several processes share a model; the engine does their work itself
    "model_wrapper",
    built_in={
        f"{prefix}{name}": part
        for name, part in (("DistributedDataParallel", _DDP), ("FullyShardedDataParallel", _FSDP))
        for prefix in ("MM", "")
    },
)

# ------------------------------------------------------------------------------------------------ the whole file

# Its lists of choices are lists of transforms, where the ``transforms`` of others are one list.
TEST_TIME_AUG = Part({"transforms": Many(Many(Slot("transform")))}, required=("transforms",))
PIPELINE = Many(Slot("transform", built_in={"TestTimeAug": TEST_TIME_AUG}))
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
    "auto_scale_lr": OrNone(Part({"base_batch_size": Count, "enable": bool}, required=("base_batch_size",))),
    "train_cfg": OrNone(TRAIN_CFG),
    "val_cfg": OrNone(LOOP_CFG),
    "test_cfg": OrNone(LOOP_CFG),
    "default_hooks": OrNone(DEFAULT_HOOKS),
    "custom_hooks": OrNone(Many(CUSTOM_HOOK)),
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
    "launcher": Literal["none", "pytorch", "slurm"],
    "model_wrapper_cfg": OrNone(MODEL_WRAPPER),
    "sync_bn": Literal["torch", "mmcv"] | None,
    "find_unused_parameters": bool,
    "compile": bool | dict,
    "tta_model": OrNone(Slot("tta_model", built_in={"AverageClsScoreTTA": Part({})})),
    "tta_pipeline": OrNone(PIPELINE),
}

# Variables that files of the model zoos set and never use; any other unused name is taken for a mistake.
LEFT_OVER = ("bgr_mean", "bgr_std", "_deprecation_")

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
    "hook": {"schedule": Many(CHANGE)},
    "optimizer": {"lr": Positive, "weight_decay": NotNegative},
    "sampler": {"num_repeats": Count, "num_samples": Count | None, "seed": Index | None},
}

# Arguments that configs of the model zoo write and that mean nothing here: the order of the hooks is that of the list.
DROPPED: Mapping[str, tuple[str, ...]] = {"hook": ("priority",)}

# Arguments that nobody writes into a config: the builder hands them over.
HANDED_OVER: Mapping[str, tuple[str, ...]] = {"optimizer": ("params",)}
