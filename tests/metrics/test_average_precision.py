"""Average precision by hand, by its definition in torch, and in batches."""

import pytest
import torch

from course_lib.config.errors import ConfigError, DataError
from course_lib.metrics import AveragePrecision


def by_definition(scores: torch.Tensor, labels: torch.Tensor) -> float:
    """The mean, over the pictures that show the class, of the precision among all that score no lower (N,)."""
    ranked = labels[scores.argsort(descending=True)]
    precision = ranked.cumsum(0) / torch.arange(1, len(ranked) + 1)
    return 100 * precision[ranked == 1].mean().item()


def test_by_hand() -> None:
    scores = torch.tensor([[0.9, 0.8, 0.3, 0.2], [0.1, 0.2, 0.2, 0.1], [0.7, 0.5, 0.9, 0.3], [0.8, 0.1, 0.1, 0.2]])
    labels = torch.tensor([[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0]])
    per_class = [100.0, pytest.approx(100 * (1 + 2 / 3) / 2), 100.0, 0.0]  # the last class has no picture
    metric, classwise = AveragePrecision(), AveragePrecision(average=None)
    for one in (metric, classwise):
        one.update(scores, labels)
    assert metric.compute() == {"multi-label/mAP": pytest.approx(70.8333, abs=1e-4)}  # MMPretrain's example
    assert classwise.compute() == {f"multi-label/AP_classwise/{k}": value for k, value in enumerate(per_class)}


def test_as_the_definition_in_batches() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.rand(200, 5, generator=generator)
    labels = torch.randint(2, (200, 5), generator=generator)
    metric = AveragePrecision()
    for part, of in zip(scores.split(64), labels.split(64), strict=True):
        metric.update(part, of)
    expected = [by_definition(scores[:, k], labels[:, k]) for k in range(5)]
    assert metric.per_class().tolist() == pytest.approx(expected)
    assert metric.compute()["multi-label/mAP"] == pytest.approx(sum(expected) / 5)


def test_what_is_not_judged_is_left_out() -> None:
    metric = AveragePrecision(average=None)
    metric.update(torch.tensor([[0.9, 0.5], [0.8, 0.5], [0.7, 0.5]]), torch.tensor([[-1, -1], [1, -1], [0, -1]]))
    assert metric.compute() == {"multi-label/AP_classwise/0": 100.0, "multi-label/AP_classwise/1": 0.0}


def test_equal_scores_count_together_whatever_their_order() -> None:
    for labels in ([1, 0], [0, 1]):
        metric = AveragePrecision()
        metric.update(torch.tensor([[0.5], [0.5]]), torch.tensor(labels)[:, None])
        assert metric.compute() == {"multi-label/mAP": 50.0}


def test_class_numbers_and_reset() -> None:
    metric = AveragePrecision()
    metric.update(torch.rand(4, 7), torch.tensor([0, 1, 2, 3]))
    metric.reset()
    metric.update(torch.eye(3), torch.tensor([0, 1, 2]))
    assert metric.compute() == {"multi-label/mAP": 100.0}


def test_mistakes() -> None:
    with pytest.raises(DataError, match="the labels have 2 classes, the scores 3"):
        AveragePrecision().update(torch.eye(3), torch.eye(3)[:, :2])
    with pytest.raises(DataError, match="is the validation set empty"):
        AveragePrecision().compute()
    with pytest.raises(ConfigError, match=r"average: 'micro' is not one of 'macro', None"):
        AveragePrecision(average="micro")  # type: ignore[arg-type]
