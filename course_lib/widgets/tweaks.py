"""Tweaks: a config with a few values changed, the change as text, and what the network then weighs.

What the tweaker's form computes, without a form.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

import torch

from course_lib.builders import build_model, picture_shape, without_weights
from course_lib.config import CONFIGS, Config, Origin
from course_lib.models.complexity import LayerCost, model_cost

FORM = Origin("the form")
GAP = {"type": "GlobalAveragePooling"}
# What each backbone needs for colour pictures of 32×32, the neck behind it, and how many features come out of it.
FITTING: dict[str, tuple[dict[str, Any], dict[str, Any] | None, int]] = {
    "LeNet5": ({"in_channels": 3}, GAP, 120),
    "MLP": ({"in_channels": 3, "img_size": 32, "hidden": (64,)}, None, 64),
    "ResNet": ({"depth": 18}, GAP, 512),
    "ResNet_CIFAR": ({"depth": 18, "stem_channels": 16, "base_channels": 16}, GAP, 128),
    "SmallCNN": ({"widths": (16, 32, 64)}, GAP, 64),
}


@dataclass(frozen=True)
class Knob:
    """One control of a form.

    Args:
        label: Its name.
        choices: The text of each choice → the values that it sets, by their dotted paths. A choice without values
            leaves the config as it is. Some choices need two places: the widths of a backbone and the
            ``in_channels`` of the head behind it.
        start: The choice at the beginning, the one that the config already makes.
        slider: Whether the choices are in an order, so that a slider suits them.
        backbone: The only backbone that it belongs to, if there is one.
    """

    label: str
    choices: Mapping[str, Mapping[str, Any]]
    start: str
    slider: bool = True
    backbone: str = ""


def usual_knobs(cfg: Config) -> list[Knob]:
    """Controls for a config with a small CNN on 32×32 pictures: one for the network's kind, one for its widths, …"""
    return [
        backbones(cfg),
        widths(cfg, [(8,), (8, 16), (16, 32), (8, 16, 32), (16, 32, 48), (16, 32, 64), (32, 64, 128)]),
        knob("lr", "optim_wrapper.optimizer.lr", (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1), cfg),
        knob("batch size", "train_dataloader.batch_size", (16, 32, 64, 128, 256), cfg),
        knob("epochs", "train_cfg.max_epochs", (1, 2, 5, 10, 20), cfg),
    ]


def knob(label: str, path: str, values: Sequence[Any], cfg: Config) -> Knob:
    """A slider over values for one path; the config's own value joins them, in its order.

    Args:
        path: A dotted path, ``'optim_wrapper.optimizer.lr'``; what stands there is a number.
    """
    own = value_at(cfg, path)
    choices = {f"{value:g}": {path: value} for value in sorted({own, *values})}
    return Knob(label, choices, f"{own:g}")


def widths(cfg: Config, values: Sequence[tuple[int, ...]]) -> Knob:
    """A slider over the widths of a ``SmallCNN``; the head behind it follows."""
    own = tuple(cfg.model.backbone.widths)
    listed = sorted({own, *values}, key=lambda each: (each[-1], len(each), each))
    choices = {
        ", ".join(map(str, each)): {"model.backbone.widths": each, "model.head.in_channels": each[-1]}
        for each in listed
    }
    return Knob("widths", choices, ", ".join(map(str, own)), backbone="SmallCNN")


def backbones(cfg: Config) -> Knob:
    """A choice among the backbones that suit small pictures; most of the registry's would have no pixel left."""
    own = cfg.model.backbone.type
    choices: dict[str, Mapping[str, Any]] = {}
    for name, (arguments, neck, features) in FITTING.items():
        choices[name] = {
            "model.backbone": {"_delete_": True, "type": name, **arguments},
            "model.neck": neck,
            "model.head.in_channels": features,
        }
    return Knob("backbone", {**choices, own: {}}, own, slider=False)


def chosen_values(knobs: Sequence[Knob], chosen: Mapping[str, str], backbone: str) -> dict[str, Any]:
    """What the form sets, by dotted path: choices that are not those of the config itself.

    Args:
        chosen: The choice of each knob, by its label.
        backbone: The backbone that is chosen; knobs of others do not count.
    """
    values: dict[str, Any] = {}
    for knob in knobs:
        if chosen[knob.label] != knob.start and knob.backbone in ("", backbone):
            values.update(knob.choices[chosen[knob.label]])
    return values


def value_at(cfg: Mapping[str, Any], path: str) -> Any:
    """The value of a dotted path."""
    node: Any = cfg
    for key in path.split("."):
        node = node[int(key)] if isinstance(node, (list, tuple)) else node[key]
    return node


def apply(cfg: Config, values: Mapping[str, Any]) -> Config:
    """A copy of a config with values set by dotted path; the config itself stays as it is.

    Raises:
        ConfigError: a path that leads nowhere. What the values are worth, ``check_config`` says.
    """
    twin = Config.fromdict(cfg, cfg.file, cfg.used)
    twin.merge_from_dict(values, FORM)
    return twin


def difference(before: Config, after: Config) -> str:
    """The lines in which two configs differ, marked with - and +, each with its neighbours; '' if they do not."""
    lines = list(unified_diff(before.dump().splitlines(), after.dump().splitlines(), lineterm="", n=1))[3:]
    return "\n".join(" ⋯" if line.startswith("@@") else line for line in lines)


def command(cfg: Config, values: Mapping[str, Any]) -> str:
    """The same tweaks as a command for the terminal."""
    file = Path(cfg.file)
    name = file.relative_to(CONFIGS).with_suffix("") if file.is_relative_to(CONFIGS) else file
    options = " ".join(quoted(f"{path}={assignable(value)}") for path, value in values.items())
    return f"course train {name.as_posix()}" + (f" --cfg-options {options}" if options else "")


def quoted(option: str) -> str:
    """An option as a shell takes it; in double quotes where there are single ones inside."""
    return f'"{option}"' if "'" in option else shlex.quote(option)


def assignable(value: Any) -> str:
    """A value as it is written in a config: ``dict(type='MLP')``."""
    if isinstance(value, Mapping):
        return f"dict({', '.join(f'{key}={assignable(item)}' for key, item in value.items())})"
    return repr(value).replace(" ", "") if isinstance(value, tuple) else repr(value)


def cost(cfg: Config) -> LayerCost:
    """The numbers that the network learns, and its multiplications for one picture; counted without being made.

    Raises:
        ConfigError: the model cannot be built.
    """
    with torch.device("meta"):
        model = build_model(without_weights(cfg.model))
    return model_cost(model, picture_shape(cfg))
