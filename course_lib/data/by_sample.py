"""The way by the sample: each picture is read and transformed on its own, by worker processes where there are some.

A sample's random numbers are drawn from (seed, epoch, its position in the epoch), so a picture that comes again is
augmented anew. The order comes to the workers as a list of (epoch, position, index), so nothing is shared: any number
of workers gives the same batches, started by fork or by spawn.
"""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from course_lib.config.errors import ConfigError, CourseError, DataError

from .decode import PictureError
from .pipeline import sample_rng
from .transforms.base import Sample, Transform

Batch = dict[str, Any]
Key = tuple[int, int, int]  # (epoch, position in the epoch, index in the data set)


class Samples(Protocol):
    """What the loader asks of a data set."""

    pipeline: Sequence[Transform]
    classes: tuple[str, ...]

    def __len__(self) -> int: ...

    def raw(self, index: int) -> Sample:
        """The sample as it is stored."""

    def get(self, index: int, rng: np.random.Generator, epoch: int = 0) -> Sample:
        """The sample as the pipeline leaves it in an epoch."""


@dataclass(frozen=True)
class Failed:
    """A sample that could not be had. Workers return it rather than raise, so that the message arrives unwrapped."""

    index: int
    error: CourseError

    def anew(self) -> CourseError:
        """The error, to be raised.

        Raised as it is, it would refer to the frame that holds it, and that frame to it. Such a cycle is left to the
        garbage collector, which tears torch's queues down before its workers are told, and then waits for them: 10 s.
        """
        twin = type(self.error)(str(self.error))
        twin.__cause__ = self.error.__cause__
        return twin


class SafeSamples(TorchDataset[Sample | Failed]):
    """A data set for torch's ``DataLoader``, asked for (epoch, position, index)."""

    def __init__(self, dataset: Samples, seed: int) -> None:
        self.dataset = dataset
        self.seed = seed

    def __getitem__(self, key: Key) -> Sample | Failed:
        epoch, position, index = key
        try:
            return self.dataset.get(index, sample_rng(self.seed, epoch, position), epoch)
        except CourseError as error:
            return Failed(index, error)


class Order:
    """The batches of keys that the workers are to make; set before each epoch."""

    def __init__(self) -> None:
        self.batches: Sequence[Tensor] = ()
        self.epoch = 0

    def __iter__(self) -> Iterator[list[Key]]:
        epoch = self.epoch
        for batch in self.batches:
            yield [(epoch, position, index) for position, index in batch.T.tolist()]

    def __len__(self) -> int:
        return len(self.batches)


class BySample:
    """Batches made of samples that are transformed one by one.

    Args:
        dataset: Gives the samples.
        seed: Of all augmentation.
        num_workers: Processes; 0 works in this one.
        pin_memory: Put the batches where a GPU can fetch them while it computes.
        skip_broken: Leave out a picture that cannot be read, and say so once, instead of stopping.
    """

    def __init__(self, dataset: Samples, seed: int, num_workers: int, pin_memory: bool, skip_broken: bool) -> None:
        self.dataset, self.seed, self.num_workers = dataset, seed, num_workers
        self.pin_memory, self.skip_broken = pin_memory, skip_broken
        self.named: set[int] = set()
        self.order = Order()
        self.at_work = False
        self.spare: BySample | None = None
        self.loader = DataLoader(
            SafeSamples(dataset, seed),
            batch_sampler=self.order,  # type: ignore[arg-type]  # torch's stubs want list[int]
            num_workers=num_workers,
            collate_fn=collate,
            pin_memory=pin_memory,
            persistent_workers=num_workers > 0,
            worker_init_fn=start_worker,
            generator=torch.Generator(),  # torch draws a number for its workers: not from the training's generator
        )

    def batches(self, epoch: int, batches: Sequence[Tensor]) -> Iterator[Batch]:
        """The batches of these positions and indices, int64 (2, N) each."""
        for batch, failed in self.outcomes(epoch, batches):
            for failure in failed:
                self.report(failure)
            if batch is None:
                raise DataError(
                    f"not one of the {len(failed)} pictures of a batch can be read; the last: {failed[-1].error}"
                )
            yield batch

    def outcomes(self, epoch: int, batches: Sequence[Tensor]) -> Iterator[tuple[Batch | None, list[Failed]]]:
        """The same, each with what failed; None where a batch has no picture left.

        Worker processes serve one epoch at a time, so one that begins within another, as a hook's, has others.
        """
        if self.at_work:
            if self.spare is None:
                self.spare = BySample(self.dataset, self.seed, self.num_workers, self.pin_memory, self.skip_broken)
            yield from self.spare.outcomes(epoch, batches)
            return
        self.at_work = True
        try:
            self.order.epoch, self.order.batches = epoch, batches
            yield from self.loader
        finally:
            self.at_work = False

    def report(self, failure: Failed) -> None:
        """Stop because of a sample, or name it once and go on without it."""
        if not self.skip_broken or not isinstance(failure.error, PictureError):
            raise failure.anew()
        if failure.index not in self.named:
            self.named.add(failure.index)
            print(f"skipped: {failure.error}", flush=True)


@contextmanager
def dead_workers_named() -> Iterator[None]:
    """Say in plain words that a loader's worker was killed; torch tells it by a signal, wherever the program just is.

    Raises:
        DataError: a worker process ended.
    """
    try:
        yield
    except RuntimeError as error:
        if "DataLoader worker" not in str(error):
            raise
        raise DataError(
            f"a loader's worker process ended before its work was done ({str(error).splitlines()[0].rstrip('. ')}). "
            "Mostly the computer ran out of memory: use fewer workers (num_workers=0) or smaller batches."
        ) from error


def start_worker(worker: int) -> None:
    """Ctrl-C is for the main process, which ends its workers; they also use one thread each (torch sees to it)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def collate(samples: Sequence[Sample | Failed]) -> tuple[Batch | None, list[Failed]]:
    """Samples as a batch, or None where there is none to make, and what failed."""
    failed = [sample for sample in samples if isinstance(sample, Failed)]
    kept = [sample for sample in samples if not isinstance(sample, Failed)]
    try:
        return make_batch(kept) if kept else None, failed
    except CourseError as error:
        return None, [*failed, Failed(-1, error)]


def make_batch(samples: Sequence[Sample]) -> Batch:
    """``{'images': (N, C, H, W), 'labels': int64 (N,) or (N, K)}``; without labels where a sample has none.

    Raises:
        DataError: the pictures differ in shape.
        ConfigError: the pipeline loads no picture.
    """
    packed = [pack(sample) for sample in samples]
    images = [sample["image"] for sample in packed]
    shapes = sorted({tuple(image.shape) for image in images})
    if len(shapes) > 1:
        raise DataError(
            f"pictures of different shapes, {shapes[0]} and {shapes[-1]}, cannot make a batch. "
            "Put a Resize, a CenterCrop or a RandomResizedCrop into the pipeline."
        )
    batch: Batch = {"images": torch.stack(images)}
    if all("label" in sample for sample in packed):
        batch["labels"] = torch.from_numpy(np.array([sample["label"] for sample in packed], dtype=np.int64))
    return batch


def pack(sample: Sample) -> Sample:
    """A sample under the loader's names, whether or not its pipeline ended with PackInputs."""
    if "image" in sample:
        return sample
    if "img" not in sample:
        raise ConfigError("the pipeline loads no picture: begin it with LoadImageFromFile.")
    return {"image": sample["img"], **({"label": sample["gt_label"]} if "gt_label" in sample else {})}
