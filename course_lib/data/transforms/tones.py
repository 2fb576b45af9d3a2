"""Operations of AutoAugment and RandAugment that change the pixels' values where they are.

What torchvision does for a batch is left to it; where it knows one strength only, each picture here has its own.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from .colour import adjust_brightness, adjust_contrast, adjust_saturation, blend
from .ops import Op


@register("transform")
@dataclass(kw_only=True, eq=False)
class AutoContrast(Op):
    """Stretch each channel's values until they fill 0 … 255."""

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        from torchvision.transforms.v2 import functional

        return functional.autocontrast(images)


@register("transform")
@dataclass(kw_only=True, eq=False)
class Invert(Op):
    """Turn the pictures into their negatives."""

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        return 255 - images


@register("transform")
@dataclass(kw_only=True, eq=False)
class Equalize(Op):
    """Spread each channel's values so that all of 0 … 255 are about equally frequent."""

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        from torchvision.transforms.v2 import functional

        return functional.equalize(images)


@register("transform")
@dataclass(kw_only=True, eq=False)
class Solarize(Op):
    """Invert the bright values.

    Args:
        thr: From which value on; 256 changes nothing.
    """

    thr: float | None = None

    fixed: ClassVar[str] = "thr"

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        return torch.where(images >= per_picture(magnitudes), 255 - images, images)


@register("transform")
@dataclass(kw_only=True, eq=False)
class SolarizeAdd(Op):
    """Make the dark values brighter.

    Args:
        magnitude: What is added.
        thr: Below which value.
    """

    magnitude: float | None = None
    thr: float = 128

    fixed: ClassVar[str] = "magnitude"

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        brighter = (images + per_picture(magnitudes)).clamp(0, 255).to(images.dtype)
        return torch.where(images < self.thr, brighter, images)


@register("transform")
@dataclass(kw_only=True, eq=False)
class Posterize(Op):
    """Keep only the first bits of each value, so that few colours are left.

    Args:
        bits: How many of the 8; a fraction counts as a whole bit.
    """

    bits: float | None = None

    fixed: ClassVar[str] = "bits"

    def __post_init__(self) -> None:
        super().__post_init__()
        ends = [self.bits] if self.bits is not None else list(self.magnitude_range or ())
        if not all(0 <= bits <= 8 for bits in ends):
            raise ConfigError(f"Posterize keeps {' … '.join(map(repr, ends))} bits, but a value has 0 to 8 of them.")

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        masks = 256 - 2 ** (8 - magnitudes.ceil())
        return images & per_picture(masks).to(images.dtype)


@register("transform")
@dataclass(kw_only=True, eq=False)
class Contrast(Op):
    """Raise or lower the contrast.

    Args:
        magnitude: 0 changes nothing, -1 leaves an even grey, 1 doubles the contrast.
    """

    magnitude: float | None = None
    random_negative_prob: float = 0.5

    fixed: ClassVar[str] = "magnitude"

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        return adjust_contrast(images.float(), per_picture(1 + magnitudes)).to(images.dtype)


@register("transform")
@dataclass(kw_only=True, eq=False)
class ColorTransform(Op):
    """Raise or lower the saturation; pictures of one channel stay as they are.

    Args:
        magnitude: 0 changes nothing, -1 takes out all colour, 1 doubles it.
    """

    magnitude: float | None = None
    random_negative_prob: float = 0.5

    fixed: ClassVar[str] = "magnitude"

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        return adjust_saturation(images.float(), per_picture(1 + magnitudes)).to(images.dtype)


@register("transform")
@dataclass(kw_only=True, eq=False)
class Brightness(Op):
    """Make the pictures brighter or darker.

    Args:
        magnitude: 0 changes nothing, -1 leaves black, 1 doubles each value.
    """

    magnitude: float | None = None
    random_negative_prob: float = 0.5

    fixed: ClassVar[str] = "magnitude"

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        return adjust_brightness(images.float(), per_picture(1 + magnitudes)).to(images.dtype)


@register("transform")
@dataclass(kw_only=True, eq=False)
class Sharpness(Op):
    """Make edges sharper or softer.

    Args:
        magnitude: 0 changes nothing, -1 smooths over 3×3 pixels, 1 adds as much as smoothing takes away.
    """

    magnitude: float | None = None
    random_negative_prob: float = 0.5

    fixed: ClassVar[str] = "magnitude"

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        pictures = images.float()
        return blend(pictures, smoothed(pictures), per_picture(1 + magnitudes)).to(images.dtype)


def smoothed(images: Tensor) -> Tensor:
    """Each pixel averaged with its neighbours, weighing 5 to their 1; the outermost ones stay. (N, C, H, W) floats."""
    if min(images.shape[-2:]) < 3:
        return images
    result = images.clone()
    inner = result[..., 1:-1, 1:-1]
    inner.copy_(((9 * avg_pool2d(images, 3, stride=1) + 4 * inner) / 13).round())
    return result


def per_picture(values: Tensor) -> Tensor:
    """(n,) as (n, 1, 1, 1), to be combined with pictures."""
    return values[:, None, None, None]
