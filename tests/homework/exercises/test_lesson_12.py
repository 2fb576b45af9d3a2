"""Lesson 12's exercises on right and wrong answers."""

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from course_lib.homework.exercises import find, lesson_12
from course_lib.homework.exercises.lesson_12 import cyclic_momentum, scaled_lr, step_lr, warmup_lr
from course_lib.homework.judge import judge
from course_lib.optim import ConstantLR, ExponentialWarmupLR, LinearLR, LinearRule, lr_curve

from .cards import card_words

words = partial(card_words, limit_s=2.0)


@pytest.mark.parametrize("exercise", lesson_12.EXERCISES, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda *args: None, "is there a `return`?"),
        (lambda *args: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda *args: "text", "should be numbers"),
        (lambda *args: [0.1, 0.2], "has the shape (2,); expected is ()."),
        (lambda t: t, "It takes other arguments"),
    ],
)
def test_wrong_in_any_exercise(exercise: Any, answer: Callable[..., Any], text: str) -> None:
    assert text in words(exercise.name, answer)


def test_warmup_lr_is_the_librarys() -> None:
    shared: dict[str, Any] = {"end": 12, "by_epoch": False, "exact_end": True}
    schedules = {
        "constant": ConstantLR(factor=0.05, **shared),
        "linear": LinearLR(start_factor=0.05, **shared),
        "exponential": ExponentialWarmupLR(factor=0.05, **shared),
    }
    for mode, schedule in schedules.items():
        expected = lr_curve([schedule], 0.4, epoch_len=20, max_epochs=1)
        assert np.allclose([warmup_lr(t, 0.4, 12, 0.05, mode) for t in range(20)], expected), mode


def warm(
    t: int, base: float, n: int, ratio: float, mode: str, *, last: int = 0, over: Callable[[int, int], bool]
) -> float:
    if over(t, n):
        return base
    part = t / (n - last)
    return base * {"constant": ratio, "linear": ratio + (1 - ratio) * part, "exponential": ratio ** (1 - part)}[mode]


def at_end(t: int, n: int) -> bool:
    return t >= n


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda *args: warm(*args, over=lambda t, n: t > n), "step n: the warm-up is over | 0.05 | 0.5"),
        (lambda *args: warm(*args, over=lambda t, n: t >= n - 1), "the last step of the warm-up | 0.5 | 0.05"),
        (lambda *args: warm(*args, last=1, over=at_end), "half way: the mean of 0.1 and 0.5 | 0.3222 | 0.3"),
        (lambda t, base, n, ratio, mode: base * t / n if t < n else base, "the first step | 0 | 0.05"),
        (lambda t, base, n, ratio, mode: base * ratio, "step n: the warm-up is over"),
        (
            lambda t, base, n, ratio, mode: warm(t, base, n, ratio, mode.replace("exponential", "linear"), over=at_end),
            "half way from 0.01 to 1, by factors: 0.01 · 10 · 10 is 1 | 0.505 | 0.1",
        ),
        (
            lambda t, base, n, ratio, mode: (
                base * ratio ** (t / n) if mode == "exponential" and t < n else warmup_lr(t, base, n, ratio, mode)
            ),
            "the first step | 1 | 0.01",
        ),
        (lambda t, base, n, ratio, mode: warmup_lr(t, 1.0, n, ratio, mode), "the first step | 0.1 | 0.05"),
    ],
)
def test_warmup_lr(answer: Callable[..., Any], text: str) -> None:
    assert text in words("12.warmup_lr", answer)


def test_step_lr_is_torchs() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [3, 5, 9], gamma=0.3)
    for epoch in range(12):
        assert step_lr(epoch, 0.4, [3, 5, 9], 0.3) == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            lambda epoch, base, milestones, gamma: step_lr(epoch - 1, base, milestones, gamma),
            "the first milestone | 0.1",
        ),
        (lambda epoch, base, milestones, gamma: step_lr(epoch + 1, base, milestones, gamma), "the last epoch before"),
        (
            lambda epoch, base, milestones, gamma: base * gamma if any(m <= epoch for m in milestones) else base,
            "after two milestones | 0.01 | 0.001",
        ),
        (
            lambda epoch, base, milestones, gamma: base * gamma * sum(m <= epoch for m in milestones),
            "the first epoch | 0 | 0.1",
        ),
        (
            lambda epoch, base, milestones, gamma: base * gamma ** (epoch // milestones[0]) if milestones else base,
            "milestones at unequal distances",
        ),
        (lambda epoch, base, milestones, gamma: base * gamma ** (epoch // milestones[0]), ""),
        (lambda epoch, base, milestones, gamma: base * gamma if epoch in milestones else base, "after two milestones"),
        (lambda epoch, base, milestones, gamma: base * 0.1 ** sum(m <= epoch for m in milestones), "halves"),
    ],
)
def test_step_lr(answer: Callable[..., Any], text: str) -> None:
    assert text in words("12.step_lr", answer)


def test_step_lr_that_empties_the_list_is_seen() -> None:
    def answer(epoch: int, base: float, milestones: list[int], gamma: float) -> float:
        while milestones and milestones[0] <= epoch:
            milestones.pop(0)
            base *= gamma
        return base

    assert "changed its input `milestones`" in words("12.step_lr", answer)


def test_scaled_lr_is_the_librarys() -> None:
    for batch in (32, 256, 4096):
        rule = LinearRule(0.1, base_batch_size=256, batch_size=batch, enable=True)
        assert scaled_lr(0.1, 256, batch) == pytest.approx(0.1 * rule.factor)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda lr, batch0, batch: lr * batch0 / batch, "batches twice as large | 0.05 | 0.2"),
        (lambda lr, batch0, batch: lr, "batches twice as large | 0.1 | 0.2"),
        (lambda lr, batch0, batch: lr * (batch / batch0) ** 0.5, "batches twice as large | 0.1414 | 0.2"),
        (lambda lr, batch0, batch: lr * (batch // batch0), "a single GPU | 0 | 0.0125"),
        (lambda lr, batch0, batch: lr * batch / 256, "one and a half times as many"),
        (lambda lr, batch0, batch: lr * max(batch / batch0, 1), "a single GPU | 0.1 | 0.0125"),
        (lambda lr, batch0, batch: lr + batch / batch0, "the same batch | 1.1 | 0.1"),
    ],
)
def test_scaled_lr(answer: Callable[..., Any], text: str) -> None:
    assert text in words("12.scaled_lr", answer)


def test_cyclic_momentum_is_torchs() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CyclicLR(
        optimizer, 0.1, 0.5, step_size_up=6, base_momentum=0.8, max_momentum=0.95
    )
    for t in range(40):
        assert cyclic_momentum(t, 0.8, 0.95, 12) == pytest.approx(optimizer.param_groups[0]["momentum"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch would like a step of the optimizer before
            schedule.step()


def in_two_parts(t: int, low: float, high: float, period: int) -> float:
    step, half = t % period, period / 2
    return high - (high - low) * step / half if step <= half else low + (high - low) * (step - half) / half


def test_cyclic_momentum_in_two_parts_passes() -> None:
    assert judge(find("12.cyclic_momentum"), in_two_parts).status == "passed"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda t, low, high, period: in_two_parts(t, high, low, period), "the first step | 0.8 | 0.9"),
        (lambda t, low, high, period: high - (high - low) * t / (period / 2), "half way up again | 0.25 | 0.75"),
        (
            lambda t, low, high, period: in_two_parts(min(t, period), low, high, period),
            "the middle of the third period",
        ),
        (lambda t, low, high, period: in_two_parts(t, low, high, 2 * period), "half a period | 0.85 | 0.8"),
        (lambda t, low, high, period: high - (high - low) * (t % period) / period, "half a period | 0.85 | 0.8"),
        (
            lambda t, low, high, period: low + (high - low) * (1 + np.cos(2 * np.pi * t / period)) / 2,
            "a period that is an odd number",
        ),
        (lambda t, low, high, period: in_two_parts(t, low, high, period // 2 * 2), "a period that is an odd number"),
        (lambda t, low, high, period: high if t % period < period / 2 else low, "half way down"),
    ],
)
def test_cyclic_momentum(answer: Callable[..., Any], text: str) -> None:
    assert text in words("12.cyclic_momentum", answer)
