"""Precision, recall and F1 from counts, and how results are called: shared by the metrics of one label and of many."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError, Mistake, did_you_mean

Item = Literal["precision", "recall", "f1-score", "support"]
Average = Literal["macro", "micro"]


def precision_recall(hits: Tensor, guessed: Tensor, support: Tensor, average: Average | None) -> dict[str, Tensor]:
    """The four items, in percent (support: in pictures).

    Args:
        hits: How often each class was named and right, (K,).
        guessed: How often it was named, (K,).
        support: How often it was there, (K,).
        average: ``'macro'``: the mean over the classes, in which a rare one weighs as much as any; ``'micro'``: of the
            classes' counts together; None: for each class.

    Returns:
        float64 scalars, or (K,) without ``average``. What would be 0/0 is 0.
    """
    hits, guessed, support = (counts.double().cpu() for counts in (hits, guessed, support))
    if average == "micro":
        hits, guessed, support = hits.sum(), guessed.sum(), support.sum()
    items = {
        "precision": 100 * hits / guessed.clamp(min=1),
        "recall": 100 * hits / support.clamp(min=1),
        "f1-score": 200 * hits / (guessed + support).clamp(min=1),  # 2PR / (P + R), without its 0/0
    }
    if average == "macro":
        items = {name: values.mean() for name, values in items.items()}
    return {**items, "support": support if average is None else support.sum()}


def named_results(prefix: str, items: Sequence[Item], results: Mapping[str, Tensor], suffix: str) -> dict[str, float]:
    """``'single-label/precision' + suffix``; where there is a number for each class, the class follows: ``'…/3'``."""
    named: dict[str, float] = {}
    for item in items:
        name, values = f"{prefix}/{item}{suffix}", results[item]
        if values.ndim == 0:
            named[name] = float(values)
        else:
            named |= {f"{name}/{k}": value for k, value in enumerate(values.tolist())}
    return named


def average_suffix(average: Average | None) -> str:
    """What MMPretrain adds to a name: nothing for ``'macro'``."""
    return {"macro": "", "micro": "_micro", None: "_classwise"}[average]


def check_items(items: Sequence[str], average: object) -> None:
    """Refuse items and averages that there are not.

    Raises:
        ConfigError: all of them.
    """
    allowed = get_args(Item)
    mistakes = [
        Mistake("items", f"there is no item {item!r}.", hint=did_you_mean(str(item), allowed))
        for item in items
        if item not in allowed
    ]
    if average is not None and average not in get_args(Average):
        message = f"{average!r} is not one of 'macro', 'micro', None."
        mistakes.append(Mistake("average", message, hint=did_you_mean(str(average), get_args(Average))))
    if mistakes:
        raise ConfigError(mistakes)


def added(counts: Tensor, more: Tensor) -> Tensor:
    """The counts with those of a batch, on its device; an empty tensor stands for no counts yet."""
    return counts.to(more.device) + more if counts.numel() else more.clone()


NO_COUNTS = torch.zeros(0, dtype=torch.int64)
