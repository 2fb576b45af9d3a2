"""Precision, recall and F1 of several labels a picture against scikit-learn's, in batches."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from sklearn.metrics import precision_recall_fscore_support

from course_lib.config.errors import ConfigError, DataError
from course_lib.metrics import MultiLabelMetric

GENERATOR = torch.Generator().manual_seed(0)
SCORES = torch.rand(200, 5, generator=GENERATOR)
LABELS = torch.randint(2, (200, 5), generator=GENERATOR)
NAMES = ("precision", "recall", "f1-score")


def theirs(named: torch.Tensor, average: str | None) -> Any:
    found = precision_recall_fscore_support(LABELS, named, average=average, zero_division=0)
    return [100 * values for values in found[:3]]


@pytest.mark.parametrize(
    ("args", "named", "suffix"),
    [
        ({}, SCORES >= 0.5, ""),
        ({"thr": 0.7}, SCORES >= 0.7, "_thr-0.70"),
        ({"topk": 2}, F.one_hot(SCORES.topk(2).indices, 5).sum(1), "_top2"),
        ({"thr": 0.5, "topk": 2}, SCORES >= 0.5, ""),
    ],
)
def test_as_scikit_learn(args: dict[str, Any], named: torch.Tensor, suffix: str) -> None:
    averages: list[Any] = ["macro", "micro", None]
    metrics = [MultiLabelMetric(**args, average=average) for average in averages]
    for metric in metrics:
        for scores, labels in zip(SCORES.split(64), LABELS.split(64), strict=True):
            metric.update(scores, labels)
    macro, micro, classwise = (metric.compute() for metric in metrics)
    for i, name in enumerate(NAMES):
        assert macro[f"multi-label/{name}{suffix}"] == pytest.approx(theirs(named, "macro")[i])
        assert micro[f"multi-label/{name}{suffix}_micro"] == pytest.approx(theirs(named, "micro")[i])
        found = [classwise[f"multi-label/{name}{suffix}_classwise/{k}"] for k in range(5)]
        assert found == pytest.approx(list(theirs(named, None)[i]))
    assert (len(macro), len(micro), len(classwise)) == (3, 3, 15)


def test_what_is_not_judged_is_left_out() -> None:
    scores = torch.tensor([[0.9, 0.9], [0.9, 0.1], [0.1, 0.9]])
    labels = torch.tensor([[1, -1], [0, -1], [-1, 1]])
    metric = MultiLabelMetric(items=("precision", "recall", "support"), average=None)
    metric.update(scores, labels)
    assert metric.compute() == {
        **{"multi-label/precision_classwise/0": 50.0, "multi-label/precision_classwise/1": 100.0},
        **{"multi-label/recall_classwise/0": 100.0, "multi-label/recall_classwise/1": 100.0},
        **{"multi-label/support_classwise/0": 1.0, "multi-label/support_classwise/1": 1.0},
    }


def test_class_numbers_and_reset() -> None:
    metric = MultiLabelMetric(items=["recall"])
    metric.update(SCORES, LABELS)
    metric.reset()
    metric.update(torch.eye(3), torch.tensor([0, 1, 0]))
    assert metric.compute() == {"multi-label/recall": pytest.approx(100 * (0.5 + 1 + 0) / 3)}


def test_mistakes() -> None:
    with pytest.raises(DataError, match="the labels have 4 classes, the scores 5"):
        MultiLabelMetric().update(SCORES, LABELS[:, :4])
    with pytest.raises(ConfigError, match=r"topk: 7 classes cannot be named, the model has 5\. Write topk up to 5"):
        MultiLabelMetric(topk=7).update(SCORES, LABELS)
    with pytest.raises(ConfigError, match="topk: 0 is not a whole number from 1 on"):
        MultiLabelMetric(topk=0)
    with pytest.raises(ConfigError, match=r"average: 'makro' is not one of .* Did you mean 'macro'\?"):
        MultiLabelMetric(average="makro")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="is the validation set empty"):
        MultiLabelMetric().compute()
