"""What several builders look up in a config."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from course_lib.config import ConfigDict
from course_lib.config.nodes import to_nodes, walk


def short_name(node: Mapping[str, Any]) -> str:
    """The name of a component's class, without a scope (``mmpretrain.``)."""
    return str(node["type"]).rpartition(".")[2]


def without(node: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A part of a config without one of its keys, which nothing here needs."""
    own = to_nodes(node).copy()
    own.pop(key, None)
    return own


def without_weights(node: Any) -> Any:
    """A copy of a part of a config that loads no pretrained weights, for when a checkpoint's follow anyway."""
    twin = copy.deepcopy(node)
    for _, inner in walk(twin):
        if isinstance(inner, ConfigDict) and inner.get("init_cfg"):
            steps = inner["init_cfg"] if isinstance(inner["init_cfg"], list) else [inner["init_cfg"]]
            if any(step.get("type") == "Pretrained" for step in steps):
                del inner["init_cfg"]
    return twin


def stopping_point(cfg: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """``max_epochs`` and ``max_steps`` of ``cfg.train_cfg``; the one that is not given is None."""
    train_cfg = cfg.get("train_cfg") or {}
    return train_cfg.get("max_epochs"), train_cfg.get("max_iters")


def recipe_changes(cfg: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What the ``SwitchRecipeHook`` of a config changes in the course of a training."""
    hooks = [node for node in cfg.get("custom_hooks") or [] if short_name(node) == "SwitchRecipeHook"]
    return [change for hook in hooks for change in hook.get("schedule") or []]


def is_average(node: Mapping[str, Any]) -> bool:
    """Whether a hook of a config stands for the trainer's average of the weights."""
    return short_name(node) in ("EMAHook", "LookaheadHook")


def innermost(dataset: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The data sets that hold the pictures: those inside of wrappers (``dataset=…``, ``datasets=[…]``), or itself."""
    inner = dataset["datasets"] if isinstance(dataset.get("datasets"), list) else [dataset.get("dataset")]
    return [found for part in inner if isinstance(part, Mapping) for found in innermost(part)] or [dataset]


def reads_files(cfg: Mapping[str, Any]) -> bool:
    """Whether a pipeline of the config reads picture files."""
    loaders = [cfg.get(f"{half}_dataloader") for half in ("train", "val", "test")]
    parts = (inner for _, inner in walk(loaders) if isinstance(inner, Mapping) and "type" in inner)
    return any(short_name(part) == "LoadImageFromFile" for part in parts)
