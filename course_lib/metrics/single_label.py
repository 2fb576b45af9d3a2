"""Precision, recall and F1 of classes that exclude one another: which mistakes there are, not only how many."""

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


@register("metric")
class SingleLabelMetric:
    """Of the pictures called k, how many are k (precision); of those that are k, how many are called so (recall).

    Results are percentages: ``'single-label/precision'``, ``'…/recall'``, ``'…/f1-score'``, and ``'…/support'``, the
    number of pictures. With ``average='micro'`` the names end in ``_micro``, with None in ``_classwise/0``, ``…/1``, ….

    Args:
        thrs: A guess counts only where its score is above this; None asks for nothing. With several, each is told,
            with ``_thr-0.50`` or ``_no-thr`` in the names.
        items: Of precision, recall, f1-score and support, those to tell.
        average: ``'macro'`` means over the classes, ``'micro'`` counts over all, None tells each class.
        num_classes: K; without it, the scores tell.

    Raises:
        ConfigError: an unknown item or average, or no threshold.
    """

    counted = ("hits", "guessed", "support")

    def __init__(
        self,
        thrs: float | Sequence[float | None] | None = None,
        items: Sequence[Item] = ("precision", "recall", "f1-score"),
        average: Average | None = "macro",
        num_classes: int | None = None,
    ) -> None:
        check_items(items, average)
        self.thrs = (thrs,) if thrs is None or isinstance(thrs, (int, float)) else tuple(thrs)
        if not self.thrs:
            raise ConfigError(Mistake("thrs", "there is no threshold in the list; write thrs=None to ask for none."))
        self.items, self.average, self.num_classes = tuple(items), average, num_classes
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self.hits = self.guessed = self.support = NO_COUNTS  # (T, K), (T, K) and (K,), T being the thresholds

    def update(self, scores: Tensor, labels: Tensor) -> None:
        """Count a batch: scores (N, K), labels (N,); nothing is read back from a GPU.

        Raises:
            DataError: scores of another number of classes, or a label outside them (seen on the CPU only).
        """
        num_classes = scores.shape[1]
        expected = len(self.support) or self.num_classes or num_classes
        if num_classes != expected:
            raise DataError(f"the scores have {num_classes} classes, the metric was told of {expected}.")
        if labels.device.type == "cpu" and ((labels < 0) | (labels >= num_classes)).any():
            raise DataError(f"a label is outside 0 … {num_classes - 1}, the {num_classes} classes of the scores.")
        best, guesses = scores.max(dim=1)  # (N,)
        there, guess = F.one_hot(labels, num_classes), F.one_hot(guesses, num_classes)  # (N, K)
        sure = torch.stack([best > (float("-inf") if threshold is None else threshold) for threshold in self.thrs])
        guessed = sure[:, :, None] * guess  # (T, N, K)
        self.hits = added(self.hits, (guessed * there).sum(dim=1))
        self.guessed = added(self.guessed, guessed.sum(dim=1))
        self.support = added(self.support, there.sum(dim=0))

    def compute(self) -> dict[str, float]:
        """The items over all pictures since ``reset``.

        Raises:
            DataError: there was no picture.
        """
        if self.support.sum() == 0:
            raise DataError("precision and recall of no picture were asked for: is the validation set empty?")
        results: dict[str, float] = {}
        for threshold, hits, guessed in zip(self.thrs, self.hits, self.guessed, strict=True):
            suffix = "_no-thr" if threshold is None else f"_thr-{threshold:.2f}"
            suffix = (suffix if len(self.thrs) > 1 else "") + average_suffix(self.average)
            values = precision_recall(hits, guessed, self.support, self.average)
            results |= named_results("single-label", self.items, values, suffix)
        return results
