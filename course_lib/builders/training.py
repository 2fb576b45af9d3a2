"""Whole tasks from a config: the network, its training, its measurement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from course_lib import engine
from course_lib.config import Config, ConfigError, Mistake
from course_lib.config.nodes import origin_of, to_nodes

from .pictures import build_loader, build_preprocessor, with_views
from .probing import check_config
from .reading import short_name, stopping_point, without_weights
from .rule import build
from .updates import build_average, build_optimizer, build_schedules, half_precision, linear_rule
from .watching import build_hooks, build_metrics


def build_model(model: Mapping[str, Any]) -> nn.Module:
    """The network of ``cfg.model``. (Its ``train_cfg`` and ``data_preprocessor`` belong to the preprocessor.)"""
    own = to_nodes(model).copy()
    if "model" in own and "backbone" not in own:
        raise ConfigError("this is a whole config, not its model. Write build_model(cfg.model).")
    for key in ("train_cfg", "data_preprocessor"):
        own.pop(key, None)
    own.setdefault("type", "ImageClassifier")
    return build(own)


def build_trainer(
    cfg: Config, hooks: Sequence[engine.Hook] | None = None, *, allow_changes: bool = False
) -> engine.Trainer:
    """Everything that a training config describes, in the order of the way of the data.

    Args:
        cfg: A whole config; without ``work_dir`` nothing is written.
        hooks: In place of the config's own.
        allow_changes: Whether a run may be resumed under another config than it was begun with.

    Raises:
        ConfigError: the config has mistakes; all are reported.
        DataError: a data folder is missing or empty.
        CheckpointError: ``load_from`` or ``resume`` name a file that does not fit.
    """
    if mistakes := check_config(cfg, for_training=True):
        raise ConfigError(mistakes)
    randomness = cfg.get("randomness") or {}
    seed = randomness.get("seed") or 0
    benchmark = (cfg.get("env_cfg") or {}).get("cudnn_benchmark", False)
    engine.set_deterministic(randomness.get("deterministic", False), benchmark)
    device = engine.pick_device(cfg.get("device", "auto"))
    train_loader = build_loader(cfg.train_dataloader, training=True, seed=seed, device=str(device))
    has_val = bool(cfg.get("val_dataloader"))
    val_loader = build_loader(cfg.val_dataloader, training=False, seed=seed, device=str(device)) if has_val else None
    engine.seed_everything(seed)  # after the data, so that the first weights do not depend on it
    model = build_model(cfg.model)
    if cfg.get("load_from") and not cfg.get("resume"):
        state = engine.load_checkpoint(cfg.load_from)
        for line in engine.load_weights(model, engine.best_weights(state), cfg.load_from, partial=True):
            print(f"load_from: {line}")
    model, ddp = share_out(cfg, model.to(device), device)
    wrapper, train_cfg = cfg.optim_wrapper, cfg.get("train_cfg") or {}
    clip = wrapper.get("clip_grad") or {}
    if told := str(linear_rule(cfg, engine.world().size) or ""):
        print(f"auto_scale_lr: {told}")
    max_epochs, max_steps = stopping_point(cfg)
    trainer = engine.Trainer(
        model,
        train_loader,
        build_optimizer(cfg, model),
        max_epochs=max_epochs,
        max_steps=max_steps,
        val_loader=val_loader,
        metrics=build_metrics(cfg.get("val_evaluator")),
        val_interval=train_cfg.get("val_interval", 1) if max_epochs else 1,
        val_steps=None if max_epochs else train_cfg.get("val_interval", 1000),
        val_begin=train_cfg.get("val_begin", 0) if max_epochs else 0,
        schedules=build_schedules(cfg, len(train_loader)),
        average=build_average(cfg),
        preprocessor=build_preprocessor(cfg),
        hooks=build_hooks(cfg) if hooks is None else hooks,
        work_dir=cfg.get("work_dir"),
        device=str(device),
        amp=half_precision(wrapper),
        compile=cfg.get("compile") or False,
        channels_last=cfg.get("channels_last", False),
        clip_norm=clip.get("max_norm"),
        clip_value=clip.get("clip_value"),
        accumulate=wrapper.get("accumulative_counts", 1),
        seed=seed,
        ddp=ddp,
        config_text=cfg.dump(),
        classes=train_loader.dataset.classes,
    )
    if cfg.get("resume"):
        resumed = trainer.resume(cfg.get("load_from") or None, allow_changes=allow_changes)
        print(
            f"resumed at epoch {trainer.epoch}, step {trainer.step}" if resumed else "nothing to resume: starting anew"
        )
    return trainer


def share_out(cfg: Config, model: nn.Module, device: torch.device) -> tuple[nn.Module, dict[str, Any]]:
    """The model as several processes train it, by ``sync_bn`` and ``model_wrapper_cfg``; in one it stays as it is.

    Returns:
        The model, and the arguments of ``DistributedDataParallel`` for the trainer, which are without effect on a
        sharded model.
    """
    syncs = any(isinstance(module, nn.SyncBatchNorm) for module in model.modules())
    if cfg.get("sync_bn") or syncs:
        model, told = engine.share_statistics(model, device)
        if told:
            print(told)
    args = {"type": "MMDistributedDataParallel", "find_unused_parameters": cfg.get("find_unused_parameters", False)}
    args |= cfg.get("model_wrapper_cfg") or {}
    kind = short_name(args).removeprefix("MM")
    del args["type"]
    if kind == "FullyShardedDataParallel":
        if build_average(cfg) is not None:
            where = origin_of(cfg["model_wrapper_cfg"], "type")
            raise ConfigError(Mistake("model_wrapper_cfg.type", engine.NO_AVERAGE_OF_SHARDS, where))
        if engine.world().size > 1:
            engine.shard(model, device, args.get("reshard_after_forward", True))
        return model, {}
    return model, args


def evaluate(cfg: Config, checkpoint: str | Path, *, tta: bool = False) -> dict[str, float]:
    """A checkpoint's metrics on the config's test data (its validation data where it has no test data).

    Args:
        cfg: A whole config.
        checkpoint: What a training wrote, or bare weights.
        tta: Average the scores over several views of each picture (see ``tta_pipeline``).

    Raises:
        ConfigError: there is nothing to evaluate on.
        DataError: a data folder is missing or empty.
        CheckpointError: the file is damaged, or of another model.
    """
    which = "test" if cfg.get("test_dataloader") else "val"
    if not cfg.get(f"{which}_dataloader"):
        raise ConfigError("the config has neither a test_dataloader nor a val_dataloader to evaluate on.")
    device = engine.pick_device(cfg.get("device", "auto"))
    state = engine.load_checkpoint(checkpoint)
    model = build_model(without_weights(cfg.model))
    engine.load_weights(model, engine.best_weights(state), str(checkpoint))
    dataloader = cfg[f"{which}_dataloader"].copy()
    if tta:
        dataloader["dataset"] = with_views(cfg, dataloader["dataset"])
    loader = build_loader(dataloader, training=False, device=str(device))
    measures = build_metrics(cfg.get(f"{which}_evaluator") or cfg.get("val_evaluator"))
    return engine.evaluate(model.to(device), loader, measures, build_preprocessor(cfg).to(device), device)
