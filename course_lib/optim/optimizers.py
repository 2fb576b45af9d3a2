"""Torch's optimizers by name, and parameter groups: which parameters learn how fast and decay how much.

    optimizer = make_optimizer(model, dict(type='AdamW', lr=1e-3, weight_decay=0.05), dict(norm_decay_mult=0.0))

is the ``optim_wrapper`` of a config. Without a config, torch's own class takes the groups just as well:

    optimizer = torch.optim.SGD(param_groups(model, lr=0.1, weight_decay=1e-4, paramwise_cfg=...), momentum=0.9)
"""

import inspect
import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from course_lib.config.errors import ConfigError, Mistake, did_you_mean
from course_lib.config.nodes import origin_of, to_plain
from course_lib.config.registry import find, register

from .layer_decay import layer_scales

SGD = register("optimizer")(torch.optim.SGD)
Adam = register("optimizer")(torch.optim.Adam)
AdamW = register("optimizer")(torch.optim.AdamW)
RMSprop = register("optimizer")(torch.optim.RMSprop)
Adagrad = register("optimizer")(torch.optim.Adagrad)

NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)

MULTIPLIERS = ("bias_lr_mult", "bias_decay_mult", "norm_decay_mult", "dwconv_decay_mult", "flat_decay_mult")


def make_optimizer(
    model: nn.Module, optimizer: Mapping[str, Any], paramwise_cfg: Mapping[str, Any] | None = None
) -> torch.optim.Optimizer:
    """Make the optimizer of a config's ``optim_wrapper.optimizer`` for the parameters of a model.

    Args:
        optimizer: ``type`` and the arguments of torch's class, such as ``dict(type='SGD', lr=0.1, momentum=0.9)``.
        paramwise_cfg: See ``param_groups``.

    Raises:
        ConfigError: an unknown ``type`` or argument, a value that torch refuses, or nothing to train.
    """
    place = "optim_wrapper.optimizer"
    arguments = to_plain(optimizer)
    kind = arguments.pop("type", "SGD")
    if isinstance(kind, str):
        kind = find(kind, "optimizer", path=f"{place}.type", origin=origin_of(optimizer, "type")).target
    taken = {name: argument for name, argument in inspect.signature(kind).parameters.items() if name != "params"}
    for name in arguments:
        if name not in taken:
            message = f"{kind.__name__} has no argument {name!r}."
            raise ConfigError(
                Mistake(f"{place}.{name}", message, origin_of(optimizer, name), did_you_mean(name, taken))
            )
    rates = {name: arguments.get(name, _default(taken, name)) for name in ("lr", "weight_decay")}
    for name, rate in rates.items():
        if rate is None:
            raise ConfigError(Mistake(place, f"{kind.__name__} needs {name}=….", origin_of(optimizer, "type")))
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not math.isfinite(rate) or rate < 0:
            message = f"{rate!r} must be a number, 0 or more."
            raise ConfigError(Mistake(f"{place}.{name}", message, origin_of(optimizer, name)))
    groups = param_groups(model, rates["lr"], rates["weight_decay"], paramwise_cfg)
    try:
        return kind(groups, **arguments)
    except (TypeError, ValueError) as error:
        raise ConfigError(
            Mistake(place, f"{kind.__name__} refuses this: {error}", origin_of(optimizer, "type"))
        ) from error


def _default(taken: Mapping[str, inspect.Parameter], name: str) -> Any:
    """An argument's default; None where it must be given, 0 where the optimizer has no such argument."""
    if name not in taken:
        return 0.0
    default = taken[name].default
    return None if default is inspect.Parameter.empty else default


def param_groups(
    model: nn.Module, lr: float, weight_decay: float = 0.0, paramwise_cfg: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Sort a model's parameters into groups of equal learning rate and weight decay.

    Frozen parameters are left out; one that several modules share is taken once.

    Args:
        lr, weight_decay: What a parameter gets that no rule names.
        paramwise_cfg: The rules, with MMEngine's keys.
            ``bias_lr_mult``: Multiplies the rate of biases, except those of norms.
            ``norm_decay_mult``, ``bias_decay_mult``, ``dwconv_decay_mult``, ``flat_decay_mult``: Multiply the decay of
            norms' parameters, else of biases, else of depth-wise convolutions, else of one-dimensional parameters.
            ``custom_keys``: ``{'backbone.layer0': dict(lr_mult=0.1, decay_mult=0.0)}``; goes before all of the above
            for parameters whose name contains the key. The longest such key wins.
            ``layer_decay_rate``: Multiplies the rate once for each layer above (see ``layer_scales``).
            ``bypass_duplicate``: Accepted; shared parameters are always taken once.

    Returns:
        ``[{'params': [...], 'lr': ..., 'weight_decay': ...}, ...]``, in the order in which the model names them.

    Raises:
        ConfigError: an unknown rule, or no parameter to train.
    """
    rules = paramwise_cfg or {}
    _check_rules(rules)
    scales = layer_scales(model, rules["layer_decay_rate"]) if "layer_decay_rate" in rules else {}
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    seen: set[nn.Parameter] = set()
    for module_name, module in model.named_modules():
        for name, parameter in module.named_parameters(recurse=False):
            if parameter.requires_grad and parameter not in seen:
                seen.add(parameter)
                lr_mult, decay_mult = _multipliers(module_name, module, name, parameter, rules)
                lr_mult *= scales.get(f"{module_name}.{name}", 1.0)
                groups.setdefault((lr_mult, decay_mult), []).append(parameter)
    if not groups:
        raise ConfigError(
            f"{type(model).__name__} has no parameter to train: it has none, or every one is frozen "
            "(requires_grad=False; see frozen_stages)."
        )
    return [
        {"params": parameters, "lr": lr * lr_mult, "weight_decay": weight_decay * decay_mult}
        for (lr_mult, decay_mult), parameters in groups.items()
    ]


def _multipliers(
    module_name: str, module: nn.Module, name: str, parameter: nn.Parameter, rules: Mapping[str, Any]
) -> tuple[float, float]:
    """The factors of rate and decay for one parameter; the order of the rules is MMEngine's."""
    # as in MMEngine the dot is always there, so that '.cls_token' also finds a parameter of the model itself
    full_name = f"{module_name}.{name}"
    custom_keys: Mapping[str, Mapping[str, float]] = rules.get("custom_keys") or {}
    for key in sorted(sorted(custom_keys), key=len, reverse=True):
        if key in full_name:
            return custom_keys[key].get("lr_mult", 1.0), custom_keys[key].get("decay_mult", 1.0)
    is_norm, is_bias = isinstance(module, NORMS), name == "bias"
    is_depthwise = isinstance(module, nn.Conv2d) and module.groups == module.in_channels
    lr_mult = rules.get("bias_lr_mult", 1.0) if is_bias and not is_norm else 1.0
    applies = {
        "norm_decay_mult": is_norm,
        "bias_decay_mult": is_bias,
        "dwconv_decay_mult": is_depthwise,
        "flat_decay_mult": parameter.ndim == 1,
    }
    return lr_mult, next((rules[rule] for rule, holds in applies.items() if holds and rule in rules), 1.0)


def _check_rules(rules: Mapping[str, Any]) -> None:
    place = "optim_wrapper.paramwise_cfg"
    mistakes: list[Mistake] = []

    def check_number(path: str, holder: Mapping[str, Any], name: str) -> None:
        value = holder[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            message = f"{value!r} must be a number, 0 or more; it multiplies."
            mistakes.append(Mistake(f"{path}.{name}", message, origin_of(holder, name)))

    def check_name(path: str, holder: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> None:
        if name not in allowed:
            hint = did_you_mean(name, allowed)
            mistakes.append(Mistake(f"{path}.{name}", "there is no such rule.", origin_of(holder, name), hint))

    for rule in rules:
        check_name(place, rules, rule, (*MULTIPLIERS, "layer_decay_rate", "custom_keys", "bypass_duplicate"))
        if rule in MULTIPLIERS or rule == "layer_decay_rate":
            check_number(place, rules, rule)
    custom_keys = rules.get("custom_keys") or {}
    for key, multipliers in custom_keys.items():
        path = f"{place}.custom_keys.{key}"
        if not isinstance(multipliers, Mapping):
            message = f"{multipliers!r} must be a dict such as dict(lr_mult=0.1, decay_mult=0.0)."
            mistakes.append(Mistake(path, message, origin_of(custom_keys, key)))
            continue
        for name in multipliers:
            check_name(path, multipliers, name, ("lr_mult", "decay_mult"))
            if name in ("lr_mult", "decay_mult"):
                check_number(path, multipliers, name)
    if mistakes:
        raise ConfigError(mistakes)
