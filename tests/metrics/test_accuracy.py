"""Accuracy against scikit-learn's, in one piece and in batches."""

import pytest
import torch
from sklearn.metrics import top_k_accuracy_score

from course_lib.config.errors import ConfigError, DataError
from course_lib.metrics import Accuracy

GENERATOR = torch.Generator().manual_seed(0)
SCORES = torch.randn(500, 10, generator=GENERATOR).softmax(1)
LABELS = torch.randint(10, (500,), generator=GENERATOR)


@pytest.mark.parametrize("batch_size", [1, 64, 500])
def test_as_scikit_learn(batch_size: int) -> None:
    accuracy = Accuracy(topk=(1, 3, 5))
    for scores, labels in zip(SCORES.split(batch_size), LABELS.split(batch_size), strict=True):
        accuracy.update(scores, labels)
    found = accuracy.compute()
    assert list(found) == ["accuracy/top1", "accuracy/top3", "accuracy/top5"]
    for k in (1, 3, 5):
        assert found[f"accuracy/top{k}"] == pytest.approx(100 * top_k_accuracy_score(LABELS, SCORES, k=k))


def test_by_hand() -> None:
    accuracy = Accuracy(topk=2, thrs=[None, 0.55])
    scores = torch.tensor([[0.6, 0.4, 0.0], [0.6, 0.4, 0.0], [0.5, 0.3, 0.2], [0.1, 0.2, 0.7]])
    accuracy.update(scores, torch.tensor([0, 1, 2, 2]))
    assert accuracy.compute() == {"accuracy/top2_no-thr": 75.0, "accuracy/top2_thr-0.55": 50.0}


def test_reset_forgets() -> None:
    accuracy = Accuracy()
    accuracy.update(torch.eye(3), torch.tensor([1, 2, 0]))
    accuracy.reset()
    accuracy.update(torch.eye(3), torch.tensor([0, 1, 2]))
    assert accuracy.compute() == {"accuracy/top1": 100.0}


def test_one_threshold_needs_no_name() -> None:
    accuracy = Accuracy(thrs=0.0)
    accuracy.update(SCORES, LABELS)
    assert list(accuracy.compute()) == ["accuracy/top1"]


def test_mistakes() -> None:
    with pytest.raises(
        ConfigError, match=r"top-5 accuracy needs that many classes, but the model has 3\. Write k up to 3"
    ):
        Accuracy(topk=(1, 5)).update(torch.rand(2, 3), torch.tensor([0, 1]))
    with pytest.raises(ConfigError, match="topk: 0 is not"):
        Accuracy(topk=0)
    with pytest.raises(ConfigError, match="thrs: there is no threshold"):
        Accuracy(thrs=[])
    with pytest.raises(DataError, match="is the validation set empty"):
        Accuracy().compute()
