"""Operations of AutoAugment and RandAugment that move the pixels: shear, translate, rotate.

Each picture has a matrix of its own, so that a whole batch is moved at once; what comes in from outside is filled with
one colour, in most configs the mean of the data set.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from .checks import one_of
from .ops import Colour, Op, fitting, pad_val_of, rgb

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic")
_DIRECTIONS = ("horizontal", "vertical")


def warp(images: Tensor, sources: Tensor, interpolation: str, pad_val: Colour) -> Tensor:
    """Fetch each pixel of the new pictures from a place in the old ones.

    Args:
        images: uint8 (N, C, H, W).
        sources: (N, 2, 3), which multiplied by a new pixel's (x, y, 1) give its place (x, y) in the old picture; whole
            numbers are the middles of pixels.
        interpolation: 'nearest', 'bilinear' or 'bicubic'.
        pad_val: The colour of all that lies outside of the old picture.
    """
    height, width = images.shape[-2:]
    device, outside = images.device, fitting("pad_val", rgb("pad_val", pad_val), images)
    y, x = torch.meshgrid(torch.arange(height, device=device), torch.arange(width, device=device), indexing="ij")
    places = torch.stack((x, y, torch.ones_like(x)), -1).float() @ sources[:, None].transpose(-1, -2)  # (N, H, W, 2)
    grid = (2 * places + 1) / torch.tensor([width, height], device=device) - 1  # torch counts from edge to edge: -1 … 1
    # A channel of ones comes back as the share of each pixel that lies inside.
    sampled = grid_sample(
        torch.nn.functional.pad(images.float(), (0, 0, 0, 0, 0, 1), value=1.0), grid, interpolation, align_corners=False
    )
    pixels, inside = sampled[:, :-1], sampled[:, -1:]
    return (pixels + (1 - inside) * outside).round().clamp(0, 255).to(images.dtype)


def matrices(magnitudes: Tensor) -> Tensor:
    """The matrices (n, 2, 3) that leave every pixel where it is."""
    return torch.eye(2, 3, device=magnitudes.device).repeat(len(magnitudes), 1, 1)


def check_warp(pad_val: Colour | None, interpolation: str | None, direction: str = "horizontal") -> None:
    """Nothing, if the arguments are possible; else a ConfigError."""
    rgb("pad_val", pad_val_of(pad_val))
    one_of("interpolation", interpolation or "nearest", _INTERPOLATIONS)
    one_of("direction", direction, _DIRECTIONS)


@register("transform")
@dataclass(kw_only=True, eq=False)
class Shear(Op):
    """Slant the pictures: each row is moved to the right by ``magnitude`` × its distance from the first.

    Args:
        magnitude: Pixels a row.
        direction: 'vertical' moves columns down instead.
        pad_val: The colour of what comes in from outside: one number, or blue, green, red; by default 128.
        interpolation: 'nearest', 'bilinear' or 'bicubic' (the default).
    """

    magnitude: float | None = None
    direction: str = "horizontal"
    pad_val: Colour | None = None
    interpolation: str | None = None
    random_negative_prob: float = 0.5

    fixed: ClassVar[str] = "magnitude"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_warp(self.pad_val, self.interpolation, self.direction)

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        sources = matrices(magnitudes)
        row, column = (0, 1) if self.direction == "horizontal" else (1, 0)
        sources[:, row, column] = -magnitudes
        return warp(images, sources, self.interpolation or "bicubic", pad_val_of(self.pad_val))


@register("transform")
@dataclass(kw_only=True, eq=False)
class Translate(Op):
    """Move the pictures to the right.

    Args:
        magnitude: The way, as a share of the picture's width.
        direction: 'vertical' moves them down, by a share of the height.
        pad_val: The colour of what comes in from outside: one number, or blue, green, red; by default 128.
        interpolation: 'nearest' (the default), 'bilinear' or 'bicubic'.
    """

    magnitude: float | None = None
    direction: str = "horizontal"
    pad_val: Colour | None = None
    interpolation: str | None = None
    random_negative_prob: float = 0.5

    fixed: ClassVar[str] = "magnitude"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_warp(self.pad_val, self.interpolation, self.direction)

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        sources = matrices(magnitudes)
        row, side = (0, images.shape[-1]) if self.direction == "horizontal" else (1, images.shape[-2])
        sources[:, row, 2] = -magnitudes * side
        return warp(images, sources, self.interpolation or "nearest", pad_val_of(self.pad_val))


@register("transform")
@dataclass(kw_only=True, eq=False)
class Rotate(Op):
    """Turn the pictures clockwise; their size stays, so corners are cut off.

    Args:
        angle: In degrees.
        center: The point (x, y), in pixels, that stays in its place; by default the middle.
        scale: Enlarge them by this factor, too.
        pad_val: The colour of what comes in from outside: one number, or blue, green, red; by default 128.
        interpolation: 'nearest' (the default), 'bilinear' or 'bicubic'.
    """

    angle: float | None = None
    center: Sequence[float] | None = None
    scale: float = 1.0
    pad_val: Colour | None = None
    interpolation: str | None = None
    random_negative_prob: float = 0.5

    fixed: ClassVar[str] = "angle"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_warp(self.pad_val, self.interpolation)
        if self.scale <= 0:
            raise ConfigError(f"scale is {self.scale!r}, but must be above 0.")

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        height, width = images.shape[-2:]
        x, y = self.center or ((width - 1) / 2, (height - 1) / 2)
        cos, sin = magnitudes.deg2rad().cos() / self.scale, magnitudes.deg2rad().sin() / self.scale
        # A new pixel's place is found by turning it back; y points down, so a clockwise turn is a positive one.
        rows = ((cos, sin, x - cos * x - sin * y), (-sin, cos, y + sin * x - cos * y))
        sources = torch.stack([torch.stack(row, -1) for row in rows], 1)  # (n, 2, 3)
        return warp(images, sources, self.interpolation or "nearest", pad_val_of(self.pad_val))
