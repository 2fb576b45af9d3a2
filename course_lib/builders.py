"""Config → objects: the only module that knows both.

One rule builds everything: a dict with ``type`` becomes a call of the registered class, its children first; keys that
end in ``_cfg`` are handed over as they are. The functions below it say which part of a config goes where.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from course_lib import data, engine, metrics, models, optim
from course_lib.config import Config, ConfigDict, ConfigError, Mistake, Origin, check, registry
from course_lib.config.errors import CourseError, DataError
from course_lib.config.nodes import origin_of, to_nodes, walk
from course_lib.data import Loader, Preprocessor, make_loader


def check_config(cfg: Config, for_training: bool | None = None) -> list[Mistake]:
    """Every mistake of a config, before anything is trained; the parts are tried on tensors that hold no data.

    Args:
        for_training: Whether what a training needs must be there; None asks for it where some of it is there.
    """
    mistakes = check(cfg, probe=probe_model, for_training=for_training)
    parts = {mistake.path.partition(".")[0] for mistake in mistakes}
    if not any(part.endswith(("pipeline", "dataloader")) for part in parts):
        mistakes += probe_pipelines(cfg)
    if "param_scheduler" not in parts:
        mistakes += probe_schedules(cfg)
    return mistakes


# --- the one rule -----------------------------------------------------------------------------------------------------


def build(node: Any) -> Any:
    """The object that a part of a config stands for; plain values, lists and dicts without ``type`` stay what they are.

    Raises:
        ConfigError: an unknown type, or a constructor that refuses its arguments; with file and line.
    """
    if isinstance(node, Mapping):
        args = {key: value if key.endswith("_cfg") else build(value) for key, value in node.items() if key != "type"}
        return construct(node, args) if "type" in node else args
    if isinstance(node, (list, tuple)):
        return type(node)(build(item) for item in node) if type(node) is tuple else [build(item) for item in node]
    return node


def construct(node: Mapping[str, Any], args: Mapping[str, Any]) -> Any:
    """Call the class of ``node['type']``; what it says against its arguments comes back with the place."""
    entry = registry.find(node["type"], origin=origin_of(node, "type"))
    try:
        return entry.target(**args)
    except ConfigError as error:
        raise ConfigError([_placed(mistake, node) for mistake in error.mistakes]) from error
    except DataError:
        raise
    except (TypeError, ValueError) as error:
        raise ConfigError(Mistake("", f"{node['type']}: {error}", origin_of(node, "type"))) from error


def _placed(mistake: Mistake, node: Mapping[str, Any]) -> Mistake:
    """A mistake that an object found, which knows no files, with the line of the argument that it names."""
    if mistake.origin is not None:
        return mistake
    return replace(mistake, origin=origin_of(node, mistake.path.rpartition(".")[2]) or origin_of(node, "type"))


# --- the parts --------------------------------------------------------------------------------------------------------


def build_model(model: Mapping[str, Any]) -> nn.Module:
    """The network of ``cfg.model``. (Its ``train_cfg`` and ``data_preprocessor`` belong to the preprocessor.)"""
    own = to_nodes(model).copy()
    for key in ("train_cfg", "data_preprocessor"):
        own.pop(key, None)
    own.setdefault("type", "ImageClassifier")
    return build(own)


def build_preprocessor(cfg: Mapping[str, Any]) -> Preprocessor:
    """Normalisation from ``data_preprocessor`` and batch augmentations from ``model.train_cfg``."""
    model = cfg.get("model", {})
    args = dict(model.get("data_preprocessor") or cfg.get("data_preprocessor") or {})
    args.setdefault("type", "Preprocessor")
    train_cfg = model.get("train_cfg") or {}
    if "augments" in train_cfg:
        augments = train_cfg["augments"]
        args["batch_augments"] = augments if isinstance(augments, list) else [augments]
        args["probs"] = train_cfg.get("probs")
        args.setdefault("num_classes", model.get("head", {}).get("num_classes"))
    return build(args)


def build_dataset(dataset: Mapping[str, Any]) -> data.Dataset:
    """The data set of ``cfg.train_dataloader.dataset``, its pipeline included."""
    return build(dataset)


def build_loader(dataloader: Mapping[str, Any], *, training: bool, seed: int = 0, device: str = "cpu") -> Loader:
    """The loader of ``cfg.train_dataloader`` and the like; for training it shuffles unless its sampler says not to."""
    sampler = dataloader.get("sampler") or {}
    taken = ("batch_size", "num_workers", "drop_last", "way", "max_cached_bytes", "on_error")
    return make_loader(
        build_dataset(dataloader["dataset"]),
        shuffle=sampler.get("shuffle", training),
        seed=seed,
        device=device,
        **{key: dataloader[key] for key in taken if key in dataloader},
    )


def build_optimizer(cfg: Mapping[str, Any], model: nn.Module) -> torch.optim.Optimizer:
    """The optimizer of ``cfg.optim_wrapper`` over a model's parameters."""
    wrapper = cfg["optim_wrapper"]
    return optim.make_optimizer(model, wrapper["optimizer"], wrapper.get("paramwise_cfg"))


def build_schedules(cfg: Mapping[str, Any], epoch_len: int) -> list[optim.Schedule]:
    """The schedules of ``cfg.param_scheduler``, told how many steps an epoch and the training have."""
    nodes = cfg.get("param_scheduler") or []
    schedules = build(nodes if isinstance(nodes, list) else [nodes])
    max_epochs, max_steps = stopping_point(cfg)
    for schedule in schedules:
        schedule.bind(epoch_len, max_epochs or (max_steps or epoch_len) / epoch_len)
    return schedules


def build_metrics(evaluator: Any) -> list[engine.Metric]:
    """The metrics of ``cfg.val_evaluator``: one, a list, or none (then accuracy)."""
    if not evaluator:
        return [metrics.Accuracy()]
    return build(evaluator if isinstance(evaluator, list) else [evaluator])


def build_hooks(cfg: Mapping[str, Any]) -> list[engine.Hook]:
    """The hooks that ``default_hooks`` describes, then those of ``custom_hooks``."""
    named = cfg.get("default_hooks") or {}
    log, checkpoint = named.get("logger") or {}, named.get("checkpoint") or {}
    return [
        engine.ProgressHook(),
        engine.LogHook(interval=log.get("interval", 10)),
        engine.CheckpointHook(
            interval=_positive(checkpoint.get("interval")),
            keep=_positive(checkpoint.get("max_keep_ckpts")),
            save_best=_first(checkpoint.get("save_best", "auto")),
            rule=_first(checkpoint.get("rule")),
        ),
        engine.CurvesHook(),
        *build(cfg.get("custom_hooks") or []),
    ]


def _positive(number: int | None) -> int | None:
    """MMEngine writes -1 for "never" and "all"."""
    return number if number and number > 0 else None


def _first(names: Any) -> Any:
    """MMEngine takes several metrics to save by; ours keeps one best."""
    return names[0] if isinstance(names, (list, tuple)) else names


def stopping_point(cfg: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """``max_epochs`` and ``max_steps`` of ``cfg.train_cfg``; the one that is not given is None."""
    train_cfg = cfg.get("train_cfg") or {}
    return train_cfg.get("max_epochs"), train_cfg.get("max_iters")


def build_trainer(cfg: Config, hooks: Sequence[engine.Hook] | None = None) -> engine.Trainer:
    """Everything that a training config describes, in the order of the way of the data.

    Args:
        cfg: A whole config; without ``work_dir`` nothing is written.
        hooks: In place of the config's own.

    Raises:
        ConfigError: the config has mistakes; all are reported.
        DataError: a data folder is missing or empty.
        CheckpointError: ``load_from`` or ``resume`` name a file that does not fit.
    """
    if mistakes := check_config(cfg, for_training=True):
        raise ConfigError(mistakes)
    seed = (cfg.get("randomness") or {}).get("seed") or 0
    device = engine.pick_device(cfg.get("device", "auto"))
    train_loader = build_loader(cfg.train_dataloader, training=True, seed=seed, device=str(device))
    has_val = bool(cfg.get("val_dataloader"))
    val_loader = build_loader(cfg.val_dataloader, training=False, seed=seed, device=str(device)) if has_val else None
    engine.seed_everything(seed)  # after the data, so that the first weights do not depend on it
    model = build_model(cfg.model)
    if cfg.get("load_from") and not cfg.get("resume"):
        state = engine.load_checkpoint(cfg.load_from)
        for line in engine.load_weights(model, state["model"], cfg.load_from, partial=True):
            print(f"load_from: {line}")
    wrapper, train_cfg = cfg.optim_wrapper, cfg.get("train_cfg") or {}
    clip = wrapper.get("clip_grad") or {}
    max_epochs, max_steps = stopping_point(cfg)
    trainer = engine.Trainer(
        model.to(device),
        train_loader,
        build_optimizer(cfg, model),
        max_epochs=max_epochs,
        max_steps=max_steps,
        val_loader=val_loader,
        metrics=build_metrics(cfg.get("val_evaluator")),
        val_interval=train_cfg.get("val_interval", 1) if max_epochs else 1,
        schedules=build_schedules(cfg, len(train_loader)),
        preprocessor=build_preprocessor(cfg),
        hooks=build_hooks(cfg) if hooks is None else hooks,
        work_dir=cfg.get("work_dir"),
        device=str(device),
        amp=wrapper.get("type") == "AmpOptimWrapper",
        channels_last=cfg.get("channels_last", False),
        clip_norm=clip.get("max_norm"),
        clip_value=clip.get("clip_value"),
        accumulate=wrapper.get("accumulative_counts", 1),
        seed=seed,
        config_text=cfg.dump(),
        classes=train_loader.dataset.classes,
    )
    if cfg.get("resume"):
        resumed = trainer.resume(cfg.get("load_from") or None)
        print(
            f"resumed at epoch {trainer.epoch}, step {trainer.step}" if resumed else "nothing to resume: starting anew"
        )
    return trainer


def evaluate(cfg: Config, checkpoint: str | Path) -> dict[str, float]:
    """A checkpoint's metrics on the config's test data (its validation data where it has no test data)."""
    which = "test" if cfg.get("test_dataloader") else "val"
    if not cfg.get(f"{which}_dataloader"):
        raise ConfigError("the config has neither a test_dataloader nor a val_dataloader to evaluate on.")
    device = engine.pick_device(cfg.get("device", "auto"))
    state = engine.load_checkpoint(checkpoint)
    model = build_model(without_weights(cfg.model))
    engine.load_weights(model, state["model"], str(checkpoint))
    loader = build_loader(cfg[f"{which}_dataloader"], training=False, device=str(device))
    measures = build_metrics(cfg.get(f"{which}_evaluator") or cfg.get("val_evaluator"))
    return engine.evaluate(model.to(device), loader, measures, build_preprocessor(cfg).to(device), device)


# --- trying the parts on nothing --------------------------------------------------------------------------------------


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
            given = body.features(torch.empty(2, *shape)).shape[1]
            head = build(model.get("head"))
    except ConfigError as error:
        return [replace(found, origin=found.origin or locate(cfg, found.path) or place) for found in error.mistakes]
    except (RuntimeError, ValueError) as error:
        return [Mistake("model.backbone", f"cannot take pictures of shape {shape} (C, H, W): {_line(error)}.", place)]
    wanted = getattr(head, "in_channels", given)
    if wanted == given:
        return []
    before = "neck" if model.get("neck") else "backbone"
    message = f"is {wanted}, but the {before} gives {given} channels."
    where = origin_of(cfg["model"]["head"], "in_channels")
    return [Mistake("model.head.in_channels", message, where, f"Write in_channels={given}.")]


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
    """What the transforms have to say against theirs."""
    loaders = [cfg.get(f"{half}_dataloader") or {} for half in ("train", "val", "test")]
    pipelines = [(loader.get("dataset") or {}).get("pipeline", []) for loader in loaders]
    found = {id(step): _objections(step) for pipeline in pipelines for step in pipeline}  # shared steps once
    return [mistake for mistakes in found.values() for mistake in mistakes]


def _objections(node: Any) -> list[Mistake]:
    """What comes of building a part, if it is an error."""
    try:
        build(node)
    except ConfigError as error:
        return error.mistakes
    return []


def without_weights(node: Any) -> Any:
    """A copy of a part of a config that loads no pretrained weights, for when a checkpoint's follow anyway."""
    twin = copy.deepcopy(node)
    for _, inner in walk(twin):
        if isinstance(inner, ConfigDict) and (inner.get("init_cfg") or {}).get("type") == "Pretrained":
            del inner["init_cfg"]
    return twin


def picture_shape(cfg: Mapping[str, Any]) -> tuple[int, int, int]:
    """(C, H, W) of what the model gets, found by sending a grey picture through the pipeline."""
    loader = cfg.get("train_dataloader") or cfg.get("val_dataloader") or {}
    dataset = loader.get("dataset") or {}
    shape = raw_shape(dataset) or (3, 256, 320)
    sample: dict[str, Any] = {"img": torch.full(shape, 128, dtype=torch.uint8), "gt_label": 0}
    for transform in build(dataset.get("pipeline") or []):
        sample = transform(sample, np.random.default_rng(0))
    picture: torch.Tensor = sample["image"] if "image" in sample else sample["img"]
    channels, height, width = picture.shape
    return channels, height, width


def raw_shape(dataset: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """(C, H, W) of every picture that a data set stores; None where they differ, or nothing is known."""
    if "type" not in dataset:
        return None
    target: Any = registry.find(dataset["type"]).target
    return target.picture_shape(dataset) if hasattr(target, "picture_shape") else None


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")
