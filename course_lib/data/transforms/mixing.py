"""Pictures mixed with one another, and their labels in the same proportion.

These work on a batch by nature: the preprocessor calls them on normalised images and soft labels. Papers: mixup:
Beyond Empirical Risk Minimization, arXiv 1710.09412; CutMix: Regularization Strategy to Train Strong Classifiers with
Localizable Features, arXiv 1905.04899.
"""

import numpy as np
import torch
from torch import Tensor

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register


@register("batch_augment")
class Mixup:
    """Each picture as λ of itself and 1 - λ of another of its batch, λ drawn from Beta(alpha, alpha) once a batch.

    Args:
        alpha: Above 0; 0.2 mixes little, 1 draws λ uniformly.
    """

    def __init__(self, alpha: float) -> None:
        self.alpha = _positive(alpha)

    def __call__(self, images: Tensor, targets: Tensor, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
        """Images (N, C, H, W) and targets (N, K), both float."""
        share, others = _beta(self.alpha, generator), _shuffled(images, generator)
        return images.lerp(images[others], 1 - share), targets.lerp(targets[others], 1 - share)


@register("batch_augment")
class CutMix:
    """A rectangle of each picture replaced by the same part of another of its batch; labels follow the areas.

    Args:
        alpha: The rectangle's share of the area is drawn from Beta(alpha, alpha), once a batch; above 0.
    """

    def __init__(self, alpha: float) -> None:
        self.alpha = _positive(alpha)

    def __call__(self, images: Tensor, targets: Tensor, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
        """Images (N, C, H, W) and targets (N, K), both float."""
        height, width = images.shape[-2:]
        side = (1 - _beta(self.alpha, generator)) ** 0.5  # of the rectangle, as a share of the picture's
        middle = torch.rand(2, generator=generator).tolist()
        top, bottom = _span(middle[0] * height, side * height, height)
        left, right = _span(middle[1] * width, side * width, width)
        others = _shuffled(images, generator)
        mixed = images.clone()
        mixed[:, :, top:bottom, left:right] = images[others, :, top:bottom, left:right]
        replaced = (bottom - top) * (right - left) / (height * width)  # the rectangle may reach over the edge
        return mixed, targets.lerp(targets[others], replaced)


def _positive(alpha: float) -> float:
    if not alpha > 0:
        raise ConfigError(f"alpha is {alpha!r}, but must be above 0.")
    return float(alpha)


def _beta(alpha: float, generator: torch.Generator | None) -> float:
    """A draw from Beta(alpha, alpha); torch's own sampler takes no generator."""
    seed = int(torch.randint(2**32, (), generator=generator))
    return float(np.random.default_rng(seed).beta(alpha, alpha))


def _shuffled(images: Tensor, generator: torch.Generator | None) -> Tensor:
    """Which other picture each is mixed with (N,)."""
    return torch.randperm(len(images), generator=generator).to(images.device)


def _span(middle: float, length: float, limit: int) -> tuple[int, int]:
    """Where a stretch around ``middle`` begins and ends, cut off at 0 and ``limit``."""
    return max(0, round(middle - length / 2)), min(limit, round(middle + length / 2))
