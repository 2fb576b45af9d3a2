"""The way by the batch: a data set is decoded once, kept as one tensor on the device, and augmented a batch at a time.

For small pictures this is ten to forty times as fast as sample by sample, since Python is asked once a batch and not
once a picture. It is open to a data set that fits into memory, whose pictures have one size, and whose augmentations
can all work on a batch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from tqdm import tqdm

from course_lib.config.errors import CourseError, DataError

from . import pipeline
from .by_sample import Batch, Failed, Samples, pack, start_worker
from .datasets.wrappers import View
from .decode import PictureError
from .pipeline import Split, sample_rng
from .transforms.base import Sample, Transform, transform_batch


class NotCacheable(Exception):
    """The data set cannot be kept in memory as one tensor; the message says why."""


@dataclass(frozen=True)
class Cache:
    """A data set in memory, M pictures that can be read, of which U differ: one that is repeated is kept once.

    Args:
        images: (U, C, H, W), as the leading transforms without chance left them.
        labels: int64 (U,) or (U, K), or None.
        order: int64 (M,), which of the images each picture is.
    """

    images: Tensor
    labels: Tensor | None
    order: Tensor


class ByBatch:
    """Batches cut out of a cache and augmented whole.

    Args:
        cache: The pictures, as the leading transforms without chance left them.
        transforms: The others; each has ``batch``.
        seed: Of all augmentation.
    """

    def __init__(self, cache: Cache, transforms: Sequence[Transform], seed: int) -> None:
        self.cache = cache
        self.transforms = transforms
        self.seed = seed

    def batches(self, epoch: int, batches: Sequence[Tensor]) -> Iterator[Batch]:
        """The batches of these positions and indices, int64 (2, N) each."""
        for positions, indices in batches:
            generator = seeded(self.seed, epoch, int(positions[0]))
            kept = self.cache.order.index_select(0, indices.to(self.cache.order.device))
            images = self.cache.images.index_select(0, kept)
            for transform in self.transforms:
                images = transform_batch(transform, images, generator, indices, epoch)
            batch: Batch = {"images": images}
            if self.cache.labels is not None:
                batch["labels"] = self.cache.labels.index_select(0, kept)
            yield batch


def seeded(*numbers: int) -> torch.Generator:
    """A torch generator (on the CPU) of its own for each combination of numbers."""
    return torch.Generator().manual_seed(int(sample_rng(*numbers).integers(2**32)))


def fill_cache(
    dataset: Samples, split: Split, device: str, max_bytes: int, num_workers: int, skip_broken: bool
) -> Cache:
    """Read the whole data set, with the leading transforms without chance.

    Raises:
        NotCacheable: it is larger than ``max_bytes``, or its pictures differ in shape.
        DataError: a picture cannot be read, and ``skip_broken`` is False.
    """
    source, order = unrolled(dataset)
    wanted = np.unique(order)  # (U,)
    row = np.full(len(source), -1)  # where each picture of the source is kept; −1: nowhere
    images: Tensor | None = None
    labels: list[int | np.ndarray | None] = []
    skipped: list[PictureError] = []
    for index, sample in read_all(source, wanted, split.once, num_workers):
        if isinstance(sample, Failed):
            if not skip_broken or not isinstance(sample.error, PictureError):
                raise sample.anew()
            skipped.append(sample.error)
            continue
        image = sample["image"]
        if images is None:
            needed = image.numel() * image.element_size() * len(wanted)
            if needed > max_bytes:
                raise NotCacheable(
                    f"{len(wanted):,} pictures of {_shape(image)} need {needed / 2**30:.1f} GiB, more than the "
                    f"{max_bytes / 2**30:.1f} GiB of max_cached_bytes"
                )
            images = torch.empty(len(wanted), *image.shape, dtype=image.dtype)
        if image.shape != images.shape[1:]:
            raise NotCacheable(f"the pictures differ in shape ({_shape(images[0])}, {_shape(image)})")
        row[index] = len(labels)
        images[len(labels)] = image
        labels.append(sample.get("label"))
    for error in skipped:
        print(f"skipped: {error}", flush=True)
    if images is None:
        raise DataError(f"not one of the {len(dataset)} pictures can be read.")
    unknown = any(label is None for label in labels)
    known = None if unknown else torch.from_numpy(np.array(labels, dtype=np.int64)).to(device)
    rows = row[order]
    return Cache(images[: len(labels)].to(device), known, torch.from_numpy(rows[rows >= 0]).to(device))


def unrolled(dataset: Samples) -> tuple[Samples, np.ndarray]:
    """The data set below all views, which holds each picture once, and which of its pictures each picture is (M,)."""
    order = np.arange(len(dataset))
    while isinstance(dataset, View):
        order = dataset.indices[order]
        dataset = dataset.dataset
    return dataset, order


def read_all(
    dataset: Samples, indices: np.ndarray, once: Sequence[Transform], num_workers: int
) -> Iterator[tuple[int, Sample | Failed]]:
    """These samples, in order, each with its index; by worker processes only where files must be decoded."""
    in_memory = "img" in dataset.raw(0)
    loader = DataLoader(
        Stored(dataset, once),
        sampler=indices.tolist(),
        batch_size=64,
        num_workers=0 if in_memory else num_workers,
        collate_fn=list,
        worker_init_fn=start_worker,
        generator=torch.Generator(),  # torch draws a number for its workers: not from the training's generator
    )
    chunks = tqdm(loader, desc="reading pictures", unit_scale=64, delay=2, leave=False, disable=None)
    yield from zip(indices.tolist(), (sample for chunk in chunks for sample in chunk), strict=True)


class Stored(TorchDataset["Sample | Failed"]):
    """Samples as they are kept: after the leading transforms without chance."""

    def __init__(self, dataset: Samples, once: Sequence[Transform]) -> None:
        self.dataset = dataset
        self.once = once

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> Sample | Failed:
        try:
            return pack(pipeline.apply(self.once, self.dataset.raw(index), sample_rng(0, 0, index)))
        except CourseError as error:
            return Failed(index, error)


def _shape(image: Tensor) -> str:
    return "x".join(map(str, image.shape))
