"""The confusion matrix against scikit-learn's."""

import pytest
import torch
from sklearn.metrics import balanced_accuracy_score, confusion_matrix

from course_lib.config.errors import DataError
from course_lib.metrics import ConfusionMatrix

GENERATOR = torch.Generator().manual_seed(0)
SCORES = torch.randn(300, 6, generator=GENERATOR)
LABELS = torch.randint(5, (300,), generator=GENERATOR)  # the last class has no picture


@pytest.mark.parametrize("num_classes", [6, None])
def test_as_scikit_learn(num_classes: int | None) -> None:
    confusion = ConfusionMatrix(num_classes)
    for scores, labels in zip(SCORES.split(64), LABELS.split(64), strict=True):
        confusion.update(scores, labels)
    guesses = SCORES.argmax(1)
    expected = confusion_matrix(LABELS, guesses, labels=range(6))
    assert confusion.matrix.tolist() == expected.tolist()
    per_class = confusion.per_class()
    assert per_class[5].isnan()
    assert per_class[2].item() == pytest.approx(100 * expected[2, 2] / expected[2].sum())
    with pytest.warns(UserWarning, match="not in y_true"):
        balanced = balanced_accuracy_score(LABELS, guesses)
    assert confusion.compute() == {"accuracy/mean_class": pytest.approx(100 * balanced)}


def test_reset_forgets() -> None:
    confusion = ConfusionMatrix()
    confusion.update(torch.eye(3), torch.tensor([0, 0, 1]))
    assert confusion.matrix.tolist() == [[1, 1, 0], [0, 0, 1], [0, 0, 0]]
    confusion.reset()
    confusion.update(torch.eye(2), torch.tensor([1, 1]))
    assert confusion.matrix.tolist() == [[0, 0], [1, 1]]


def test_mistakes() -> None:
    with pytest.raises(DataError, match="the scores have 6 classes, the confusion matrix has 10"):
        ConfusionMatrix(10).update(SCORES, LABELS)
    for labels in (LABELS + 6, LABELS - 9):
        with pytest.raises(DataError, match="a label is outside 0 … 5, the 6 classes of the scores"):
            ConfusionMatrix().update(SCORES, labels)
    with pytest.raises(DataError, match="holds no picture"):
        ConfusionMatrix(3).compute()
