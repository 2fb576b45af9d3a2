"""A model's metrics on a loader: one function for validation within a training and for ``course evaluate``."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from .adapters import Batch, Loader
from .device import autocast


class Metric(Protocol):
    """Streams over batches; keeps counts, not scores."""

    def reset(self) -> None: ...

    def update(self, scores: Tensor, labels: Tensor) -> None:
        """Take in a batch: scores (N, K), labels (N,), or (N, K) where a picture may have several."""

    def compute(self) -> dict[str, float]:
        """The values by name, over all that was taken in since ``reset``."""


@torch.no_grad()
def evaluate(
    model: nn.Module,
    loader: Loader,
    metrics: Sequence[Metric],
    preprocessor: Callable[[Batch, bool], Batch],
    device: torch.device,
    *,
    amp: bool = False,
) -> dict[str, float]:
    """Run the model over a loader in evaluation mode and compute the metrics; the model's mode is restored.

    Args:
        model: Has ``predict(batch) -> scores (N, K)``.
    """
    was_training = model.training
    model.eval()
    for metric in metrics:
        metric.reset()
    predict: Any = model.predict
    for batch in loader.epoch(0):
        batch = preprocessor(batch, False)
        with autocast(device, amp):
            scores = predict(batch)
        for metric in metrics:
            metric.update(scores.float(), batch["labels"])
    model.train(was_training)
    return {name: value for metric in metrics for name, value in metric.compute().items()}
