from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from course_lib.config.errors import ConfigError
from course_lib.optim import CosineRestartLR, CyclicLR, LinearMomentum, OneCycleLR, OneCycleMomentum, lr_curve


@pytest.mark.parametrize("three_phase", [False, True])
@pytest.mark.parametrize("strategy", ["cos", "linear"])
def test_one_cycle_is_torch_s(three_phase: bool, strategy: str) -> None:
    parameters = [torch.zeros(1, requires_grad=True)]
    optimizer = torch.optim.SGD(parameters, lr=0.1, momentum=0.9)
    theirs = lr_scheduler.OneCycleLR(optimizer, 1.0, 40, anneal_strategy=strategy, three_phase=three_phase)
    expected = []
    for _ in range(40):
        expected.append([optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]])
        optimizer.step()
        if len(expected) < 40:
            theirs.step()
    lr = OneCycleLR(1.0, anneal_strategy=strategy, three_phase=three_phase, by_epoch=False)
    momentum = OneCycleMomentum(anneal_strategy=strategy, three_phase=three_phase, by_epoch=False)
    curves = [lr_curve([lr], 0.1, 10, 4), lr_curve([momentum], 0.9, 10, 4, target="momentum")]
    np.testing.assert_allclose(np.transpose(curves), expected, rtol=1e-12, atol=1e-15)


def test_restarts_are_torch_s() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    theirs = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=4, T_mult=2, eta_min=0.01)
    expected = []
    for _ in range(12):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        theirs.step()
    ours = CosineRestartLR([4, 8], [1, 1], eta_min=0.01)
    np.testing.assert_allclose(lr_curve([ours], 0.1, 1, 12), expected, rtol=1e-12)
    assert lr_curve([ours], 0.1, 1, 14)[12:].tolist() == [0.01, 0.01]


def test_a_linear_cycle_by_hand() -> None:
    cyclic = CyclicLR((3.0, 0.5), cyclic_times=2, step_ratio_up=0.5, anneal_strategy="linear", gamma=0.5)
    # 4 steps a cycle: 1 up to 3, down to 0.5; in the second cycle the height over 1 is halved
    assert lr_curve([cyclic], 1.0, 1, 8).tolist() == [1, 2, 3, 1.75, 1, 1.5, 2, 1.25]


def test_one_number_is_both_ratios() -> None:
    assert CyclicLR(10.0).target_ratio == (10.0, 1e-4)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: CosineRestartLR([4, 8]), "there are 2 periods, but 1 restart_weights; one for each."),
        (lambda: CosineRestartLR([0]), "a period=0 must be a whole number, 1 or more."),
        (lambda: CyclicLR(anneal_strategy="cosine"), "there is no anneal_strategy='cosine'. Did you mean 'cos'?"),
        (lambda: CyclicLR((1.0, 2.0, 3.0)), "target_ratio=(1.0, 2.0, 3.0) must be two numbers, (10, 1e-4)."),
        (lambda: OneCycleLR(1.0, pct_start=0.6, three_phase=True), "pct_start=0.6 must lie between 0 and 0.5."),
        (lambda: OneCycleLR(-1.0), "OneCycleLR: eta_max=-1.0 must be a number, more than 0."),
        (lambda: LinearMomentum(0.0, divide=True), "divide=True needs start_factor and end_factor of more than 0."),
    ],
)
def test_mistakes_are_named(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert words in str(caught.value)
