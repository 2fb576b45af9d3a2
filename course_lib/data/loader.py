"""A data set as batches, epoch by epoch: the order, and the choice between the two ways for pictures.

One pipeline describes both ways. By the batch (``by_batch.py``) is the fast one, for what fits into memory; by the
sample (``by_sample.py``) takes everything else. ``Loader.way`` says which one was taken, and why.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError, DataError

from .by_batch import ByBatch, Cache, NotCacheable, fill_cache
from .by_sample import Batch, BySample, Samples
from .pipeline import split_for_batch
from .samplers import DefaultSampler, Sampler
from .transforms.base import Transform
from .transforms.checks import one_of, whole_number


class Source(Protocol):
    """Either way for pictures: makes the batches that the loader orders."""

    def batches(self, epoch: int, batches: Sequence[Tensor]) -> Iterator[Batch]:
        """The batches of these positions in the epoch and indices in the data set, int64 (2, N) each, in this order."""


@dataclass(frozen=True)
class Chosen:
    """The way that was taken for a data set's pictures.

    Args:
        source: Makes the batches.
        count: How many pictures there are (fewer than the data set has, where broken ones were left out).
        labels: int64 (count,), the class of each picture, or None.
        way: Which way it is and why, in one line.
    """

    source: Source
    count: int
    labels: Tensor | None
    way: str


class Loader:
    """The batches of a data set; the same (seed, epoch) gives the same ones, whatever the number of workers.

    Made by ``make_loader``.

    Args:
        dataset: Where the pictures come from.
        choose: Finds the way for a data set's pictures, now and after ``use_pipeline``.
        batch_size: Pictures a batch; the last batch of an epoch may have fewer.
        sampler: The order of each epoch.
        drop_last: Leave out a last batch that is not full.
        seed: Of the order.
        rank, world: Which process this is, of how many that share the data set.
    """

    def __init__(
        self,
        dataset: Samples,
        choose: Callable[[Samples], Chosen],
        batch_size: int,
        sampler: Sampler,
        drop_last: bool,
        seed: int,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.dataset = dataset
        self.choose = choose
        chosen = choose(dataset)
        self.source, self.way = chosen.source, chosen.way
        self.count, self.labels = chosen.count, chosen.labels
        self.batch_size = batch_size
        self.sampler = sampler
        self.drop_last = drop_last
        self.seed = seed
        self.rank, self.world = rank, world
        self.epoch_size = len(self.order(0))  # pictures an epoch, the same in all

    def __len__(self) -> int:
        """Batches an epoch."""
        return self.epoch_size // self.batch_size if self.drop_last else -(-self.epoch_size // self.batch_size)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """An epoch's batches, ``{'images': uint8 (N, C, H, W), 'labels': int64 (N,)}``, without the first ``start``."""
        order = self.order(epoch)
        # Counted over all processes, so that no two of them augment with the same random numbers.
        positions = self.rank + self.world * torch.arange(len(order))
        return self.source.batches(epoch, torch.stack((positions, order)).split(self.batch_size, 1)[start : len(self)])

    def use_pipeline(self, pipeline: Sequence[Transform]) -> None:
        """Send the pictures through other transforms, from the next call of ``epoch`` on; their order stays.

        The way for pictures is chosen anew, and worker processes are started anew.

        Raises:
            ConfigError: ``way='batch'`` was asked for, and is not possible with these transforms.
            DataError: a picture cannot be read, or not the same number of them as before.
        """
        dataset = copy.copy(self.dataset)  # a validation may look at the same one
        dataset.pipeline = tuple(pipeline)
        del self.source  # before the pictures are kept in memory once more
        chosen = self.choose(dataset)
        if chosen.count != self.count:
            raise DataError(
                f"of {self.count:,} pictures, {chosen.count:,} are there with the new pipeline ({chosen.way}), which "
                "would change the length of an epoch. Remove the pictures that cannot be read."
            )
        self.dataset, self.source, self.way = dataset, chosen.source, chosen.way

    def order(self, epoch: int) -> Tensor:
        """The indices of an epoch's pictures, in turn (epoch_size,)."""
        return self.sampler.order(self.count, epoch, self.seed, self.labels, self.rank, self.world)

    def __iter__(self) -> Iterator[Batch]:
        return self.epoch(0)


def make_loader(
    dataset: Samples,
    batch_size: int,
    *,
    shuffle: bool = False,
    sampler: Sampler | None = None,
    drop_last: bool = False,
    num_workers: int = 0,
    seed: int = 0,
    way: str = "auto",
    device: str = "cpu",
    max_cached_bytes: int = 2 << 30,
    on_error: str = "refuse",
    rank: int = 0,
    world: int = 1,
) -> Loader:
    """Make a loader, and choose its way for pictures.

    Args:
        dataset: Samples and the pipeline for them.
        batch_size: Pictures a batch, at least 1.
        shuffle: A new order in every epoch.
        sampler: Another order than ``shuffle`` gives (see ``samplers.py``).
        drop_last: Leave out a last batch that is not full.
        num_workers: Processes that read and transform pictures (by the batch: only at the first reading).
        seed: Of order and augmentation.
        way: 'batch', 'sample', or 'auto': by the batch where that is possible.
        device: Where the way by the batch keeps the pictures; by the sample, batches for a GPU are pinned.
        max_cached_bytes: The most memory that the way by the batch may take.
        on_error: What a picture that cannot be read does: 'refuse' stops with its path, 'skip' names it once and
            leaves it out of its batch.
        rank, world: Which process this is, of how many that share the data set.

    Raises:
        ConfigError: an argument is wrong, or ``way='batch'`` is not possible; the message says why.
        DataError: there is no picture, not enough for one batch, or one that cannot be read.
    """
    for name, value, least in (("batch_size", batch_size, 1), ("num_workers", num_workers, 0), ("seed", seed, 0)):
        whole_number(name, value, least)
    one_of("way", way, ("auto", "batch", "sample"))
    skip_broken = one_of("on_error", on_error, ("refuse", "skip")) == "skip"
    if len(dataset) == 0:
        raise DataError("the data set has no picture.")

    choose = partial(
        choose_way,
        way=way,
        seed=seed,
        device=device,
        max_cached_bytes=max_cached_bytes,
        num_workers=num_workers,
        skip_broken=skip_broken,
    )
    sampler = sampler or DefaultSampler(shuffle, round_up=shuffle)
    loader = Loader(dataset, choose, batch_size, sampler, drop_last, seed, rank, world)
    if drop_last and not len(loader):
        raise DataError(
            f"{loader.epoch_size} pictures make no batch of {batch_size}, and drop_last leaves out what is not full. "
            "Take a smaller batch_size, or drop_last=False."
        )
    return loader


def choose_way(
    dataset: Samples,
    *,
    way: str,
    seed: int,
    device: str,
    max_cached_bytes: int,
    num_workers: int,
    skip_broken: bool,
) -> Chosen:
    """The way for the pictures of a data set; the arguments are those of ``make_loader``.

    Raises:
        ConfigError: ``way='batch'`` is not possible; the message says why.
        DataError: there is a picture that cannot be read.
    """
    cache, reason = None, "as asked"
    if way != "sample":
        cache, reason = _try_cache(dataset, device, max_cached_bytes, num_workers, skip_broken)
        if way == "batch" and cache is None:
            raise ConfigError(f"way='batch' is not possible: {reason}.")
    if cache is not None:
        labels = None if cache.labels is None else cache.labels[cache.order].cpu()
        by_batch = ByBatch(cache, split_for_batch(dataset.pipeline).each, seed)
        return Chosen(by_batch, len(cache.order), labels, f"by the batch: {reason}")
    known = getattr(dataset, "labels", None)
    labels = None if known is None else torch.as_tensor(known)
    by_sample = BySample(dataset, seed, num_workers, device.startswith("cuda"), skip_broken)
    return Chosen(by_sample, len(dataset), labels, f"by the sample: {reason}")


def _try_cache(
    dataset: Samples, device: str, max_bytes: int, num_workers: int, skip_broken: bool
) -> tuple[Cache | None, str]:
    """The data set in memory, or None, and the reason for either."""
    split = split_for_batch(dataset.pipeline)
    if split.by_sample:
        verb = "works" if len(split.by_sample) == 1 else "work"
        return None, f"{' and '.join(split.by_sample)} {verb} picture by picture"
    try:
        cache = fill_cache(dataset, split, device, max_bytes, num_workers, skip_broken)
    except NotCacheable as error:
        return None, str(error)
    size_mib = cache.images.numel() * cache.images.element_size() / 2**20
    shape = "x".join(map(str, cache.images.shape[1:]))
    return cache, f"all are kept in memory as {shape} ({size_mib:.1f} MiB on {device})"
