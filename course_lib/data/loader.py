"""A data set as batches, epoch by epoch: the order, and the choice between the two ways for pictures.

One pipeline describes both ways. By the batch (``by_batch.py``) is the fast one, for what fits into memory; by the
sample (``by_sample.py``) takes everything else. ``Loader.way`` says which one was taken, and why.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError, DataError

from .by_batch import ByBatch, Cache, NotCacheable, fill_cache, seeded
from .by_sample import Batch, BySample, Samples
from .pipeline import split_for_batch
from .transforms.checks import one_of

_SHUFFLING = 2**31  # an index that no batch begins with: the order has random numbers of its own


class Source(Protocol):
    """Either way for pictures: makes the batches that the loader orders."""

    def batches(self, epoch: int, batches: Sequence[Tensor]) -> Iterator[Batch]:
        """The batches of these indices, in this order."""


class Loader:
    """The batches of a data set; the same (seed, epoch) gives the same ones, whatever the number of workers.

    Made by ``make_loader``.

    Args:
        dataset: Where the pictures come from.
        source: Makes the batches.
        count: How many pictures there are (fewer than the data set has, where broken ones were left out).
        batch_size: Pictures a batch; the last batch of an epoch may have fewer.
        shuffle: A new order in every epoch, drawn from (seed, epoch).
        drop_last: Leave out a last batch that is not full.
        seed: Of the order.
        way: Which way was taken and why, in one line.
    """

    def __init__(
        self,
        dataset: Samples,
        source: Source,
        count: int,
        batch_size: int,
        shuffle: bool,
        drop_last: bool,
        seed: int,
        way: str,
    ) -> None:
        self.dataset = dataset
        self.source = source
        self.count = count
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.seed = seed
        self.way = way

    def __len__(self) -> int:
        """Batches an epoch."""
        return self.count // self.batch_size if self.drop_last else -(-self.count // self.batch_size)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """An epoch's batches, ``{'images': uint8 (N, C, H, W), 'labels': int64 (N,)}``, without the first ``start``."""
        return self.source.batches(epoch, self.order(epoch).split(self.batch_size)[start : len(self)])

    def order(self, epoch: int) -> Tensor:
        """The indices of an epoch's pictures, in turn (count,)."""
        if not self.shuffle:
            return torch.arange(self.count)
        return torch.randperm(self.count, generator=seeded(self.seed, epoch, _SHUFFLING))

    def __iter__(self) -> Iterator[Batch]:
        return self.epoch(0)


def make_loader(
    dataset: Samples,
    batch_size: int,
    *,
    shuffle: bool = False,
    drop_last: bool = False,
    num_workers: int = 0,
    seed: int = 0,
    way: str = "auto",
    device: str = "cpu",
    max_cached_bytes: int = 2 << 30,
    on_error: str = "refuse",
) -> Loader:
    """Make a loader, and choose its way for pictures.

    Args:
        dataset: Samples and the pipeline for them.
        batch_size: Pictures a batch, at least 1.
        shuffle: A new order in every epoch.
        drop_last: Leave out a last batch that is not full.
        num_workers: Processes that read and transform pictures (by the batch: only at the first reading).
        seed: Of order and augmentation.
        way: 'batch', 'sample', or 'auto': by the batch where that is possible.
        device: Where the way by the batch keeps the pictures; by the sample, batches for a GPU are pinned.
        max_cached_bytes: The most memory that the way by the batch may take.
        on_error: What a picture that cannot be read does: 'refuse' stops with its path, 'skip' names it once and
            leaves it out of its batch.

    Raises:
        ConfigError: an argument is wrong, or ``way='batch'`` is not possible; the message says why.
        DataError: there is no picture, not enough for one batch, or one that cannot be read.
    """
    _check(batch_size, num_workers, seed)
    one_of("way", way, ("auto", "batch", "sample"))
    skip_broken = one_of("on_error", on_error, ("refuse", "skip")) == "skip"
    if len(dataset) == 0:
        raise DataError("the data set has no picture.")

    source: Source
    cache, reason = None, "as asked"
    if way != "sample":
        cache, reason = _try_cache(dataset, device, max_cached_bytes, num_workers, skip_broken)
        if way == "batch" and cache is None:
            raise ConfigError(f"way='batch' is not possible: {reason}.")
    if cache is not None:
        count = len(cache.images)
        source, chosen = (ByBatch(cache, split_for_batch(dataset.pipeline).each, seed), f"by the batch: {reason}")
    else:
        count = len(dataset)
        source = BySample(dataset, seed, num_workers, device.startswith("cuda"), skip_broken)
        chosen = f"by the sample: {reason}"
    if drop_last and count < batch_size:
        advice = "Take a smaller batch_size, or drop_last=False."
        raise DataError(
            f"{count} pictures make no batch of {batch_size}, and drop_last leaves out what is not full. {advice}"
        )
    return Loader(dataset, source, count, batch_size, shuffle, drop_last, seed, chosen)


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


def _check(batch_size: int, num_workers: int, seed: int) -> None:
    for name, value, least in (("batch_size", batch_size, 1), ("num_workers", num_workers, 0), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ConfigError(f"{name} is {value!r}, but must be a whole number of at least {least}.")
