"""Config → objects: the only package that knows both; each module says which part of a config goes where."""

from .pictures import (
    build_dataset,
    build_loader,
    build_preprocessor,
    build_sampler,
    count_batches,
    picture_shape,
    raw_shape,
    tta_pipeline,
    with_pipeline,
    with_views,
)
from .probing import check_config, locate, probe_hooks, probe_model, probe_pipelines, probe_schedules
from .reading import (
    innermost,
    is_average,
    reads_files,
    recipe_changes,
    short_name,
    stopping_point,
    without,
    without_weights,
)
from .rule import build, construct
from .training import build_model, build_trainer, evaluate, share_out
from .updates import build_average, build_optimizer, build_schedules, half_precision, linear_rule
from .watching import build_hooks, build_metrics, build_writers

__all__ = [
    "build",
    "build_average",
    "build_dataset",
    "build_hooks",
    "build_loader",
    "build_metrics",
    "build_model",
    "build_optimizer",
    "build_preprocessor",
    "build_sampler",
    "build_schedules",
    "build_trainer",
    "build_writers",
    "check_config",
    "construct",
    "count_batches",
    "evaluate",
    "half_precision",
    "innermost",
    "is_average",
    "linear_rule",
    "locate",
    "picture_shape",
    "probe_hooks",
    "probe_model",
    "probe_pipelines",
    "probe_schedules",
    "raw_shape",
    "reads_files",
    "recipe_changes",
    "share_out",
    "short_name",
    "stopping_point",
    "tta_pipeline",
    "with_pipeline",
    "with_views",
    "without",
    "without_weights",
]
