"""The crops with which EfficientNet was trained and tested; they come from TensorFlow's input pipeline.

Paper: EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks, arXiv 1905.11946. The central crop
leaves out a border that grows with the picture, instead of resizing first.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from .base import Deterministic
from .checks import one_of, pair, probability
from .geometry import RandomResizedCrop, Window, antialiases, resize

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic")


@register("transform")
class EfficientNetCenterCrop(Deterministic):
    """Cut out the central square and bring it to a size.

    The square's side is crop_size / (crop_size + crop_padding) of the picture's short edge: 224 of 256, for example.

    Args:
        crop_size: The result's height and width.
        crop_padding: The border that would be left out of a picture of crop_size + crop_padding.
        interpolation: 'nearest', 'bilinear' or 'bicubic'.
        backend: Whose way of shrinking: 'pillow', antialiased, or 'cv2', not (``antialiases``).
    """

    def __init__(
        self, crop_size: int, crop_padding: int = 32, interpolation: str = "bicubic", backend: str = "cv2"
    ) -> None:
        self.crop_size, self.crop_padding = _square("crop_size", crop_size), _padding(crop_padding)
        self.interpolation = one_of("interpolation", interpolation, _INTERPOLATIONS)
        self.antialias = antialiases(backend)

    def apply(self, images: Tensor) -> Tensor:
        top, left, height, width = central_square(images.shape[-2], images.shape[-1], self.crop_size, self.crop_padding)
        part = images[..., top : top + height, left : left + width]
        return resize(part, self.crop_size, self.crop_size, self.interpolation, self.antialias)


@register("transform")
class EfficientNetRandomCrop(RandomResizedCrop):
    """Cut out a part of random proportions and height and bring it to a size.

    Unlike in ``RandomResizedCrop``, the proportions are uniform on a plain scale, and the height, not the area, is
    uniform between what the areas allow. A draw whose area is not allowed is repeated; when ``max_attempts`` of them
    are not, ``EfficientNetCenterCrop``'s square is taken.

    Args:
        scale: The result's height and width.
        min_covered: The least share of the picture's area, whatever ``crop_ratio_range`` says.
        crop_padding: Of the central square.
        crop_ratio_range: The part's share of the picture's area.
        aspect_ratio_range: The part's width / height.
        max_attempts: How many draws.
        interpolation: 'nearest', 'bilinear' or 'bicubic'.
        backend: Whose way of shrinking: 'pillow', antialiased, or 'cv2', not (``antialiases``).
    """

    def __init__(
        self,
        scale: int,
        min_covered: float = 0.1,
        crop_padding: int = 32,
        crop_ratio_range: Sequence[float] = (0.08, 1.0),
        aspect_ratio_range: Sequence[float] = (3 / 4, 4 / 3),
        max_attempts: int = 10,
        interpolation: str = "bicubic",
        backend: str = "cv2",
    ) -> None:
        size = _square("scale", scale)
        super().__init__(size, crop_ratio_range, aspect_ratio_range, max_attempts, interpolation, backend)
        self.min_covered = probability("min_covered", min_covered)
        self.crop_padding = _padding(crop_padding)

    def windows(self, count: int, height: int, width: int, generator: torch.Generator) -> list[Window]:
        draws = torch.rand(count, self.max_attempts, 2, generator=generator, dtype=torch.float64)
        (narrow, wide), whole = self.aspect_ratio_range, height * width
        least, most = (ratio * whole for ratio in self.crop_ratio_range)
        aspects = narrow + draws[..., 0] * (wide - narrow)  # (N, attempts)
        # The highest part whose width, rounded, fits into the picture.
        highest = torch.minimum((most / aspects).sqrt().round(), ((width + 0.5 - 1e-7) / aspects).floor())
        highest = highest.clamp(max=height)
        lowest = (least / aspects).sqrt().round().minimum(highest)
        heights = (lowest + draws[..., 1] * (highest - lowest)).round()
        widths = (heights * aspects).round()
        areas = heights * widths
        fits = (areas >= max(least, self.min_covered * whole)) & (areas <= most) & (widths <= width) & (heights >= 1)
        sizes = torch.stack((heights, widths), -1)[torch.arange(count), fits.int().argmax(1)]  # (N, 2)
        limits = torch.tensor([height, width])
        places = ((limits - sizes + 1) * torch.rand(count, 2, generator=generator, dtype=torch.float64)).floor()
        central = torch.tensor(central_square(height, width, self.height, self.crop_padding))
        found = torch.where(fits.any(1, keepdim=True), torch.cat((places, sizes), 1).long(), central)
        return [(top, left, high, broad) for top, left, high, broad in found.tolist()]


def central_square(height: int, width: int, crop_size: int, crop_padding: int) -> tuple[int, int, int, int]:
    """The central crop of a picture: its top, left, height and width."""
    side = max(1, int(min(height, width) * crop_size / (crop_size + crop_padding)))
    return round((height - side) / 2), round((width - side) / 2), side, side


def _square(argument: str, size: int) -> int:
    if not isinstance(size, int):
        raise ConfigError(f"{argument} is {size!r}, but must be one whole number: EfficientNet's crops are square.")
    return pair(argument, size)[0]


def _padding(crop_padding: int) -> int:
    if isinstance(crop_padding, bool) or not isinstance(crop_padding, int) or crop_padding < 0:
        raise ConfigError(f"crop_padding is {crop_padding!r}, but must be a whole number of at least 0.")
    return crop_padding
