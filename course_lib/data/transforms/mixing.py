"""Pictures mixed with one another, and their labels in the same proportion.

These work on a batch by nature: the preprocessor calls them on normalised images and soft labels. Papers: mixup:
Beyond Empirical Risk Minimization, arXiv 1710.09412; CutMix: Regularization Strategy to Train Strong Classifiers with
Localizable Features, arXiv 1905.04899; ResizeMix: Mixing Data with Preserved Object Information and True Labels, arXiv
2012.11101.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from .checks import interval, one_of


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
        cutmix_minmax: Instead: the least and the greatest height of the rectangle, as shares of the picture's, and
            likewise its width; uniform between them, and never over the edge.
        correct_lam: Where the rectangle reaches over the edge, count what is left of it; False counts all of it.
    """

    def __init__(self, alpha: float, cutmix_minmax: Sequence[float] | None = None, correct_lam: bool = True) -> None:
        self.alpha = _positive(alpha)
        self.rectangles = _Rectangles(cutmix_minmax, correct_lam)

    def __call__(self, images: Tensor, targets: Tensor, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
        """Images (N, C, H, W) and targets (N, K), both float."""
        replaced = 1 - _beta(self.alpha, generator)
        (top, bottom, left, right), replaced = self.rectangles.draw(images, replaced, generator)
        others = _shuffled(images, generator)
        mixed = images.clone()
        mixed[:, :, top:bottom, left:right] = images[others, :, top:bottom, left:right]
        return mixed, targets.lerp(targets[others], replaced)


@register("batch_augment")
class ResizeMix:
    """A rectangle of each picture replaced by the whole of another of its batch, shrunk; labels follow the areas.

    So, unlike CutMix, the other picture's object is always to be seen.

    Args:
        alpha: λ, the share that stays, is drawn from Beta(alpha, alpha) once a batch; above 0.
        lam_min, lam_max: The range that λ is then stretched to.
        interpolation: How the other picture is shrunk: 'nearest', 'bilinear' or 'bicubic'.
        cutmix_minmax, correct_lam: As in CutMix.
    """

    def __init__(
        self,
        alpha: float,
        lam_min: float = 0.1,
        lam_max: float = 0.8,
        interpolation: str = "bilinear",
        cutmix_minmax: Sequence[float] | None = None,
        correct_lam: bool = True,
    ) -> None:
        self.alpha = _positive(alpha)
        self.range = _shares("(lam_min, lam_max)", (lam_min, lam_max))
        self.interpolation = one_of("interpolation", interpolation, ("nearest", "bilinear", "bicubic"))
        self.rectangles = _Rectangles(cutmix_minmax, correct_lam)

    def __call__(self, images: Tensor, targets: Tensor, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
        """Images (N, C, H, W) and targets (N, K), both float."""
        least, most = self.range
        replaced = 1 - (least + _beta(self.alpha, generator) * (most - least))
        (top, bottom, left, right), replaced = self.rectangles.draw(images, replaced, generator)
        others = _shuffled(images, generator)
        mixed = images.clone()
        if top < bottom and left < right:
            size = (bottom - top, right - left)
            mixed[:, :, top:bottom, left:right] = interpolate(images[others], size, mode=self.interpolation)
        return mixed, targets.lerp(targets[others], replaced)


class _Rectangles:
    """Where CutMix and ResizeMix put the other picture."""

    def __init__(self, cutmix_minmax: Sequence[float] | None, correct_lam: bool) -> None:
        self.minmax = None if cutmix_minmax is None else _shares("cutmix_minmax", cutmix_minmax)
        self.correct_lam = correct_lam

    def draw(
        self, images: Tensor, replaced: float, generator: torch.Generator | None
    ) -> tuple[tuple[int, int, int, int], float]:
        """A rectangle, (top, bottom, left, right), of the area ``replaced``; and the share that the labels follow."""
        height, width = images.shape[-2:]
        if self.minmax is not None:
            sides, places = torch.rand(2, 2, generator=generator).tolist()
            least, most = self.minmax
            high, wide = (round(n * (least + s * (most - least))) for n, s in zip((height, width), sides, strict=True))
            top, left = round(places[0] * (height - high)), round(places[1] * (width - wide))
            bottom, right = top + high, left + wide
        else:
            side = replaced**0.5  # of the rectangle, as a share of the picture's
            middle = torch.rand(2, generator=generator).tolist()
            top, bottom = _span(middle[0] * height, side * height, height)
            left, right = _span(middle[1] * width, side * width, width)
        if self.correct_lam or self.minmax is not None:
            replaced = (bottom - top) * (right - left) / (height * width)  # the rectangle may reach over the edge
        return (top, bottom, left, right), replaced


def _positive(alpha: float) -> float:
    if not alpha > 0:
        raise ConfigError(f"alpha is {alpha!r}, but must be above 0.")
    return float(alpha)


def _shares(argument: str, value: Sequence[float]) -> tuple[float, float]:
    low, high = interval(argument, value, 0)
    if high > 1:
        raise ConfigError(f"{argument} is {value!r}, but a share is at most 1.")
    return low, high


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
