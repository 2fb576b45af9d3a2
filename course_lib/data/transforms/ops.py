"""What the operations of AutoAugment and RandAugment have in common: how often they act, and how strongly.

An operation is a transform like any other; in a policy, RandAugment sets its level. Its magnitude is given by an
argument of its own (an angle, a threshold, …), or drawn from a range: the level says how far along the range it lies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError

from .base import Random
from .checks import probability

Colour = float | Sequence[float]


@dataclass(kw_only=True, eq=False)
class Op(Random):
    """Change some of the pictures, each by a magnitude of its own; the subclass says how.

    Args:
        prob: How many of them.
        magnitude_range: The magnitudes at level 0 and at ``total_level``; the first may be the larger.
        magnitude_level: How far along the range.
        magnitude_std: Of normal noise on the level; 'inf' draws it uniformly from 0 … ``magnitude_level``.
        total_level: The highest level.
        random_negative_prob: How often the magnitude's sign is changed.
        magnitude_key: Accepted for configs of the 0.x dialect, without effect.

    Raises:
        ConfigError: a wrong argument; or the magnitude is given twice, or not at all.
    """

    prob: float = 0.5
    magnitude_range: Sequence[float] | None = None
    magnitude_level: float = 10
    magnitude_std: float | str = 0.0
    total_level: float = 10
    random_negative_prob: float = 0.0
    magnitude_key: str = ""

    fixed: ClassVar[str] = ""  # the argument that gives the magnitude itself; '' where there is no magnitude

    def __post_init__(self) -> None:
        probability("prob", self.prob)
        probability("random_negative_prob", self.random_negative_prob)
        check_level(self.magnitude_level, self.magnitude_std, self.total_level)
        if self.magnitude_range is not None and len(self.magnitude_range) != 2:
            raise ConfigError(f"magnitude_range is {self.magnitude_range!r}, but must be two numbers.")
        if self.fixed and (getattr(self, self.fixed) is None) == (self.magnitude_range is None):
            name = type(self).__name__
            raise ConfigError(f"{name} takes either {self.fixed}=… or magnitude_range=(first, last).")

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        """Change all of the pictures, uint8 (n, C, H, W), by the magnitudes (n,), never in place."""
        raise NotImplementedError(type(self).__name__)

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        chosen = (torch.rand(len(images), generator=generator) < self.prob).nonzero()[:, 0]
        if not len(chosen):
            return images
        magnitudes = self.magnitudes(len(chosen), generator).to(images.device)
        chosen = chosen.to(images.device)
        return images.index_copy(0, chosen, self.distort(images[chosen], magnitudes, generator))

    def magnitudes(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw a magnitude for each of ``count`` pictures: float (n,)."""
        if self.magnitude_range is None:
            values = torch.full((count,), self.constant())
        else:
            first, last = self.magnitude_range
            values = first + self.levels(count, generator) / self.total_level * (last - first)
        negative = torch.rand(count, generator=generator) < self.random_negative_prob
        return torch.where(negative, -values, values)

    def constant(self) -> float:
        """The magnitude of all pictures, where there is no range."""
        return float(getattr(self, self.fixed)) if self.fixed else 0.0

    def levels(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw a level for each picture: float (n,)."""
        levels = torch.full((count,), float(self.magnitude_level))
        if isinstance(self.magnitude_std, str):
            return levels * torch.rand(count, generator=generator)
        if self.magnitude_std <= 0:
            return levels
        noise = self.magnitude_std * torch.randn(count, generator=generator)
        return (levels + noise).clamp(0, self.total_level)


def check_level(magnitude_level: float, magnitude_std: float | str, total_level: float) -> None:
    """Nothing, if the three fit together.

    Raises:
        ConfigError: a level below 0, no highest level, or a deviation that is neither a number nor 'inf'.
    """
    if magnitude_level < 0:
        raise ConfigError(f"magnitude_level is {magnitude_level!r}, but must be at least 0.")
    if total_level <= 0:
        raise ConfigError(f"total_level is {total_level!r}, but must be above 0.")
    if isinstance(magnitude_std, str) and magnitude_std != "inf":
        raise ConfigError(f"magnitude_std is {magnitude_std!r}, but must be a number or 'inf'.")


def pad_val_of(pad_val: Colour | None) -> Colour:
    """An operation's ``pad_val``: None stands for a middle grey, where no ``hparams`` of a policy say otherwise."""
    return 128 if pad_val is None else pad_val


def rgb(argument: str, value: Colour) -> Tensor:
    """A colour of a config as a tensor (1, 1, 1), one value for all channels, or (3, 1, 1), red first.

    MMPretrain's pictures are BGR in the pipeline, and its configs write colours in that order (``bgr_mean``).

    Raises:
        ConfigError: there are neither one nor three values.
    """
    values = [value] if isinstance(value, (int, float)) else list(value)
    if len(values) not in (1, 3):
        raise ConfigError(f"{argument} is {value!r}, but must be one number, or three in the order blue, green, red.")
    if len(set(values)) == 1:
        values = values[:1]  # a grey, which fits pictures of one channel too
    return torch.tensor(values, dtype=torch.float32).flip(0)[:, None, None]


def fitting(argument: str, colour: Tensor, images: Tensor) -> Tensor:
    """The colour on the pictures' device.

    Raises:
        ConfigError: it has more channels than the pictures (..., C, H, W).
    """
    if len(colour) not in (1, images.shape[-3]):
        raise ConfigError(f"{argument} has {len(colour)} values, but the pictures have {images.shape[-3]} channels.")
    return colour.to(images.device)
