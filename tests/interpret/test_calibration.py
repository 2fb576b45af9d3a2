"""The calibration error by hand and against scikit-learn's curve; the temperature by what it must do."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.calibration import calibration_curve
from torch import Tensor

from course_lib.interpret import fit_temperature, reliability


def answers(temperature: float = 1.0, count: int = 4000) -> tuple[Tensor, Tensor]:
    """Logits (n, 5), and labels that are drawn from softmax(logits / temperature)."""
    generator = torch.Generator().manual_seed(0)
    logits = 3 * torch.randn(count, 5, generator=generator)
    return logits, torch.multinomial((logits / temperature).softmax(dim=1), 1, generator=generator)[:, 0]


def test_a_case_worked_out_by_hand() -> None:
    """Of ten bins, one has 0.55 (right) and 0.59 (wrong), one has 0.9 (right; the upper end belongs to it)."""
    scores = torch.tensor([[0.55, 0.45], [0.59, 0.41], [0.1, 0.9]], dtype=torch.float64)
    found = reliability(scores, torch.tensor([0, 1, 1]), num_bins=10)
    assert found.counts.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 1, 0]
    assert float(found.confidence[5]) == pytest.approx(0.57) and float(found.accuracy[5]) == 0.5
    assert math.isnan(found.accuracy[0])
    assert found.ece == pytest.approx(2 / 3 * 0.07 + 1 / 3 * 0.1)


@pytest.mark.parametrize("num_bins", [5, 15])
def test_the_curve_is_scikit_learn_s(num_bins: int) -> None:
    logits, labels = answers(2.0)
    scores = logits.softmax(dim=1)
    found = reliability(scores, labels, num_bins)
    right = (scores.argmax(dim=1) == labels).numpy()
    accuracy, confidence = calibration_curve(right, scores.amax(dim=1).numpy(), n_bins=num_bins)
    there = found.counts > 0
    np.testing.assert_allclose(found.accuracy[there], accuracy, rtol=1e-6)
    np.testing.assert_allclose(found.confidence[there], confidence, rtol=1e-6)
    assert int(found.counts.sum()) == len(labels)


def test_certain_answers_fall_into_the_last_bin() -> None:
    found = reliability(torch.eye(3), torch.tensor([0, 1, 0]))
    assert found.counts.tolist() == [0] * 14 + [3]
    assert found.ece == pytest.approx(1 / 3)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_with_which_labels_were_drawn_is_found(temperature: float) -> None:
    logits, labels = answers(temperature)
    found = fit_temperature(logits, labels)
    assert found == pytest.approx(temperature, rel=0.08)
    nearby = [float(F.cross_entropy(logits / t, labels)) for t in (0.9 * found, found, 1.1 * found)]
    assert nearby[1] == min(nearby)
    assert fit_temperature(logits.softmax(dim=1).log(), labels) == pytest.approx(found, rel=1e-3)


def test_scaling_lowers_loss_and_calibration_error_and_changes_no_answer() -> None:
    logits, labels = answers(2.5)
    cooled = logits / fit_temperature(logits[:2000], labels[:2000])
    assert F.cross_entropy(cooled[2000:], labels[2000:]) < F.cross_entropy(logits[2000:], labels[2000:])
    before, after = (reliability(x.softmax(dim=1)[2000:], labels[2000:]).ece for x in (logits, cooled))
    assert after < 0.05 < before
    assert torch.equal(cooled.argmax(dim=1), logits.argmax(dim=1))


def test_a_probability_of_zero_is_no_infinity() -> None:
    scores = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert math.isfinite(fit_temperature(scores.log(), torch.tensor([0, 1, 1])))
