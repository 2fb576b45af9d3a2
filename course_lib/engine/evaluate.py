"""A model's metrics on a loader: one function for validation within a training and for ``course evaluate``."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from course_lib.config.errors import ConfigError

from .adapters import Batch, Loader
from .device import Amp, autocast
from .distributed import gather, share_buffers, world
from .parallel import measured_batches


class Metric(Protocol):
    """Streams over batches; keeps counts, not scores."""

    @property
    def counted(self) -> tuple[str, ...]:
        """The attributes that hold the counts, to be added up over processes: tensors or numbers, or lists to join."""

    def reset(self) -> None: ...

    def update(self, scores: Tensor, labels: Tensor) -> None:
        """Take in a batch: scores (N, K), labels (N,), or (N, K) where a picture may have several."""

    def compute(self) -> dict[str, float]:
        """The values by name, over all that was taken in since ``reset``."""


def scores_of(
    model: nn.Module,
    batch: Batch,
    preprocessor: Callable[[Batch, bool], Batch],
    device: torch.device,
    *,
    amp: Amp = False,
) -> tuple[Tensor, Batch]:
    """A model's scores on a batch; on several views of each picture their mean, which is test-time augmentation.

    Args:
        model: Has ``predict(batch) -> scores (N, K)``, and is in evaluation mode.
        batch: As a loader gives it, ``{'images': (N, C, H, W) or (N, V, C, H, W), 'labels': (N,)}``.

    Returns:
        Scores float (N, K), and the batch as the preprocessor left it, its views one after the other.
    """
    count, images = len(batch["images"]), batch["images"]
    views = images.flatten(0, 1) if images.ndim == 5 else images  # (N·V, C, H, W)
    batch = preprocessor({**batch, "images": views}, False)
    predict: Any = model.predict
    with autocast(device, amp):
        scores = predict(batch).float()  # (N·V, K)
    return scores.unflatten(0, (count, -1)).mean(1), batch


@torch.no_grad()
def evaluate(
    model: nn.Module,
    loader: Loader,
    metrics: Sequence[Metric],
    preprocessor: Callable[[Batch, bool], Batch],
    device: torch.device,
    *,
    amp: Amp = False,
) -> dict[str, float]:
    """Run the model over a loader in evaluation mode and compute the metrics; the model's mode is restored.

    In several processes each measures its part of the pictures, and all get the metrics of all pictures.

    Args:
        model: Has ``predict(batch) -> scores (N, K)``.
    """
    was_training = model.training
    model.eval()
    for metric in metrics:
        metric.reset()
    share_buffers(model)
    for batch, counts in measured_batches(model, loader):
        scores, batch = scores_of(model, batch, preprocessor, device, amp=amp)
        for metric in metrics if counts else ():
            metric.update(scores, batch["labels"])
    model.train(was_training)
    if world().size > 1:
        for metric in metrics:
            add_up(metric)
    return {name: value for metric in metrics for name, value in metric.compute().items()}


def add_up(metric: Metric) -> None:
    """Let a metric know what the other processes counted.

    Raises:
        ConfigError: it does not say what its counts are.
    """
    if not hasattr(metric, "counted"):
        raise ConfigError(
            f"{type(metric).__name__} cannot be measured in several processes: name the attributes that hold its "
            "counts, such as counted = ('hits', 'count')."
        )
    shares = gather({name: _on_cpu(getattr(metric, name)) for name in metric.counted})
    for name in metric.counted:
        values = [share[name] for share in shares]
        values = [value for value in values if not isinstance(value, Tensor) or value.numel()] or values[:1]
        setattr(metric, name, sum(values[1:], values[0]))  # without those of processes that had no picture


def _on_cpu(value: Any) -> Any:
    """A tensor, or a list of them, where every process can read it."""
    if isinstance(value, list):
        return [_on_cpu(item) for item in value]
    return value.cpu() if isinstance(value, Tensor) else value
