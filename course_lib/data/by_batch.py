"""The way by the batch: a data set is decoded once, kept as one tensor on the device, and augmented a batch at a time.

For small pictures this is ten to forty times as fast as sample by sample, since Python is asked once a batch and not
once a picture. It is open to a data set that fits into memory, whose pictures have one size, and whose augmentations
can all work on a batch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from tqdm import tqdm

from course_lib.config.errors import CourseError, DataError

from . import pipeline
from .by_sample import Batch, Failed, Samples, pack, start_worker
from .decode import PictureError
from .pipeline import Split, sample_rng
from .transforms.base import Sample, Transform


class NotCacheable(Exception):
    """The data set cannot be kept in memory as one tensor; the message says why."""


@dataclass(frozen=True)
class Cache:
    """A data set in memory: images (M, C, H, W), labels int64 (M,) or None; M pictures that can be read."""

    images: Tensor
    labels: Tensor | None


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
        """The batches of these indices."""
        for indices in batches:
            # The first index tells the batches of an epoch apart, as each picture is in one of them only.
            generator = seeded(self.seed, epoch, int(indices[0]))
            indices = indices.to(self.cache.images.device)
            images = self.cache.images.index_select(0, indices)
            for transform in self.transforms:
                images = transform.batch(images, generator)  # type: ignore[attr-defined]
            batch: Batch = {"images": images}
            if self.cache.labels is not None:
                batch["labels"] = self.cache.labels.index_select(0, indices)
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
    images: Tensor | None = None
    labels: list[int | None] = []
    skipped: list[PictureError] = []
    for chunk in read_chunks(dataset, split.once, num_workers):
        for sample in chunk:
            if isinstance(sample, Failed):
                if not skip_broken or not isinstance(sample.error, PictureError):
                    raise sample.anew()
                skipped.append(sample.error)
                continue
            image = sample["image"]
            if images is None:
                needed = image.numel() * image.element_size() * len(dataset)
                if needed > max_bytes:
                    raise NotCacheable(
                        f"{len(dataset):,} pictures of {_shape(image)} need {needed / 2**30:.1f} GiB, more than the "
                        f"{max_bytes / 2**30:.1f} GiB of max_cached_bytes"
                    )
                images = torch.empty(len(dataset), *image.shape, dtype=image.dtype)
            if image.shape != images.shape[1:]:
                raise NotCacheable(f"the pictures differ in shape ({_shape(images[0])}, {_shape(image)})")
            images[len(labels)] = image
            labels.append(sample.get("label"))
    for error in skipped:
        print(f"skipped: {error}", flush=True)
    if images is None:
        raise DataError(f"not one of the {len(dataset)} pictures can be read.")
    known = None if None in labels else torch.tensor(labels, dtype=torch.int64, device=device)
    return Cache(images[: len(labels)].to(device), known)


def read_chunks(dataset: Samples, once: Sequence[Transform], num_workers: int) -> Iterator[list[Sample | Failed]]:
    """All samples in order, some hundred at a time; by worker processes only where files must be decoded."""
    in_memory = "img" in dataset.raw(0)
    loader = DataLoader(
        Stored(dataset, once),
        batch_size=64,
        num_workers=0 if in_memory else num_workers,
        collate_fn=list,
        worker_init_fn=start_worker,
        generator=torch.Generator(),  # torch draws a number for its workers: not from the training's generator
    )
    yield from tqdm(loader, desc="reading pictures", unit_scale=64, delay=2, leave=False, disable=None)


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
