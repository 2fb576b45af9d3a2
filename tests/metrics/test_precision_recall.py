"""Counts → precision, recall, F1, by hand. (The metrics' own tests compare with scikit-learn.)"""

import pytest
import torch

from course_lib.config.errors import ConfigError
from course_lib.metrics.precision_recall import check_items, precision_recall

HITS, GUESSED, SUPPORT = torch.tensor([3, 0, 0]), torch.tensor([4, 0, 2]), torch.tensor([6, 1, 0])


def test_by_hand_and_zero_over_zero_is_zero() -> None:
    found = precision_recall(HITS, GUESSED, SUPPORT, None)
    assert {name: values.tolist() for name, values in found.items()} == {
        "precision": [75.0, 0.0, 0.0],
        "recall": [50.0, 0.0, 0.0],
        "f1-score": [60.0, 0.0, 0.0],
        "support": [6.0, 1.0, 0.0],
    }
    macro = precision_recall(HITS, GUESSED, SUPPORT, "macro")
    assert {name: float(value) for name, value in macro.items()} == {
        "precision": 25.0,
        "recall": pytest.approx(50 / 3),
        "f1-score": 20.0,
        "support": 7.0,
    }
    micro = precision_recall(HITS, GUESSED, SUPPORT, "micro")
    assert float(micro["precision"]) == 50.0
    assert float(micro["recall"]) == pytest.approx(300 / 7)
    assert float(micro["f1-score"]) == pytest.approx(600 / 13)
    assert float(micro["support"]) == 7.0


def test_all_mistakes_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        check_items(["precison", "recall", "f1"], "Micro")
    assert str(caught.value).splitlines() == [
        "items: there is no item 'precison'. Did you mean 'precision'?",
        "items: there is no item 'f1'. Allowed: f1-score, precision, recall, support.",
        "average: 'Micro' is not one of 'macro', 'micro', None. Did you mean 'micro'?",
    ]
