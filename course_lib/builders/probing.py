"""Every mistake of a config before anything is trained: the parts are tried on tensors that hold no data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import nn

from course_lib import models
from course_lib.config import Config, ConfigError, Mistake, Origin, check, not_held
from course_lib.config.errors import CourseError
from course_lib.config.nodes import origin_of, to_nodes

from .pictures import picture_shape, with_pipeline
from .reading import innermost, is_average, recipe_changes, without, without_weights
from .rule import build


def check_config(cfg: Config, for_training: bool | None = None) -> list[Mistake]:
    """Every mistake of a config, before anything is trained; the parts are tried on tensors that hold no data.

    Args:
        for_training: Whether what a training needs must be there; None asks for it where some of it is there.
    """
    if known := not_held(cfg):
        return known  # nothing is to be learnt from the rest
    mistakes = check(cfg, probe=probe_model, for_training=for_training)
    parts = {mistake.path.partition(".")[0] for mistake in mistakes}
    if not any(part.endswith(("pipeline", "dataloader")) for part in parts):
        mistakes += probe_pipelines(cfg)
    if "param_scheduler" not in parts:
        mistakes += probe_schedules(cfg)
    if "custom_hooks" not in parts:
        mistakes += probe_hooks(cfg, with_model="model" in cfg and "model" not in parts)
    return mistakes


def probe_model(cfg: Mapping[str, Any]) -> list[Mistake]:
    """Send a picture without data through the model and see whether the parts fit together.

    torch's ``meta`` device knows shapes and holds no numbers, so this takes milliseconds and no memory, and it asks
    the real code instead of a second description of it.
    """
    model = without_weights(cfg["model"])
    try:
        shape = picture_shape(cfg)
    except CourseError:  # the pipeline has mistakes of its own, which are told where they are
        return []
    place = origin_of(cfg["model"], "backbone")
    try:
        with torch.device("meta"):
            body = models.ImageClassifier(build(model["backbone"]), build(model.get("neck"))).eval()
            features = body.features(torch.empty(2, *shape))
            refused = _refused(build(model.get("head")), features)
    except ConfigError as error:
        return [replace(found, origin=found.origin or locate(cfg, found.path) or place) for found in error.mistakes]
    except (RuntimeError, ValueError) as error:
        return [Mistake("model.backbone", f"cannot take pictures of shape {shape} (C, H, W): {_line(error)}.", place)]
    if not refused:
        return []
    given = features.shape[1]
    wanted = model["head"].get("in_channels", given)
    if wanted == given:
        return [replace(mistake, origin=locate(cfg, mistake.path) or place) for mistake in refused]
    before = "neck" if model.get("neck") else "backbone"
    message = f"is {wanted}, but the {before} gives {given} channels."
    where = origin_of(cfg["model"]["head"], "in_channels")
    return [Mistake("model.head.in_channels", message, where, f"Write in_channels={given}.")]


def _refused(head: nn.Module | None, features: torch.Tensor) -> list[Mistake]:
    """What a head has to say against features; it is asked itself, since one for two tokens takes twice its length."""
    try:
        if head is not None:
            head(features)
    except ConfigError as error:
        return error.mistakes
    except RuntimeError as error:
        return [Mistake("model.head", f"cannot take features of shape {tuple(features.shape)}: {_line(error)}.")]
    return []


def locate(cfg: Any, path: str) -> Origin | None:
    """Where the value of a dotted path was written, or the innermost part around it that is known."""
    found = None
    for part in path.split("."):
        found = origin_of(cfg, part) or found
        cfg = cfg.get(part) if isinstance(cfg, Mapping) else None
    return found


def probe_schedules(cfg: Mapping[str, Any]) -> list[Mistake]:
    """What the schedules have to say against their arguments."""
    return _objections(cfg.get("param_scheduler") or [])


def probe_pipelines(cfg: Mapping[str, Any]) -> list[Mistake]:
    """What transforms and samplers have to say against theirs."""
    loaders = [cfg.get(f"{half}_dataloader") or {} for half in ("train", "val", "test")]
    datasets = [inner for loader in loaders for inner in innermost(loader.get("dataset") or {})]
    pipelines = [dataset.get("pipeline", []) for dataset in datasets]
    steps = [step for pipeline in [*pipelines, cfg.get("tta_pipeline") or []] for step in pipeline]
    steps += [loader["sampler"] for loader in loaders if loader.get("sampler")]
    found = {id(step): _objections(step) for step in steps}  # shared steps once
    return [mistake for mistakes in found.values() for mistake in mistakes]


def probe_hooks(cfg: Mapping[str, Any], *, with_model: bool) -> list[Mistake]:
    """What the hooks of ``custom_hooks`` have to say against their arguments, the model against a later pipeline."""
    hooks = [without(node, "priority") for node in cfg.get("custom_hooks") or [] if not is_average(node)]
    mistakes = [mistake for hook in hooks for mistake in _objections(hook)]
    if mistakes or not with_model or not cfg.get("train_dataloader"):
        return mistakes
    for pipeline in [change["train_pipeline"] for change in recipe_changes(cfg) if "train_pipeline" in change]:
        twin, loader = to_nodes(cfg).copy(), cfg["train_dataloader"].copy()
        loader["dataset"] = with_pipeline(loader["dataset"], partial(_in_place_of, pipeline))
        twin["train_dataloader"] = loader
        mistakes += probe_model(twin)
    return mistakes


def _in_place_of(pipeline: Sequence[Any], old: Sequence[Any]) -> Sequence[Any]:
    """A pipeline whatever was there before."""
    return pipeline


def _objections(node: Any) -> list[Mistake]:
    """What comes of building a part, if it is an error."""
    try:
        build(node)
    except ConfigError as error:
        return error.mistakes
    return []


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")
