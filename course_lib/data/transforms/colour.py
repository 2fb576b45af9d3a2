"""Which colour the pixels have: greyscale, jitter of brightness, contrast, saturation and hue.

The jitter is torchvision's (values differ by one at most), but each picture of a batch has strengths and an order of
its own.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from .base import Random
from .checks import interval, one_of, probability

LUMA = torch.tensor([0.299, 0.587, 0.114])  # how bright the eye sees red, green and blue (ITU-R BT.601)


def grey(images: Tensor, weights: Tensor = LUMA) -> Tensor:
    """RGB (N, 3, H, W) → brightness (N, 1, H, W), float."""
    return (images * weights.to(images.device)[:, None, None]).sum(1, keepdim=True)


def blend(images: Tensor, other: Tensor | float, factors: Tensor) -> Tensor:
    """``factors`` (N, 1, 1, 1) of the picture and the rest of ``other``: 1 keeps it, 0 replaces it, 2 exaggerates."""
    return (images * factors + other * (1 - factors)).clamp(0, 255).trunc()


def adjust_brightness(images: Tensor, factors: Tensor) -> Tensor:
    """Away from black. Floats on the 0…255 scale (N, C, H, W), factors (N, 1, 1, 1)."""
    return blend(images, 0.0, factors)


def adjust_contrast(images: Tensor, factors: Tensor) -> Tensor:
    """Away from the picture's mean brightness."""
    brightness = grey(images).round() if images.shape[1] == 3 else images
    return blend(images, brightness.mean((1, 2, 3), keepdim=True), factors)


def adjust_saturation(images: Tensor, factors: Tensor) -> Tensor:
    """Away from the picture in grey."""
    return blend(images, grey(images).round(), factors) if images.shape[1] == 3 else images


def adjust_hue(images: Tensor, shifts: Tensor) -> Tensor:
    """Turn the colour wheel by ``shifts`` of a full turn."""
    if images.shape[1] != 3:
        return images
    red, green, blue = (images / 255).unbind(1)
    value, chroma = images.amax(1) / 255, (images.amax(1) - images.amin(1)) / 255
    safe = chroma.clamp(min=1e-12)  # grey has no hue; any will do, since it has no saturation either
    hue = torch.where(
        value == red,
        (green - blue) / safe,
        torch.where(value == green, 2 + (blue - red) / safe, 4 + (red - green) / safe),
    )
    hue = hue + 6 * shifts[:, :, :, 0]  # (N, H, W), in sixths of a turn
    # From hue, chroma and value back to red, green and blue (Smith 1978), one channel at each offset.
    sixths = (torch.tensor([5.0, 3.0, 1.0], device=images.device)[:, None, None] + hue[:, None]) % 6  # (N, 3, H, W)
    ramp = torch.minimum(sixths, 4 - sixths).clamp(0, 1)
    return ((value[:, None] - chroma[:, None] * ramp) * 255).round()


_ADJUSTMENTS: tuple[Callable[[Tensor, Tensor], Tensor], ...] = (
    adjust_brightness,
    adjust_contrast,
    adjust_saturation,
    adjust_hue,
)


@register("transform")
class ColorJitter(Random):
    """Change brightness, contrast, saturation and hue by random amounts, in random order.

    Args:
        brightness, contrast, saturation: A strength s, for factors uniform in 1 - s … 1 + s (never below 0), or the
            range itself, (low, high).
        hue: A strength of at most 0.5, in turns of the colour wheel, or the range, (low, high) within -0.5 … 0.5.
        backend: Accepted for MMPretrain's configs, without effect.
    """

    def __init__(
        self,
        brightness: float | Sequence[float] = 0.0,
        contrast: float | Sequence[float] = 0.0,
        saturation: float | Sequence[float] = 0.0,
        hue: float | Sequence[float] = 0.0,
        backend: str = "pillow",
    ) -> None:
        one_of("backend", backend, ("cv2", "pillow"))
        self.ranges = (
            _around("brightness", brightness, 1.0, 0.0),
            _around("contrast", contrast, 1.0, 0.0),
            _around("saturation", saturation, 1.0, 0.0),
            _around("hue", hue, 0.0, -0.5),
        )
        if self.ranges[3][1] > 0.5:
            raise ConfigError(f"hue is {hue!r}, but must lie within -0.5 and 0.5 turns of the colour wheel.")

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        orders = torch.rand(len(images), 4, generator=generator).argsort(1).to(images.device)  # (N, 4)
        factors = [torch.empty(len(images)).uniform_(*r, generator=generator).to(images.device) for r in self.ranges]
        jittered = images.float()
        for turn in range(4):
            for which, adjust in enumerate(_ADJUSTMENTS):
                if self.ranges[which] == ((0.0, 0.0) if adjust is adjust_hue else (1.0, 1.0)):
                    continue
                theirs = (orders[:, turn] == which).nonzero()[:, 0]  # pictures whose turn it is for this one
                if len(theirs):
                    jittered[theirs] = adjust(jittered[theirs], factors[which][theirs, None, None, None])
        return jittered.to(images.dtype)


def _around(argument: str, value: float | Sequence[float], centre: float, least: float) -> tuple[float, float]:
    """The range that a strength stands for."""
    if isinstance(value, (int, float)):
        if value < 0:
            raise ConfigError(f"{argument} is {value!r}, but a strength is at least 0.")
        return (max(least, centre - value) if centre else -float(value)), centre + value
    return interval(argument, value, least)


@register("transform")
class RandomGrayscale(Random):
    """Take the colour out of some of the pictures; they keep their three channels.

    Args:
        prob: How many of them.
        keep_channels: Accepted for MMPretrain's configs; only True makes pictures that a network can take.
        channel_weights: What each channel contributes; scaled to the sum 1.
        color_format: The order of ``channel_weights``: 'bgr' as in MMPretrain, or 'rgb'.
    """

    def __init__(
        self,
        prob: float = 0.1,
        keep_channels: bool = True,
        channel_weights: Sequence[float] = (1.0, 1.0, 1.0),
        color_format: str = "bgr",
    ) -> None:
        self.prob = probability("prob", prob)
        if not keep_channels:
            raise ConfigError("keep_channels is False, but grey and coloured pictures of a batch need the same shape.")
        if len(channel_weights) != 3 or min(channel_weights) < 0 or sum(channel_weights) == 0:
            raise ConfigError(f"channel_weights is {channel_weights!r}, but must be three weights of at least 0.")
        one_of("color_format", color_format, ("bgr", "rgb"))
        weights = torch.tensor([float(w) for w in channel_weights]) / sum(channel_weights)
        self.weights = weights.flip(0) if color_format == "bgr" else weights

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        chosen = torch.rand(len(images), generator=generator) < self.prob
        if images.shape[1] != 3 or not chosen.any():
            return images
        chosen = chosen.to(images.device)[:, None, None, None]
        return torch.where(chosen, grey(images, self.weights).round().to(images.dtype), images)
