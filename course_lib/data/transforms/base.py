"""What a transform is: a step of a pipeline, from a sample to a sample.

A pipeline runs in one of two ways: sample by sample (picture files, in workers), or on whole batches (a data set that
lies in memory). Most transforms are written once, for a batch of pictures in which each draws its own random numbers;
the way by the sample is then a batch of one. So both ways follow the same distribution by construction.
"""

from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from course_lib.config.errors import ConfigError

Sample = dict[str, Any]


class Transform(Protocol):
    """All that a pipeline asks of a step; any callable with this signature will do."""

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        """A sample's next form; every random number comes from ``rng``."""


class Deterministic:
    """A transform of the picture without chance; its subclass says how, for one picture or many.

    In the way by the batch it is done once, when the data set is read, if only others like it come before.
    """

    def apply(self, images: Tensor) -> Tensor:
        """(..., C, H, W) → (..., C, H', W')."""
        raise NotImplementedError(type(self).__name__)

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        return {**sample, "img": self.apply(picture_of(sample, self))}

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        return self.apply(images)


class Random:
    """A transform of the picture with chance; its subclass says how, for a batch."""

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """(N, C, H, W) → (N, C, H', W'), never in place.

        Args:
            images: uint8, on any device.
            generator: On the CPU, so that all devices see the same numbers.
        """
        raise NotImplementedError(type(self).__name__)

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        return {**sample, "img": self.batch(picture_of(sample, self)[None], torch_generator(rng))[0]}


def torch_generator(rng: np.random.Generator) -> torch.Generator:
    """A generator of torch's for one transform of one sample."""
    return torch.Generator().manual_seed(int(rng.integers(2**32)))


def picture_of(sample: Sample, transform: object) -> Tensor:
    """The sample's picture (C, H, W).

    Raises:
        ConfigError: no step before ``transform`` has loaded it.
    """
    if "img" not in sample:
        name = type(transform).__name__
        raise ConfigError(f"{name} needs a picture: put LoadImageFromFile before it in the pipeline.")
    return sample["img"]


def can_batch(transform: object) -> bool:
    """Whether the transform can work on a batch, and all others that it is made of (its ``steps``)."""
    return hasattr(transform, "batch") and all(can_batch(step) for step in getattr(transform, "steps", ()))


def transform_batch(
    transform: Transform, images: Tensor, generator: torch.Generator, indices: Tensor, epoch: int
) -> Tensor:
    """A batch (N, C, H, W), transformed; one that goes by the place of a picture and the epoch has ``batch_at``.

    Args:
        indices: int64 (N,), the pictures' places in the data set.
    """
    if hasattr(transform, "batch_at"):
        return transform.batch_at(images, indices, epoch)
    return transform.batch(images, generator)  # type: ignore[attr-defined]


def is_deterministic(transform: object) -> bool:
    """Whether the transform draws no random numbers, so that its result can be kept."""
    return isinstance(transform, Deterministic) or getattr(transform, "deterministic", False)
