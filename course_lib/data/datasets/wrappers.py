"""Data sets made of other data sets: joined, repeated, balanced, divided into folds, cut down.

Arguments are MMPretrain's and MMEngine's. All but the first are a ``View``: an order of the pictures of one data set,
some of which never come, and some several times. The balancing is that of LVIS: A Dataset for Large Vocabulary Instance
Segmentation, arXiv 1908.03195.
"""

import pickle
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.config.errors import ConfigError, DataError
from course_lib.config.registry import find, register

from .. import pipeline as pipelines
from ..transforms.base import Sample, Transform
from .base import Dataset


class View(Dataset):
    """The pictures of another data set, in an order of their own; they pass through its pipeline.

    Args:
        dataset: The other one.
        indices: int (M,), which of its pictures each of these is.
    """

    def __init__(self, dataset: Dataset, indices: np.ndarray) -> None:
        self.dataset = dataset
        self.indices = indices
        self.classes = dataset.classes
        self.labels = None if dataset.labels is None else dataset.labels[indices]
        self.pipeline = dataset.pipeline

    def __len__(self) -> int:
        return len(self.indices)

    def raw(self, index: int) -> Sample:
        return self.dataset.raw(int(self.indices[index]))

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...] | None:
        return _target(args["dataset"]).class_names(args["dataset"])

    @classmethod
    def picture_shape(cls, args: Mapping[str, Any]) -> tuple[int, int, int] | None:
        return _target(args["dataset"]).picture_shape(args["dataset"])


@register("dataset")
class RepeatDataset(View):
    """A data set several times over: an epoch then sees each picture ``times`` times.

    Args:
        dataset: What is repeated.
        times: How often.
        lazy_init: Accepted for MMEngine's configs, without effect.
    """

    def __init__(self, dataset: Dataset, times: int, lazy_init: bool = False) -> None:
        if times < 1:
            raise ConfigError(f"times is {times!r}, but must be at least 1.")
        super().__init__(dataset, np.tile(np.arange(len(dataset)), times))


@register("dataset")
class ClassBalancedDataset(View):
    """A data set in which the pictures of rare classes are repeated.

    A class that makes up the share f of the pictures has the factor r = max(1, √(oversample_thr / f)), and each of its
    pictures comes ⌈r⌉ times; a picture of several classes follows the rarest.

    Args:
        dataset: What is balanced; it needs labels.
        oversample_thr: Classes with a smaller share are repeated.
        lazy_init: Accepted for MMEngine's configs, without effect.
    """

    def __init__(self, dataset: Dataset, oversample_thr: float, lazy_init: bool = False) -> None:
        if not 0 < oversample_thr <= 1:
            raise ConfigError(f"oversample_thr is {oversample_thr!r}, but must be a share above 0 and at most 1.")
        if dataset.labels is None:
            raise DataError("ClassBalancedDataset needs labels, and the data set has none.")
        super().__init__(dataset, np.repeat(np.arange(len(dataset)), repeats(dataset.labels, oversample_thr)))


def repeats(labels: np.ndarray, oversample_thr: float) -> np.ndarray:
    """How often each picture comes, int (M,), for labels (M,), or 0/1 (M, K) where pictures have several classes."""
    belongs = labels > 0 if labels.ndim == 2 else labels[:, None] == np.unique(labels)  # (M, K)
    shares = belongs.mean(0)
    factors = np.sqrt(oversample_thr / np.where(shares > 0, shares, 1)).clip(min=1)  # (K,)
    return np.ceil((belongs * factors).max(1, initial=1)).astype(np.int64)


@register("dataset")
class KFoldDataset(View):
    """One part of a data set for validation, or all others for training: K-fold cross-validation.

    Args:
        dataset: What is divided, into parts that differ in size by one at most.
        fold: Which part is for validation, from 0.
        num_splits: How many parts.
        test_mode: The part for validation instead of the others.
        seed: Shuffle before dividing; training and validation need the same. None keeps the order, in which the
            pictures of a class often stand together.
    """

    def __init__(
        self, dataset: Dataset, fold: int = 0, num_splits: int = 5, test_mode: bool = False, seed: int | None = None
    ) -> None:
        if not 2 <= num_splits <= len(dataset):
            raise ConfigError(f"num_splits is {num_splits!r}, but must be from 2 to the {len(dataset):,} pictures.")
        if not 0 <= fold < num_splits:
            raise ConfigError(f"fold is {fold!r}, but must be from 0 to {num_splits - 1}.")
        count = len(dataset)
        order = np.arange(count) if seed is None else np.random.default_rng(seed).permutation(count)
        start, end = count * fold // num_splits, count * (fold + 1) // num_splits
        chosen = order[start:end] if test_mode else np.concatenate((order[:start], order[end:]))
        super().__init__(dataset, np.sort(chosen))


@register("dataset")
class Subset(View):
    """Some of the pictures of a data set, for a quick try.

    Args:
        dataset: Where they come from.
        indices: Which, or how many from the start; a negative number takes them from the end.
    """

    def __init__(self, dataset: Dataset, indices: int | Sequence[int]) -> None:
        count = len(dataset)
        if isinstance(indices, int):
            chosen = np.arange(count)[:indices] if indices >= 0 else np.arange(count)[indices:]
        else:
            chosen = np.asarray(indices, dtype=np.int64).reshape(-1)
            outside = chosen[(chosen < -count) | (chosen >= count)]
            if len(outside):
                raise DataError(f"there is no picture {outside[0]}; the data set has {count:,}, 0 to {count - 1}.")
        super().__init__(dataset, chosen % max(count, 1))


@register("dataset")
class ConcatDataset(Dataset):
    """Several data sets of the same classes, one after the other.

    Args:
        datasets: What is joined. Each keeps its pipeline; where these differ, pictures are taken one by one.
        ignore_keys: 'classes' lets the names of the classes differ; the first data set's are then used.
        lazy_init: Accepted for MMEngine's configs, without effect.

    Raises:
        ConfigError: there is no data set.
        DataError: their classes differ, or some have labels and some have none.
    """

    def __init__(
        self,
        datasets: Sequence[Dataset],
        ignore_keys: str | Sequence[str] | None = None,
        lazy_init: bool = False,
    ) -> None:
        if not datasets:
            raise ConfigError("datasets is empty, but ConcatDataset joins at least one.")
        self.datasets = tuple(datasets)
        first = self.datasets[0]
        if "classes" not in ((ignore_keys,) if isinstance(ignore_keys, str) else ignore_keys or ()):
            _check_classes(self.datasets)
        labels = [dataset.labels for dataset in self.datasets if dataset.labels is not None]
        if labels and len(labels) < len(self.datasets):
            raise DataError("some of the joined data sets have labels, and some have none.")
        self.classes = first.classes
        self.labels = np.concatenate(labels) if labels else None
        self.ends = np.cumsum([len(dataset) for dataset in self.datasets])
        alike = all(_same(dataset.pipeline, first.pipeline) for dataset in self.datasets)
        self.pipeline = first.pipeline if alike else (OwnPipeline([dataset.pipeline for dataset in self.datasets]),)
        self.marked = not alike

    def __len__(self) -> int:
        return int(self.ends[-1])

    def raw(self, index: int) -> Sample:
        part = int(np.searchsorted(self.ends, index, side="right"))
        sample = self.datasets[part].raw(index - int(self.ends[part]) + len(self.datasets[part]))
        return {**sample, "part": part} if self.marked else sample

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...] | None:
        known = (_target(part).class_names(part) for part in args["datasets"])
        return next((names for names in known if names is not None), None)

    @classmethod
    def picture_shape(cls, args: Mapping[str, Any]) -> tuple[int, int, int] | None:
        shapes = {_target(part).picture_shape(part) for part in args["datasets"]}
        return shapes.pop() if len(shapes) == 1 else None


class OwnPipeline:
    """Sends a sample through the pipeline of the data set that it comes from, which ``sample['part']`` tells."""

    def __init__(self, pipes: Sequence[Sequence[Transform]]) -> None:
        self.pipes = tuple(pipes)

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        own = {key: value for key, value in sample.items() if key != "part"}
        return pipelines.apply(self.pipes[sample["part"]], own, rng)


def _same(one: Sequence[Transform], other: Sequence[Transform]) -> bool:
    """Whether two pipelines do the same, told by what a worker process would be sent; if in doubt, they do not."""
    if one is other:
        return True
    try:
        return pickle.dumps(tuple(one)) == pickle.dumps(tuple(other))
    except (pickle.PicklingError, AttributeError, TypeError):
        return False


def _check_classes(datasets: Sequence[Dataset]) -> None:
    first = datasets[0].classes
    for number, dataset in enumerate(datasets[1:], 1):
        if dataset.classes != first:
            raise DataError(
                f"data set {number} has {len(dataset.classes)} classes ({_listed(dataset.classes)}), but data set 0 "
                f"has {len(first)} ({_listed(first)}); ConcatDataset joins data sets of the same classes."
            )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (", …" if len(names) > 6 else "")


def _target(args: Mapping[str, Any]) -> type[Dataset]:
    """The class of a data set that a config describes."""
    return find(args["type"], "dataset").target  # type: ignore[return-value]
