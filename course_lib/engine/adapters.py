"""Plain torch objects, made to fit the trainer: any module that gives logits, any DataLoader of pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from itertools import islice
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

Batch = dict[str, Any]


@runtime_checkable
class Trainable(Protocol):
    """All that the trainer asks of a model; it must be an ``nn.Module`` too."""

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """Scalars by name; those whose name begins with ``loss`` are added up and descended."""

    def predict(self, batch: Batch) -> Tensor:
        """Scores (N, K) for the metrics."""


class Loader(Protocol):
    """All that the trainer asks of a loader: its length in batches, and an epoch's batches from a given one on."""

    def __len__(self) -> int: ...

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, without the first ``start``.

        What these draw from the training's random numbers, if anything, is drawn in this call, not at the next batch.
        """


class LogitsModel(nn.Module):
    """Any module from images (N, C, H, W) to logits (N, K), trained with cross-entropy."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, images: Tensor) -> Tensor:
        return self.module(images)

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        return {"loss": nn.functional.cross_entropy(self.module(batch["images"]), batch["labels"])}

    def predict(self, batch: Batch) -> Tensor:
        return self.module(batch["images"]).softmax(dim=-1)


class PlainLoader:
    """A torch ``DataLoader`` (or any sized iterable of batches); batches may be pairs or dicts.

    Its order is drawn from torch's own generator, which the trainer seeds before each epoch. A ``DistributedSampler``
    is told the epoch.
    """

    def __init__(self, batches: Iterable[Any]) -> None:
        if not isinstance(batches, Sized):
            raise TypeError(f"a loader needs a length, so that an epoch has an end; {type(batches).__name__} has none.")
        self.batches = batches
        self.batch_size = getattr(batches, "batch_size", None)
        self.dataset = getattr(batches, "dataset", None)
        self.sampler: Any = getattr(batches, "sampler", None)

    def __len__(self) -> int:
        assert isinstance(self.batches, Sized)
        return len(self.batches)

    def is_shared(self) -> bool:
        """Whether its sampler gives each process pictures of its own, so far as can be seen."""
        return hasattr(self.sampler, "set_epoch")

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        if self.is_shared():
            self.sampler.set_epoch(epoch)
        batches = iter(self.batches)
        for _ in islice(batches, start):
            pass
        return (
            batch if isinstance(batch, dict) else {"images": batch[0], "labels": torch.as_tensor(batch[1])}
            for batch in batches
        )


def as_trainable(model: nn.Module) -> nn.Module:
    """The model itself where it has ``loss`` and ``predict``, otherwise as a ``LogitsModel``."""
    return model if isinstance(model, Trainable) else LogitsModel(model)


def as_loader(batches: Any) -> Loader:
    """The loader itself where it has ``epoch``, otherwise as a ``PlainLoader``."""
    return batches if hasattr(batches, "epoch") else PlainLoader(batches)
