"""The last stop before the model: batch → device, float32, normalised, and in training mixed with other pictures.

Doing this for a batch at once, on the device, is why pictures travel as uint8: a quarter of the bytes to copy.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register

from .transforms.formatting import channel_values, normalize

Batch = dict[str, Any]


class BatchAugment(Protocol):
    """Mixes pictures of a batch with one another, and their labels."""

    def __call__(self, images: Tensor, targets: Tensor, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
        """Images float (N, C, H, W) and targets float (N, K) → the same, mixed."""


@register("preprocessor", "Preprocessor", "ClsDataPreprocessor")
class Preprocessor(nn.Module):
    """Moves a batch to the model's device and normalises it there.

    Args:
        mean, std: On the 0…255 scale, in the order of the channels, or one for grey pictures; None leaves the values
            alone.
        to_rgb: Whether the model sees pictures as they are, red first; otherwise blue first, as OpenCV reads them and
            some published weights expect them, and so are ``mean`` and ``std``.
        to_onehot: In training, make labels (N,) float (N, K), a 1 among zeros; labels (N, K) stay as they are.
        num_classes: K, needed for ``to_onehot`` and the soft labels of batch augmentation.
        batch_augments: Mixup, CutMix, …: one of them, drawn for each batch, is applied in training.
        probs: How often each is drawn, at most 1 in all; the rest stays unmixed. By default all are equally likely.

    Raises:
        ConfigError: the arguments do not fit together.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        mean: Sequence[float] | None = None,
        std: Sequence[float] | None = None,
        to_rgb: bool = True,
        num_classes: int | None = None,
        batch_augments: Sequence[BatchAugment] = (),
        probs: Sequence[float] | None = None,
        to_onehot: bool = False,
    ) -> None:
        super().__init__()
        if (mean is None) != (std is None):
            raise ConfigError("mean and std go together: give both, or neither.")
        self.normalizes = mean is not None and std is not None
        values = channel_values(mean or (0.0,), std or (1.0,))
        # Not part of a checkpoint: the config says them, and a plain model has none.
        self.register_buffer("mean", values[0], persistent=False)
        self.register_buffer("std", values[1], persistent=False)
        self.to_rgb = to_rgb
        self.num_classes = num_classes
        self.to_onehot = to_onehot
        self.batch_augments = tuple(batch_augments)
        self.probs = self._checked(probs)

    def _checked(self, probs: Sequence[float] | None) -> tuple[float, ...]:
        count = len(self.batch_augments)
        if count and self.num_classes is None:
            raise ConfigError("batch augmentation makes soft labels: the preprocessor needs num_classes.")
        if self.to_onehot and self.num_classes is None:
            raise ConfigError("to_onehot makes labels of all classes: the preprocessor needs num_classes.")
        if probs is None:
            return (1 / count,) * count if count else ()
        if len(probs) != count or min(probs, default=0) < 0 or sum(probs) > 1 + 1e-6:
            raise ConfigError(f"probs is {tuple(probs)!r}, but must be {count} probabilities, at most 1 in all.")
        return tuple(probs)

    def use_augments(self, batch_augments: Sequence[BatchAugment], probs: Sequence[float] | None = None) -> None:
        """Mix with others from here on, or not at all (an empty list); the arguments are those of the class.

        Raises:
            ConfigError: ``probs`` do not fit, or soft labels are needed and ``num_classes`` is not known.
        """
        self.batch_augments = tuple(batch_augments)
        self.probs = self._checked(probs)

    def forward(
        self, batch: Mapping[str, Any] | Sequence[Any], training: bool, generator: torch.Generator | None = None
    ) -> Batch:
        """The batch as the model takes it.

        Args:
            batch: ``{'images': (N, C, H, W), 'labels': (N,) or (N, K)}``, or a pair of these, as plain torch loaders
                give it.
            training: Whether to augment; labels then become float (N, K).
            generator: On the CPU; by default torch's own.

        Returns:
            The batch with float32 images, on this module's device.
        """
        device = self.mean.device
        given = dict(batch) if isinstance(batch, Mapping) else {"images": batch[0], "labels": torch.as_tensor(batch[1])}
        moved = {k: v.to(device, non_blocking=True) if isinstance(v, Tensor) else v for k, v in given.items()}
        images = moved["images"]
        if not self.to_rgb and images.shape[-3] == 3:
            images = images.flip(-3)
        moved["images"] = normalize(images, self.mean, self.std) if self.normalizes else images.float()
        if training and self.to_onehot and "labels" in moved:
            moved["labels"] = self.one_hot(moved["labels"])
        return self.augment(moved, generator) if training and self.batch_augments else moved

    def one_hot(self, labels: Tensor) -> Tensor:
        """Labels (N,) → float (N, K), a 1 among zeros; labels (N, K) stay as they are."""
        assert self.num_classes is not None  # __init__ sees to it
        return nn.functional.one_hot(labels, self.num_classes).float() if labels.ndim == 1 else labels

    def augment(self, batch: Batch, generator: torch.Generator | None) -> Batch:
        """The batch with one of the augmentations, or none, drawn by ``probs``."""
        drawn = float(torch.rand((), generator=generator, dtype=torch.float64))
        targets = self.one_hot(batch["labels"]).float().clamp(min=0)  # −1, too hard to tell, is mixed as not there
        for augment, prob in zip(self.batch_augments, self.probs, strict=True):
            if drawn < prob:
                images, targets = augment(batch["images"], targets, generator)
                return {**batch, "images": images, "labels": targets}
            drawn -= prob
        return {**batch, "labels": targets}
