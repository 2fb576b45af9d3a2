"""Light of another colour, as in AlexNet's training: a random shift along the main directions in which the data set's
colours vary (ImageNet Classification with Deep Convolutional Neural Networks, Krizhevsky et al. 2012, section 4.1).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from .base import Random


@register("transform")
class Lighting(Random):
    """Add one colour to all pixels of a picture; values beyond 0 … 255 are cut off.

    Args:
        eigval: The variances along the main directions, from a principal component analysis of the colours.
        eigvec: These directions as columns, (3, 3).
        alphastd: How far to go, as a standard deviation. Values of 0 … 255 want 25.5 where the analysis saw 0 … 1.
        to_rgb: The order of ``eigvec``'s rows: red, green, blue, or, as in MMPretrain by default, blue first.

    Raises:
        ConfigError: the shapes are others, or ``alphastd`` is negative.
    """

    def __init__(
        self, eigval: Sequence[float], eigvec: Sequence[Sequence[float]], alphastd: float = 0.1, to_rgb: bool = False
    ) -> None:
        if len(eigval) != 3 or len(eigvec) != 3 or any(len(row) != 3 for row in eigvec):
            raise ConfigError("eigval must be three numbers and eigvec three rows of three.")
        if alphastd < 0:
            raise ConfigError(f"alphastd is {alphastd!r}, but must be at least 0.")
        directions = torch.tensor(eigvec, dtype=torch.float32) * torch.tensor(eigval, dtype=torch.float32)
        self.directions = directions if to_rgb else directions.flip(0)  # (channel, direction)
        self.alphastd = alphastd

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        if images.shape[1] != 3:
            raise ConfigError(f"Lighting needs pictures of three channels, not {images.shape[1]}.")
        alphas = torch.randn(len(images), 3, generator=generator) * self.alphastd
        colours = (alphas @ self.directions.T)[:, :, None, None].to(images.device)  # (N, 3, 1, 1)
        return (images + colours).round().clamp(0, 255).to(images.dtype)
