"""What moves the weights: the optimizer, its schedules, its precision, and an average of what it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from course_lib import engine, optim

from .reading import is_average, short_name, stopping_point, without
from .rule import build


def build_optimizer(cfg: Mapping[str, Any], model: nn.Module) -> torch.optim.Optimizer:
    """The optimizer of ``cfg.optim_wrapper`` over a model's parameters, its rates scaled by ``cfg.auto_scale_lr``."""
    world = engine.world().size
    wrapper = cfg["optim_wrapper"]
    optimizer = optim.make_optimizer(model, wrapper["optimizer"], wrapper.get("paramwise_cfg"))
    if rule := linear_rule(cfg, world):
        for group in optimizer.param_groups:
            group["lr"] *= rule.factor
    return optimizer


def linear_rule(cfg: Mapping[str, Any], world: int = 1) -> optim.LinearRule | None:
    """What the linear rule says of a config's learning rate; None where nothing tells which batches it was set for.

    ``auto_scale_lr`` tells it, or the config's name (8xb32). As in MMEngine, scaling does not count accumulated
    batches; where they make up for the difference, there is nothing to advise.
    """
    given = cfg.get("auto_scale_lr") or {}
    base = given.get("base_batch_size") or optim.batch_size_in(Path(getattr(cfg, "file", "")).stem)
    batch_size = (cfg.get("train_dataloader") or {}).get("batch_size")
    if base is None or batch_size is None:
        return None
    wrapper, enable = cfg["optim_wrapper"], given.get("enable", False)
    if not enable and batch_size * world * wrapper.get("accumulative_counts", 1) == base:
        return None
    lr = float(wrapper["optimizer"].get("lr", 1e-3))  # torch's own default is 1e-3 in all of our optimizers
    return optim.LinearRule(lr, base, batch_size * world, enable)


def half_precision(wrapper: Mapping[str, Any]) -> engine.Amp:
    """``'fp16'`` where an ``AmpOptimWrapper`` asks for it by its dtype or by a scale of the loss, else ``'bf16'``."""
    if wrapper.get("type") != "AmpOptimWrapper":
        return False
    wants_fp16 = wrapper.get("dtype") == "float16" or ("loss_scale" in wrapper and "dtype" not in wrapper)
    return "fp16" if wants_fp16 else "bf16"


def build_schedules(cfg: Mapping[str, Any], epoch_len: int) -> list[optim.Schedule]:
    """The schedules of ``cfg.param_scheduler``, told how many steps an epoch and the training have."""
    nodes = cfg.get("param_scheduler") or []
    schedules = build(nodes if isinstance(nodes, list) else [nodes])
    max_epochs, max_steps = stopping_point(cfg)
    for schedule in schedules:
        schedule.bind(epoch_len, max_epochs or (max_steps or epoch_len) / epoch_len)
    return schedules


def build_average(cfg: Mapping[str, Any]) -> engine.WeightAverage | None:
    """The average of the weights that ``EMAHook`` (MMPretrain's) or ``LookaheadHook`` in ``custom_hooks`` describe."""
    for node in cfg.get("custom_hooks") or []:
        if short_name(node) == "LookaheadHook":
            max_epochs, max_steps = stopping_point(cfg)
            return engine.Lookahead(**without(node, "type"), max_epochs=max_epochs, max_steps=max_steps)
        if is_average(node):
            measured: dict[tuple[bool, bool], engine.Measured]
            measured = {(True, True): "both", (True, False): "average", (False, True): "trained"}
            which = (node.get("evaluate_on_ema", True), node.get("evaluate_on_origin", False))
            equal = node.get("ema_type") == "StochasticWeightAverage"
            return engine.WeightAverage(
                None if equal else node.get("momentum", 0.0002),
                begin_epoch=node.get("begin_epoch", 0),
                begin_step=node.get("begin_iter", 0),
                interval=node.get("interval", 1),
                average_buffers=node.get("update_buffers", False),
                measured=measured.get(which, "trained"),
            )
    return None
