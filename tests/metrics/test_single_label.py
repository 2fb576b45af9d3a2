"""Precision, recall, F1 and support against scikit-learn's, in one piece and in batches."""

from typing import Any

import pytest
import torch
from sklearn.metrics import precision_recall_fscore_support

from course_lib.config.errors import ConfigError, DataError
from course_lib.metrics import SingleLabelMetric

GENERATOR = torch.Generator().manual_seed(0)
SCORES = torch.randn(300, 6, generator=GENERATOR).softmax(1)
LABELS = torch.randint(5, (300,), generator=GENERATOR)  # the last class has no picture
NAMES = ("precision", "recall", "f1-score", "support")


def theirs(average: str | None, guesses: torch.Tensor) -> Any:
    *found, support = precision_recall_fscore_support(
        LABELS, guesses, labels=range(6), average=average, zero_division=0
    )
    return [*(100 * values for values in found), 300 if support is None else support]


@pytest.mark.parametrize("batch_size", [1, 64, 300])
@pytest.mark.parametrize(("average", "suffix"), [("macro", ""), ("micro", "_micro")])
def test_as_scikit_learn(batch_size: int, average: Any, suffix: str) -> None:
    metric = SingleLabelMetric(items=NAMES, average=average)
    for scores, labels in zip(SCORES.split(batch_size), LABELS.split(batch_size), strict=True):
        metric.update(scores, labels)
    expected = dict(zip(NAMES, theirs(average, SCORES.argmax(1)), strict=True))
    assert metric.compute() == {f"single-label/{name}{suffix}": pytest.approx(expected[name]) for name in NAMES}


def test_each_class_as_scikit_learn() -> None:
    metric = SingleLabelMetric(items=NAMES, average=None)
    metric.update(SCORES, LABELS)
    found = metric.compute()
    assert len(found) == 4 * 6
    for name, values in zip(NAMES, theirs(None, SCORES.argmax(1)), strict=True):
        assert [found[f"single-label/{name}_classwise/{k}"] for k in range(6)] == pytest.approx(list(values))


def test_thresholds() -> None:
    """A guess below the threshold is none: as a seventh class to scikit-learn, which is not asked for."""
    metric = SingleLabelMetric(thrs=[None, 0.4], items=("precision", "recall"))
    metric.update(SCORES, LABELS)
    best, guesses = SCORES.max(1)
    plain, strict = theirs("macro", guesses), theirs("macro", guesses.where(best > 0.4, 6))
    assert metric.compute() == {
        "single-label/precision_no-thr": pytest.approx(plain[0]),
        "single-label/recall_no-thr": pytest.approx(plain[1]),
        "single-label/precision_thr-0.40": pytest.approx(strict[0]),
        "single-label/recall_thr-0.40": pytest.approx(strict[1]),
    }


def test_reset_forgets_and_one_threshold_needs_no_name() -> None:
    metric = SingleLabelMetric(thrs=0.5, items=["recall"])
    metric.update(torch.eye(3), torch.tensor([1, 2, 0]))
    metric.reset()
    metric.update(torch.eye(4), torch.tensor([0, 1, 2, 3]))
    assert metric.compute() == {"single-label/recall": 100.0}


def test_mistakes() -> None:
    with pytest.raises(DataError, match="the scores have 6 classes, the metric was told of 10"):
        SingleLabelMetric(num_classes=10).update(SCORES, LABELS)
    with pytest.raises(DataError, match="a label is outside 0 … 5, the 6 classes of the scores"):
        SingleLabelMetric().update(SCORES, LABELS + 6)
    with pytest.raises(DataError, match="is the validation set empty"):
        SingleLabelMetric().compute()
    with pytest.raises(ConfigError, match="thrs: there is no threshold"):
        SingleLabelMetric(thrs=[])
    with pytest.raises(ConfigError, match=r"there is no item 'recal'\. Did you mean 'recall'\?"):
        SingleLabelMetric(items=["recal"])  # type: ignore[list-item]
