"""Precision, recall and F1 where a picture shows several classes, or none: each class is a guess of its own."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.config.errors import ConfigError, DataError, Mistake
from course_lib.config.registry import register

from .precision_recall import (
    NO_COUNTS,
    Average,
    Item,
    added,
    average_suffix,
    check_items,
    named_results,
    precision_recall,
)


@register("metric", "MultiLabelMetric", "VOCMultiLabelMetric")
class MultiLabelMetric:
    """``'multi-label/precision'``, ``'…/recall'``, ``'…/f1-score'`` in percent, and ``'…/support'``.

    What papers call CP, CR and CF1 is ``average='macro'`` (each class weighs the same), OP, OR and OF1 is ``'micro'``
    (each label weighs the same; names end in ``_micro``). None tells each class: ``'…/precision_classwise/0'``.

    Args:
        thr: A class counts as named if its score is at least this; None means 0.5, unless ``topk`` is given. Another
            than 0.5 is in the names: ``_thr-0.70``.
        topk: How many classes count as named in each picture (``_top3`` in the names); ``thr`` goes before it.
        items: Of precision, recall, f1-score and support, those to tell.
        average: ``'macro'``, ``'micro'`` or None, as above. CF1 is the mean of the classes' F1, as in MMPretrain; some
            papers take the F1 of CP and CR.

    Raises:
        ConfigError: an unknown item or average, or a ``topk`` below 1.
    """

    counted = ("hits", "guessed", "support")

    def __init__(
        self,
        thr: float | None = None,
        topk: int | None = None,
        items: Sequence[Item] = ("precision", "recall", "f1-score"),
        average: Average | None = "macro",
    ) -> None:
        check_items(items, average)
        if topk is not None and topk < 1:
            raise ConfigError(Mistake("topk", f"{topk!r} is not a whole number from 1 on."))
        self.thr, self.topk = (0.5 if thr is None and topk is None else thr), topk
        self.items, self.average = tuple(items), average
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self.hits = self.guessed = self.support = NO_COUNTS  # (K,)

    def update(self, scores: Tensor, labels: Tensor) -> None:
        """Count a batch: scores (N, K); labels (N, K) of 1, 0, and −1 for what is not judged, or class numbers (N,).

        Raises:
            DataError: labels of another shape than the scores.
            ConfigError: more classes were to be named than there are.
        """
        labels = as_many(labels, scores.shape[1])
        named = self.named(scores) & (labels != -1)  # (N, K)
        there = labels == 1
        self.hits = added(self.hits, (named & there).sum(dim=0))
        self.guessed = added(self.guessed, named.sum(dim=0))
        self.support = added(self.support, there.sum(dim=0))

    def named(self, scores: Tensor) -> Tensor:
        """Scores (N, K) → bool (N, K): which classes each picture is said to show."""
        if self.thr is not None:
            return scores >= self.thr
        assert self.topk is not None  # __init__ sees to one of the two
        if self.topk > scores.shape[1]:
            message = f"{self.topk} classes cannot be named, the model has {scores.shape[1]}."
            raise ConfigError(Mistake("val_evaluator.topk", message, hint=f"Write topk up to {scores.shape[1]}."))
        best = scores.topk(self.topk, dim=1).indices  # (N, topk)
        return torch.zeros_like(scores, dtype=torch.bool).scatter(1, best, True)

    def compute(self) -> dict[str, float]:
        """The items over all pictures since ``reset``.

        Raises:
            DataError: there was no picture.
        """
        if self.support.numel() == 0:
            raise DataError("precision and recall of no picture were asked for: is the validation set empty?")
        suffix = f"_top{self.topk}" if self.thr is None else "" if self.thr == 0.5 else f"_thr-{self.thr:.2f}"
        values = precision_recall(self.hits, self.guessed, self.support, self.average)
        return named_results("multi-label", self.items, values, suffix + average_suffix(self.average))


def as_many(labels: Tensor, num_classes: int) -> Tensor:
    """Labels (N, K) as they are; class numbers (N,) as a 1 among zeros.

    Raises:
        DataError: another number of classes.
    """
    if labels.ndim == 1:
        labels = F.one_hot(labels, num_classes)
    if labels.shape[1] != num_classes:
        raise DataError(f"the labels have {labels.shape[1]} classes, the scores {num_classes}.")
    return labels
