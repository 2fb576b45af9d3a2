"""What a data set is: pictures, labels, the names of the classes, and the pipeline that samples pass through.

``Dataset`` itself is complete: a data set of one's own is a call, ``Dataset(pictures, labels, classes)``. The classes
beside it only find the pictures.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.config.errors import DataError

from .. import pipeline as pipelines
from ..pipeline import sample_rng
from ..transforms.base import Sample, Transform

__all__ = ["Dataset", "sample_rng"]


class Dataset:
    """Pictures in memory or as files, with labels.

    Args:
        pictures: uint8 (M, C, H, W), RGB or grey, or the paths of M files.
        labels: M class indices; or (M, K) where pictures may show several classes, 1 for each that is there, 0 for each
            that is not, −1 where it is too hard to tell; or None where they are not known.
        classes: The classes' names, in the order of their indices.
        pipeline: The transforms that a sample passes through.

    Raises:
        DataError: there are not as many labels as pictures, or a label that is no class (or none of 1, 0 and −1).
    """

    classes: tuple[str, ...]
    labels: np.ndarray | None  # int64 (M,), or (M, K)

    def __init__(
        self,
        pictures: Tensor | Sequence[str],
        labels: Sequence[int] | np.ndarray | None,
        classes: Sequence[str],
        pipeline: Sequence[Transform] = (),
    ) -> None:
        self.pictures = pictures
        self.labels = None if labels is None else np.asarray(labels, dtype=np.int64)
        self.classes = tuple(classes)
        self.pipeline: Sequence[Transform] = tuple(pipeline)
        if self.labels is not None:
            _check_labels(self.labels, len(self), len(self.classes))

    def __len__(self) -> int:
        return len(self.pictures)

    def raw(self, index: int) -> Sample:
        """The sample as it is stored: ``{'img': uint8 (C, H, W)}`` or ``{'img_path': str}``, with its ``gt_label``.

        That is an int, or where pictures may show several classes, int64 (K,).
        """
        picture = self.pictures[index]
        sample: Sample = {"img": picture} if isinstance(picture, Tensor) else {"img_path": picture}
        if self.labels is None:
            return sample
        return {**sample, "gt_label": int(self.labels[index]) if self.labels.ndim == 1 else self.labels[index]}

    def title(self, sample: Sample) -> str:
        """What a sample shows: the name of its class, or all of its classes' names; '' where that is not known."""
        if "gt_label" not in sample:
            return ""
        label = sample["gt_label"]
        there = [label] if np.ndim(label) == 0 else np.flatnonzero(label == 1)
        return ", ".join(self.classes[k] for k in there) or "none of the classes"

    def get(self, index: int, rng: np.random.Generator, epoch: int = 0) -> Sample:
        """The sample as the pipeline leaves it in an epoch, all chance drawn from ``rng``.

        Its transforms also see its place in the data set, ``sample_idx``, and the ``epoch``.
        """
        return pipelines.apply(self.pipeline, {**self.raw(index), "sample_idx": index, "epoch": epoch}, rng)

    def __getitem__(self, index: int) -> Sample:
        """The sample as the first epoch sees it, if it is not shuffled."""
        index = range(len(self))[index]  # counts from the end too, and raises IndexError beyond it
        return self.get(index, sample_rng(0, 0, index))

    def __iter__(self) -> Iterator[Sample]:
        return (self[index] for index in range(len(self)))

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...] | None:
        """The classes that a config's arguments stand for; None where only reading the data would tell."""
        return None

    @classmethod
    def picture_shape(cls, args: Mapping[str, Any]) -> tuple[int, int, int] | None:
        """(C, H, W) of each raw picture; None where they differ."""
        return None


def in_memory(pictures: np.ndarray) -> Tensor:
    """uint8 (M, H, W) as the tensor (M, 1, H, W); (M, C, H, W) as it is."""
    tensor = torch.from_numpy(np.ascontiguousarray(pictures))
    return tensor if tensor.ndim == 4 else tensor.unsqueeze(1)


def _check_labels(labels: np.ndarray, num_pictures: int, num_classes: int) -> None:
    if labels.shape not in ((num_pictures,), (num_pictures, num_classes)):
        raise DataError(f"there are {num_pictures:,} pictures, but labels of shape {labels.shape}.")
    if labels.ndim == 2:
        strange = np.argwhere(np.abs(labels) > 1)
        if len(strange):
            picture, k = strange[0]
            raise DataError(f"picture {picture} has {labels[picture, k]} for class {k}, but 1, 0 and −1 are allowed.")
        return
    outside = np.flatnonzero((labels < 0) | (labels >= num_classes))
    if len(outside):
        raise DataError(
            f"picture {outside[0]} has label {labels[outside[0]]}, which is none of the {num_classes} classes "
            f"(0 to {num_classes - 1}); {len(outside):,} labels are outside."
        )
