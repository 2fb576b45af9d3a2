"""Inside a network: its layers by name, what they give on the way forward, and where that lies in the picture.

All of it through hooks, so any ``nn.Module`` will do and none has to be changed.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, did_you_mean

Layer = str | nn.Module
MOST_EXTRA = 8  # tokens that lie nowhere in the picture: for the class, for distillation, registers


def find_layer(model: nn.Module, layer: Layer) -> nn.Module:
    """A layer by its dotted name in the model, such as ``'backbone.layer4'``; a module is taken as it is.

    Raises:
        ConfigError: there is no such layer; the message has the nearest name.
    """
    if isinstance(layer, nn.Module):
        return layer
    named = {name: module for name, module in model.named_modules() if name}
    if layer not in named:
        raise ConfigError(f"{type(model).__name__} has no layer {layer!r}. {did_you_mean(layer, named)}")
    return named[layer]


def last_linear(model: nn.Module) -> nn.Linear:
    """The linear layer that names the class.

    Raises:
        ConfigError: there is none.
    """
    found = [module for module in model.modules() if isinstance(module, nn.Linear)]
    if not found:
        raise ConfigError(f"{type(model).__name__} has no linear layer that could name the class.")
    return found[-1]


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode inside; afterwards each part is in the mode that it was in."""
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


@contextmanager
def outputs_kept(layers: Mapping[str, nn.Module]) -> Iterator[dict[str, Tensor]]:
    """What each layer gives, by its name, filled while the network runs inside; the last where it gives several.

    The names come in the order in which the layers were done.
    """
    kept: dict[str, Tensor] = {}

    def keep(name: str, module: nn.Module, inputs: Any, output: Any) -> Any:
        kept.pop(name, None)  # called before: it goes to the end
        last = output[-1] if isinstance(output, (tuple, list)) and output else output
        if isinstance(last, Tensor):
            kept[name] = last
        # an activation that works in place must not change what is kept
        return output.clone() if isinstance(output, Tensor) else None

    hooks = [module.register_forward_hook(partial(keep, name)) for name, module in layers.items()]
    try:
        yield kept
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def map_layers(model: nn.Module, images: Tensor) -> dict[str, tuple[int, int, int]]:
    """The layers that give a map of the picture, with its (C, H', W'), in the order in which they are done.

    Args:
        images: float (N, C, H, W), as the model takes them; the first is sent through.
    """
    height, width = images.shape[2:]
    with evaluating(model), outputs_kept({name: module for name, module in model.named_modules() if name}) as kept:
        model(images[:1])
    found = {}
    for name, output in kept.items():
        try:
            channels, rows, columns = as_map(output, height, width).shape[1:]
        except ConfigError:
            continue
        # heads × tokens × channels have four dimensions, too, but not the sides of the picture
        if rows * columns > 1 and abs(rows * width - columns * height) <= width + height:
            found[name] = (channels, rows, columns)
    return found


def as_map(output: Tensor, height: int, width: int) -> Tensor:
    """What a layer gives, as maps (N, C, H', W').

    Args:
        output: (N, C, H', W'), (N, H', W', C), or tokens (N, L, D), whose extra ones (class token) are left out.
        height, width: Of the picture.

    Raises:
        ConfigError: it is none of these.
    """
    if output.ndim == 3:
        extra, rows, columns = token_grid(output.shape[1], height, width)
        return output[:, extra:].transpose(1, 2).unflatten(2, (rows, columns))  # (N, L, D) → (N, D, H', W')
    if output.ndim != 4:
        raise ConfigError(f"the layer gives {tuple(output.shape)}, which is no map of the picture.")
    first, second, third = output.shape[1:]
    channels_last = first * width == second * height and abs(second * width - third * height) > width + height
    return output.permute(0, 3, 1, 2) if channels_last else output


def token_grid(num_tokens: int, height: int, width: int) -> tuple[int, int, int]:
    """How many of L tokens lie nowhere in the picture, and the (H', W') of the others, which have its proportions.

    Raises:
        ConfigError: they fit on no such grid.
    """
    for extra in range(min(MOST_EXTRA, num_tokens - 1) + 1):
        patches = num_tokens - extra
        rows = max(round(math.sqrt(patches * height / width)), 1)
        if patches % rows == 0 and rows * width == patches // rows * height:
            return extra, rows, patches // rows
    raise ConfigError(f"{num_tokens} tokens fit on no grid with the proportions of a picture of {height}×{width}.")
