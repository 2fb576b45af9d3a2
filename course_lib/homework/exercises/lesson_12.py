"""Lesson 12, schedules: warm-ups, stairs, the linear rule, and a momentum that goes down and up."""

from collections.abc import Iterator, Sequence

import numpy as np

from ..compare import Case
from ..exercise import Exercise

# --- warmup_lr --------------------------------------------------------------------------------------------------------

WARMUP_LR = '''def warmup_lr(t, base, n, ratio, mode):
    """The rate of step t (0, 1, …) in a warm-up of n steps; from step n on it is base.

    mode "constant":    base * ratio, all n steps long.
    mode "linear":      a straight line: base * ratio at step 0, base at step n.
    mode "exponential": from and to the same, but times the same factor at every step.
    """
    ...
'''


def warmup_lr(t: int, base: float, n: int, ratio: float, mode: str) -> float:
    if t >= n:
        return base
    if mode == "constant":
        return base * ratio
    if mode == "linear":
        return base * (ratio + (1 - ratio) * t / n)
    return float(base * ratio ** (1 - t / n))


def warmup_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((0, 0.5, 10, 0.1, "constant"), "the first step")
    yield Case((9, 0.5, 10, 0.1, "constant"), "the last step of the warm-up")
    yield Case((10, 0.5, 10, 0.1, "constant"), "step n: the warm-up is over")
    yield Case((0, 0.5, 10, 0.2, "linear"), "the first step")
    yield Case((5, 0.5, 10, 0.2, "linear"), "half way: the mean of 0.1 and 0.5")
    yield Case((10, 0.5, 10, 0.2, "linear"), "step n: the warm-up is over")
    yield Case((25, 0.5, 10, 0.2, "linear"), "long after the warm-up")
    yield Case((0, 1.0, 2, 0.01, "exponential"), "the first step")
    yield Case((1, 1.0, 2, 0.01, "exponential"), "half way from 0.01 to 1, by factors: 0.01 · 10 · 10 is 1")
    yield Case((7, 1.0, 2, 0.01, "exponential"), "long after the warm-up")
    for mode in ("constant", "linear", "exponential"):
        n = int(rng.integers(5, 40))
        t = int(rng.integers(1, n))
        yield Case((t, round(float(rng.uniform(0.05, 2)), 3), n, round(float(rng.uniform(0.01, 0.4)), 3), mode))


# --- step_lr ----------------------------------------------------------------------------------------------------------

STEP_LR = '''def step_lr(epoch, base, milestones, gamma):
    """The rate of an epoch (0, 1, …): base, times gamma for each milestone that is reached.

    milestones: a list of epochs, rising; the epoch of a milestone already has the new rate.
    """
    ...
'''


def step_lr(epoch: int, base: float, milestones: Sequence[int], gamma: float) -> float:
    return float(base * gamma ** sum(milestone <= epoch for milestone in milestones))


def step_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((0, 0.1, [30, 60, 90], 0.1), "the first epoch")
    yield Case((29, 0.1, [30, 60, 90], 0.1), "the last epoch before the first milestone")
    yield Case((30, 0.1, [30, 60, 90], 0.1), "the epoch of the first milestone")
    yield Case((75, 0.1, [30, 60, 90], 0.1), "after two milestones")
    yield Case((90, 0.1, [30, 60, 90], 0.5), "the epoch of the last milestone, halves")
    yield Case((6, 0.8, [2, 3], 0.5), "milestones at unequal distances, both reached")
    yield Case((5, 0.2, [], 0.1), "no milestone at all")
    for _ in range(3):
        milestones = sorted(int(epoch) for epoch in rng.choice(np.arange(1, 30), 4, replace=False))
        yield Case((int(rng.integers(0, 35)), 0.4, milestones, round(float(rng.uniform(0.2, 0.7)), 2)))


# --- scaled_lr --------------------------------------------------------------------------------------------------------

SCALED_LR = '''def scaled_lr(lr, batch0, batch):
    """The rate for batches of `batch` pictures, by the linear rule: lr was found for batches of batch0."""
    ...
'''


def scaled_lr(lr: float, batch0: int, batch: int) -> float:
    return lr * batch / batch0


def scaled_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((0.1, 256, 256), "the same batch")
    yield Case((0.1, 256, 512), "batches twice as large")
    yield Case((0.1, 256, 32), "8 GPUs × 32 pictures in the config, but you have a single GPU")
    yield Case((0.1, 256, 8192), "the hour of ImageNet: 32 times 256")
    yield Case((0.3, 48, 72), "one and a half times as many")
    for _ in range(3):
        yield Case((round(float(rng.uniform(0.01, 1)), 3), int(rng.integers(8, 512)), int(rng.integers(8, 512))))


# --- cyclic_momentum --------------------------------------------------------------------------------------------------

CYCLIC_MOMENTUM = '''def cyclic_momentum(t, low, high, period):
    """The momentum of step t (0, 1, …), which mirrors a rate that goes up and down, again and again.

    It is high at step 0, falls in a straight line to low after half a period, rises to high by the end of the
    period, and begins anew.
    """
    ...
'''


def cyclic_momentum(t: int, low: float, high: float, period: int) -> float:
    place = t % period / period  # 0 to 1
    return high - (high - low) * (1 - abs(1 - 2 * place))


def cyclic_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((0, 0.8, 0.9, 10), "the first step")
    yield Case((5, 0.8, 0.9, 10), "half a period")
    yield Case((2, 0.5, 1.0, 8), "half way down")
    yield Case((6, 0.5, 1.0, 8), "half way up again")
    yield Case((10, 0.8, 0.9, 10), "the first step of the second period")
    yield Case((25, 0.8, 0.9, 10), "the middle of the third period")
    yield Case((1, 0.85, 0.95, 5), "a period that is an odd number")
    for _ in range(3):
        period = int(rng.integers(6, 60))
        yield Case((int(rng.integers(1, 4 * period)), 0.85, 0.95, period))


EXERCISES = (
    Exercise(
        "12.warmup_lr",
        WARMUP_LR,
        warmup_lr,
        warmup_cases,
        hints=(
            "Deal with `t >= n` first. For the rest, `t / n` says how much of the way is done, from 0 to 1. Which "
            "factor belongs to 0, and which to 1?",
            "linear: `ratio + (1 - ratio) * t / n`. exponential: a power of `ratio` whose exponent goes from 1 to 0: "
            "`ratio ** 1` is the ratio, and `ratio ** 0` is 1.",
        ),
        points=2,
    ),
    Exercise(
        "12.step_lr",
        STEP_LR,
        step_lr,
        step_cases,
        hints=(
            "Count the milestones that are not later than the epoch. How often is gamma multiplied?",
            "`sum(milestone <= epoch for milestone in milestones)` counts them; `gamma ** count` does the rest.",
        ),
    ),
    Exercise(
        "12.scaled_lr",
        SCALED_LR,
        scaled_lr,
        scaled_cases,
        hints=(
            "Twice the pictures in a batch, twice the rate. A single GPU instead of eight: an eighth.",
            "The factor is `batch / batch0`; a division with `/`, as `//` throws away what is below 1.",
        ),
    ),
    Exercise(
        "12.cyclic_momentum",
        CYCLIC_MOMENTUM,
        cyclic_momentum,
        cyclic_cases,
        hints=(
            "`t % period` is the step within its period. Up to half of it the line falls, then it rises: two cases, or "
            "one formula with `abs`.",
            "Let `place = (t % period) / period`. `abs(1 - 2 * place)` is 1 at the start, 0 in the middle and 1 at the "
            "end: a share of the way from low to high.",
        ),
        points=2,
    ),
)
