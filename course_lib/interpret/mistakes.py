"""Where a network is wrong: its surest wrong answers, and the classes that it takes for one another."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class WrongAnswer:
    """A picture whose class was not the likeliest.

    Args:
        position: Its place among all pictures.
        label, predicted: The true class and the one that was said.
        score, label_score: The probabilities of the two.
    """

    position: int
    label: int
    predicted: int
    score: float
    label_score: float


@dataclass(frozen=True)
class Confusion:
    """How often one class is taken for another.

    Args:
        label, predicted: The true class and the one that was said.
        count: How often.
        share: In percent of the true class's pictures.
    """

    label: int
    predicted: int
    count: int
    share: float


def worst_mistakes(scores: Tensor, labels: Tensor, count: int = 24) -> list[WrongAnswer]:
    """The wrong answers that were given most surely, the surest first.

    Args:
        scores: Probabilities (n, K).
        labels: int64 (n,).
        count: How many at most.
    """
    sure, predicted = scores.max(dim=1)
    wrong = torch.nonzero(predicted != labels).flatten()
    order = wrong[sure[wrong].argsort(descending=True, stable=True)][:count].tolist()
    return [
        WrongAnswer(i, int(labels[i]), int(predicted[i]), float(sure[i]), float(scores[i, labels[i]])) for i in order
    ]


def confused_pairs(matrix: Tensor, count: int = 10) -> list[Confusion]:
    """The classes that are most often taken for another, the most frequent first.

    Args:
        matrix: int64 (K, K), ``matrix[true, predicted]``, as ``ConfusionMatrix`` counts.
        count: How many at most.
    """
    wrong = matrix - torch.diag(matrix.diagonal())
    places = wrong.flatten().argsort(descending=True, stable=True)[:count].tolist()
    pairs = [(place // len(matrix), place % len(matrix)) for place in places]
    totals = matrix.sum(dim=1)
    return [
        Confusion(label, predicted, int(wrong[label, predicted]), float(100 * wrong[label, predicted] / totals[label]))
        for label, predicted in pairs
        if wrong[label, predicted]
    ]
