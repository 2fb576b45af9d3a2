"""What several models share: normalisations and activations by name, and stochastic depth."""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake, did_you_mean, nearest

# name in a config → (class, its argument for the number of channels, what else a config may set)
NORMS: dict[str, tuple[type[nn.Module], str, tuple[str, ...]]] = {
    "BN": (nn.BatchNorm2d, "num_features", ("eps", "momentum", "affine", "track_running_stats")),
    "SyncBN": (nn.SyncBatchNorm, "num_features", ("eps", "momentum", "affine", "track_running_stats")),
    "GN": (nn.GroupNorm, "num_channels", ("eps", "num_groups", "affine")),
}
ACTIVATIONS: dict[str, type[nn.Module]] = {
    "ReLU": nn.ReLU,
    "ReLU6": nn.ReLU6,
    "LeakyReLU": nn.LeakyReLU,
    "PReLU": nn.PReLU,
    "ELU": nn.ELU,
    "GELU": nn.GELU,
    "HSwish": nn.Hardswish,
    "HSigmoid": nn.Hardsigmoid,
    "Swish": nn.SiLU,
    "SiLU": nn.SiLU,
    "Tanh": nn.Tanh,
    "Sigmoid": nn.Sigmoid,
}


def norm_layer(norm_cfg: Mapping[str, Any], channels: int) -> nn.Module:
    """The normalisation that ``dict(type='BN', eps=1e-5, requires_grad=True)`` stands for.

    Raises:
        ConfigError: an unknown type or key.
    """
    args = dict(norm_cfg)
    name = args.pop("type", "BN")
    trainable = args.pop("requires_grad", True)
    check_choice("norm_cfg.type", name, NORMS)
    layer, channels_key, allowed = NORMS[name]
    check_keys("norm_cfg", args, allowed)
    return layer(**{channels_key: channels}, **args).requires_grad_(trainable)


def activation_layer(name: str) -> nn.Module:
    """The activation of that name.

    Raises:
        ConfigError: an unknown name.
    """
    check_choice("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name]()


class DropPath(nn.Module):
    """Stochastic depth: in training, a picture loses this branch with probability ``rate``.

    "Deep Networks with Stochastic Depth", arXiv 1603.09382. What is kept is scaled up, so that the mean stays and
    evaluation needs no correction.
    """

    def __init__(self, rate: float = 0.0) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """(N, …) → (N, …)"""
        if not self.training or self.rate == 0.0:
            return x
        keep = 1.0 - self.rate
        mask = torch.rand(x.shape[0], *[1] * (x.ndim - 1), device=x.device) < keep  # (N, 1, …)
        return x * mask / keep

    def extra_repr(self) -> str:
        return f"rate={self.rate:g}"


def check_choice(path: str, value: object, allowed: Iterable[object]) -> None:
    """Refuse a value that is none of the allowed ones, with the nearest of them.

    Raises:
        ConfigError: it is none of them.
    """
    choices = list(allowed)
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        near = nearest(str(value), [str(choice) for choice in choices])
        hint = f"Did you mean {near!r}?" if near else ""
        raise ConfigError(Mistake(path, f"{value!r} is not one of {listed}.", hint=hint))


def check_keys(path: str, given: Iterable[str], allowed: Iterable[str]) -> None:
    """Refuse keys that a nested ``…_cfg`` dict does not have.

    Raises:
        ConfigError: an unknown key; the message suggests the nearest.
    """
    known = list(allowed)
    mistakes = [
        Mistake(f"{path}.{key}", "there is no such setting.", hint=did_you_mean(key, known))
        for key in given
        if key not in known
    ]
    if mistakes:
        raise ConfigError(mistakes)
