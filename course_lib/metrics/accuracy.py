"""Accuracy: how often the right class is the best, or among the best k."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError, DataError, Mistake
from course_lib.config.registry import register


@register("metric")
class Accuracy:
    """Top-k accuracy in percent, as ``'accuracy/top1'``, ``'accuracy/top5'``, …

    Args:
        topk: The k, one or several.
        thrs: A guess counts only where its score is above this; None asks for nothing. With several, each k is told for
            each, as ``'accuracy/top1_thr-0.50'`` and ``'accuracy/top1_no-thr'``.

    Raises:
        ConfigError: no k, or one below 1.
    """

    counted = ("hits", "count")

    def __init__(self, topk: int | Sequence[int] = (1,), thrs: float | Sequence[float | None] | None = None) -> None:
        self.topk = (topk,) if isinstance(topk, int) else tuple(topk)
        self.thrs = (thrs,) if thrs is None or isinstance(thrs, (int, float)) else tuple(thrs)
        if not self.topk or min(self.topk) < 1:
            raise ConfigError(Mistake("topk", f"{topk!r} is not one or several whole numbers from 1 on."))
        if not self.thrs:
            raise ConfigError(Mistake("thrs", "there is no threshold in the list; write thrs=None to ask for none."))
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self.hits = torch.zeros(len(self.thrs), max(self.topk), dtype=torch.int64)  # by threshold and rank
        self.count = 0

    def update(self, scores: Tensor, labels: Tensor) -> None:
        """Count a batch: scores (N, K), labels (N,); nothing is read back from the device.

        Raises:
            ConfigError: k is larger than K.
        """
        if max(self.topk) > scores.shape[1]:
            message = f"top-{max(self.topk)} accuracy needs that many classes, but the model has {scores.shape[1]}."
            raise ConfigError(Mistake("val_evaluator.topk", message, hint=f"Write k up to {scores.shape[1]}."))
        best, ranking = scores.topk(max(self.topk), dim=1)  # (N, k)
        right = ranking == labels[:, None]  # (N, k); at most one of a row
        self.hits = self.hits.to(scores.device)
        for row, threshold in enumerate(self.thrs):
            counted = right if threshold is None else right & (best > threshold)
            self.hits[row] += counted.sum(dim=0)
        self.count += len(labels)

    def compute(self) -> dict[str, float]:
        """The percentages over all pictures since ``reset``.

        Raises:
            DataError: there was no picture.
        """
        if self.count == 0:
            raise DataError("the accuracy of no picture at all was asked for: is the validation set empty?")
        within = 100.0 * self.hits.cumsum(dim=1).double().cpu() / self.count  # (thresholds, k)
        names = ["" if len(self.thrs) == 1 else _suffix(threshold) for threshold in self.thrs]
        return {
            f"accuracy/top{k}{name}": float(within[row, k - 1]) for k in self.topk for row, name in enumerate(names)
        }


def _suffix(threshold: float | None) -> str:
    return "_no-thr" if threshold is None else f"_thr-{threshold:.2f}"
