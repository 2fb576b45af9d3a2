"""Any transform of ``torchvision.transforms.v2`` as a step of a pipeline."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from course_lib.config.errors import ConfigError, did_you_mean
from course_lib.config.registry import register_family

from .base import Sample, picture_of


class TorchvisionTransform:
    """A transform of torchvision, repeatable: its random numbers come from the sample's.

    In a config it is written ``dict(type='torchvision/RandomAffine', degrees=10)``. It works picture by picture, since
    torchvision would draw the same numbers for all pictures of a batch.

    Args:
        name: The class's name in ``torchvision.transforms.v2``.
        args: Its arguments; an interpolation may be given by its name ('bicubic').

    Raises:
        ConfigError: no such transform, or arguments that it refuses.
    """

    def __init__(self, name: str, args: Mapping[str, Any] | None = None) -> None:
        self.name = name
        target = torchvision_class(name)
        try:
            self.transform = target(**_with_interpolation(args or {}))
        except (TypeError, ValueError) as error:
            raise ConfigError(f"torchvision/{name}: {error}") from error

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        image = picture_of(sample, self)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(int(rng.integers(2**32)))
            return {**sample, "img": self.transform(image)}


def torchvision_step(name: str) -> Callable[..., TorchvisionTransform]:
    """What makes the step ``torchvision/NAME``; it shows torchvision's own arguments, so that a check knows them."""

    def step(**args: Any) -> TorchvisionTransform:
        return TorchvisionTransform(name, args)

    step.__signature__ = inspect.signature(torchvision_class(name))  # type: ignore[attr-defined]
    return step


register_family("transform", "torchvision/", torchvision_step)


def torchvision_class(name: str) -> type:
    """The class of that name (with or without 'torchvision/') in ``torchvision.transforms.v2``.

    Raises:
        ConfigError: there is none; the message suggests the nearest.
    """
    from torchvision.transforms import v2

    name = name.removeprefix("torchvision/")
    known = {n: c for n, c in vars(v2).items() if isinstance(c, type) and issubclass(c, torch.nn.Module)}
    if name not in known:
        raise ConfigError(f"torchvision has no transform {name!r}. {did_you_mean(name, known)}")
    return known[name]


def _with_interpolation(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with an interpolation's name replaced by torchvision's constant."""
    from torchvision.transforms.v2 import InterpolationMode

    mode = args.get("interpolation")
    return {**args, "interpolation": InterpolationMode(mode)} if isinstance(mode, str) else dict(args)
