"""Hiding a part of the picture, so that a network does not rely on any one detail: RandomErasing and Cutout.

Papers: Random Erasing Data Augmentation, arXiv 1708.04896; Improved Regularization of Convolutional Neural Networks
with Cutout, arXiv 1708.04552.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from .base import Random
from .checks import interval, one_of, pair, probability
from .ops import Colour, Op, fitting, pad_val_of, rgb


@register("transform")
class RandomErasing(Random):
    """Overwrite a rectangle of random size, shape and place with a colour, or with noise.

    Args:
        erase_prob: In how many of the pictures.
        min_area_ratio, max_area_ratio: The rectangle's share of the picture's area; uniform between them.
        aspect_range: Its height / width, uniform on a logarithmic scale; one number a stands for (a, 1 / a).
        mode: 'const' for a colour, 'rand' for noise.
        fill_color: The colour: one number, or blue, green, red (``bgr_mean``); in the mode 'rand', the noise's mean.
        fill_std: Of the noise, in the order of ``fill_color``; None makes it uniform in 0 … 255.
    """

    def __init__(
        self,
        erase_prob: float = 0.5,
        min_area_ratio: float = 0.02,
        max_area_ratio: float = 0.4,
        aspect_range: float | Sequence[float] = (3 / 10, 10 / 3),
        mode: str = "const",
        fill_color: Colour = (128, 128, 128),
        fill_std: Colour | None = None,
    ) -> None:
        self.erase_prob = probability("erase_prob", erase_prob)
        probability("min_area_ratio", min_area_ratio)
        probability("max_area_ratio", max_area_ratio)
        self.area_range = interval("(min_area_ratio, max_area_ratio)", (min_area_ratio, max_area_ratio), 0)
        if isinstance(aspect_range, (int, float)):
            if aspect_range <= 0:
                raise ConfigError(f"aspect_range is {aspect_range!r}, but must be above 0.")
            aspect_range = sorted((aspect_range, 1 / aspect_range))
        self.aspect_range = interval("aspect_range", aspect_range, 1e-3)
        self.mode = one_of("mode", mode, ("const", "rand"))
        self.fill_color = rgb("fill_color", fill_color)
        self.fill_std = None if fill_std is None else rgb("fill_std", fill_std)

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        chosen = (torch.rand(len(images), generator=generator) < self.erase_prob).nonzero()[:, 0].to(images.device)
        if not len(chosen):
            return images
        part = images[chosen]
        rectangles = self.rectangles(len(part), images.shape[-2], images.shape[-1], generator)
        inside = inside_of(rectangles, part)
        return images.index_copy(0, chosen, torch.where(inside, self.filling(part, generator), part))

    def rectangles(self, count: int, height: int, width: int, generator: torch.Generator) -> Tensor:
        """Draw a rectangle for each of ``count`` pictures: int64 (n, 4), each row its top, left, height and width."""
        shares, aspects = torch.rand(2, count, generator=generator, dtype=torch.float64)
        (least, most), (low, high) = self.area_range, map(math.log, self.aspect_range)
        area = (least + shares * (most - least)) * height * width
        aspect = (low + aspects * (high - low)).exp()
        limits = torch.tensor([height, width])
        sizes = torch.stack(((area * aspect).sqrt(), (area / aspect).sqrt()), 1).round().minimum(limits)  # (n, 2)
        places = ((limits - sizes + 1) * torch.rand(count, 2, generator=generator, dtype=torch.float64)).floor()
        return torch.cat((places, sizes), 1).long()

    def filling(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """What is to be seen in the rectangles: uint8, as large as the pictures or one value a channel."""
        if self.mode == "rand" and self.fill_std is None:
            return torch.randint(256, images.shape, dtype=torch.uint8, generator=generator).to(images)
        colour = fitting("fill_color", self.fill_color, images)
        if self.mode == "rand" and self.fill_std is not None:
            noise = torch.randn(images.shape, generator=generator).to(images.device)
            colour = colour + noise * fitting("fill_std", self.fill_std, images)
        return colour.round().clamp(0, 255).to(images.dtype)


@register("transform")
@dataclass(kw_only=True, eq=False)
class Cutout(Op):
    """Overwrite a rectangle at a random place, which may reach over the edge.

    Args:
        shape: (height, width) in pixels, or one number for both.
        pad_val: The colour: one number, or blue, green, red; by default 128.
    """

    shape: int | Sequence[int] | None = None
    pad_val: Colour | None = None

    fixed: ClassVar[str] = "shape"

    def __post_init__(self) -> None:
        super().__post_init__()
        rgb("pad_val", pad_val_of(self.pad_val))
        if self.shape is not None:
            pair("shape", self.shape)

    def constant(self) -> float:
        return 0.0  # two numbers, perhaps: ``distort`` looks them up

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        count, limits = len(images), torch.tensor(images.shape[-2:])
        if self.shape is None:
            sizes = magnitudes.cpu().long()[:, None].expand(-1, 2)  # (n, 2)
        else:
            sizes = torch.tensor(pair("shape", self.shape)).expand(count, 2)
        middles = torch.rand(count, 2, generator=generator) * limits
        starts = (middles - sizes / 2).clamp(min=0).long()
        colour = fitting("pad_val", rgb("pad_val", pad_val_of(self.pad_val)), images).to(images.dtype)
        return torch.where(inside_of(torch.cat((starts, sizes), 1), images), colour, images)


def inside_of(rectangles: Tensor, images: Tensor) -> Tensor:
    """Which pixels (n, 1, H, W) lie in the rectangles (n, 4), each row top, left, height and width."""
    top, left, high, wide = rectangles.to(images.device).T[:, :, None]  # (n, 1) each
    y, x = (torch.arange(side, device=images.device) for side in images.shape[-2:])
    rows, columns = (y >= top) & (y < top + high), (x >= left) & (x < left + wide)  # (n, H), (n, W)
    return (rows[:, :, None] & columns[:, None])[:, None]
