"""The arithmetic of windows against torch."""

from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_lib.widgets.conv_arithmetic import GOALS, Geometry, Goal, fewest_weights, formula

SOME = [Geometry(*values) for values in product((4, 7, 12), (1, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2))]


def test_size_span_and_reads_are_torchs() -> None:
    for geometry in SOME:
        n, k, s, p, d = geometry.n, geometry.k, geometry.s, geometry.p, geometry.d
        x = torch.zeros(1, 1, n + 2 * p, requires_grad=True)
        if geometry.span > n + 2 * p:
            assert geometry.out == 0 and not geometry.used().any()
            continue
        y = F.conv1d(x, torch.ones(1, 1, k), stride=s, dilation=d)
        assert y.shape[-1] == geometry.out
        (gradient,) = torch.autograd.grad(y[0, 0, -1], x, retain_graph=True)
        assert gradient[0, 0].nonzero().flatten().tolist() == geometry.reads(geometry.out - 1).tolist()
        (gradient,) = torch.autograd.grad(y.sum(), x)
        assert (gradient[0, 0] > 0).tolist() == geometry.used().tolist()


def test_misses_none_counts_real_inputs_only() -> None:
    assert Geometry(n=6, k=3, s=3, p=0).misses_none
    assert not Geometry(n=7, k=3, s=3, p=0).misses_none  # the last one is left over
    assert Geometry(n=4, k=1, s=1, p=0).misses_none and not Geometry(n=4, k=1, s=2).misses_none


def test_formula_with_numbers() -> None:
    letters, numbers = formula(Geometry(12, 3, 2, 1, 1))
    assert letters == "out = ⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1"
    assert numbers == "⌊(12 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = ⌊11 / 2⌋ + 1 = 6"
    assert formula(Geometry(4, 7, 1, 0, 1))[1] == (
        "the window spans 7, but the padded input has 4 only: it does not fit"
    )


def test_goals_can_be_reached_in_one_way_at_least() -> None:
    assert [fewest_weights(goal) for goal in GOALS] == [9, 9, 9, 25]
    assert all(GOALS[2].ticks(Geometry(11, 3, 1, 2, 2)).values())  # dilation in place of a window of 5
    assert all(GOALS[3].ticks(Geometry(16, 5, 4, 1, 1)).values())


def test_ticks_say_what_is_missing() -> None:
    goal = Goal(12, 6, 3, all_used=True)
    assert str(goal) == "from 12 × 12 to 6 × 6, each output spanning at least 3, and no input left out"
    ticks = goal.ticks(Geometry(12, 1, 2, 0, 1))
    assert ticks == {"input 12": True, "output 6": True, "span 3 or more": False, "no input left out": False}


@pytest.mark.parametrize("position", [0, 2])
def test_reads_by_hand(position: int) -> None:
    assert np.array_equal(Geometry(9, 3, 2, 0, 2).reads(position), 2 * position + np.array([0, 2, 4]))
