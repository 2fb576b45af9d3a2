"""Gaussian blur: the picture as if it were out of focus, each of a batch by a strength of its own."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from .ops import Op


@register("transform")
@dataclass(kw_only=True, eq=False)
class GaussianBlur(Op):
    """Average each pixel with its neighbours, with the weights of a bell curve.

    Args:
        radius: The curve's standard deviation in pixels; 0 changes nothing. Beyond the edge, its pixels go on.
    """

    radius: float | None = None

    fixed: ClassVar[str] = "radius"

    def __post_init__(self) -> None:
        super().__post_init__()
        ends = [self.radius] if self.radius is not None else list(self.magnitude_range or ())
        if min(ends) < 0:
            raise ConfigError(f"GaussianBlur has a radius of {min(ends)!r}, but it must be at least 0.")

    def distort(self, images: Tensor, magnitudes: Tensor, generator: torch.Generator) -> Tensor:
        return blurred(images.float(), magnitudes).round().clamp(0, 255).to(images.dtype)


def blurred(images: Tensor, sigmas: Tensor) -> Tensor:
    """Floats (n, C, H, W), each blurred by its own standard deviation (n,); rows first, then columns."""
    count, channels, height, width = images.shape
    reach = int(torch.ceil(3 * sigmas.max()).clamp(min=1))  # 99.7 % of a bell curve lie within three deviations
    offsets = torch.arange(-reach, reach + 1, device=images.device)
    weights = torch.softmax(-0.5 * (offsets / sigmas.clamp(min=1e-3)[:, None]) ** 2, 1)  # (n, k), each row sums to 1
    kernels = weights.repeat_interleave(channels, 0)[:, None, None]  # (n·C, 1, 1, k)
    planes = images.reshape(1, count * channels, height, width)  # all in one picture, so that each has its kernel
    for sides, kernel in (((reach, reach, 0, 0), kernels), ((0, 0, reach, reach), kernels.transpose(2, 3))):
        planes = conv2d(pad(planes, sides, mode="replicate"), kernel, groups=count * channels)
    return planes.reshape(count, channels, height, width)
