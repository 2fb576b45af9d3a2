"""How the learning rate moves while a network trains.

A schedule is a pure function of the step: it takes the step's number and a rate, and gives the rate that is used. So
a schedule needs no state in a checkpoint, and its whole curve can be drawn before the training starts (``lr_curve``).
Several schedules are chained, as in MMEngine's ``param_scheduler``, whose names and arguments these are:

    schedules = [LinearLR(start_factor=0.1, end=5, convert_to_iter_based=True), CosineAnnealingLR(begin=5)]
    rates = lr_curve(schedules, base=0.1, epoch_len=100, max_epochs=20)

In the formulas ``t`` counts from ``begin`` (in epochs where ``by_epoch``, else in iterations), ``T = end - begin``, and
``v`` is the rate that the schedule is given.
"""

import math
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from course_lib.config.errors import ConfigError, did_you_mean
from course_lib.config.registry import register

Target = Literal["lr", "momentum"]


def value_at(schedules: Sequence["Schedule"], step: int, base: float, target: Target = "lr") -> float:
    """The rate (or momentum) of one step: ``base``, sent through all schedules that move ``target``.

    A schedule that begins later works on what the earlier ones left. Of those that begin together the one listed first
    has the last word, so that a warm-up scales the rate that has already decayed.
    """
    value = base
    for schedule in sorted(reversed(schedules), key=lambda schedule: schedule.first_step):
        if schedule.target == target:
            value = schedule.value(step, value, base)
    return value


def lr_curve(
    schedules: Sequence["Schedule"], base: float, epoch_len: int, max_epochs: float, target: Target = "lr"
) -> np.ndarray:
    """The rate of every step of a training, float64 of shape (steps,); binds the schedules.

    Args:
        base: The rate (or momentum, see ``target``) that the optimizer was given.
        epoch_len: Steps in an epoch.
        max_epochs: Epochs in the training; a fraction where it is counted in iterations, ``max_iters / epoch_len``.
    """
    for schedule in schedules:
        schedule.bind(epoch_len, max_epochs)
    steps = range(round(epoch_len * max_epochs))
    return np.array([value_at(schedules, step, base, target) for step in steps], dtype=np.float64)


@dataclass(kw_only=True)
class Schedule(ABC):
    """What all schedules share: when they act, and what they count.

    Args:
        begin, end: It acts from ``begin`` up to, and not including, ``end``. Before, the rate passes unchanged; after,
            its last factor stays. Without ``end`` it acts to the end of the training.
        by_epoch: Count in epochs: the rate stays the same for a whole epoch. Else in iterations.
        convert_to_iter_based: Arguments in epochs, but a new rate in every iteration.

    Raises:
        ConfigError: an argument that cannot be meant, such as ``begin=5, end=5``.
    """

    begin: int = 0
    end: int | None = None
    by_epoch: bool = True
    convert_to_iter_based: bool = False
    _unit: int = field(default=0, init=False, repr=False)  # positions t in one unit of the arguments
    _stride: int = field(default=0, init=False, repr=False)  # steps in one position t
    _first: int = field(default=0, init=False, repr=False)  # the position of t = 0 in the training
    _last: int = field(default=0, init=False, repr=False)  # the last t

    target = "lr"
    exact_end = False  # the ramps make it an argument

    def __post_init__(self) -> None:
        self._need_whole("begin", self.begin, least=0)
        if self.end is not None:
            self._need_whole("end", self.end, least=1)
            self._need(self.begin < self.end, f"begin={self.begin} must be smaller than end={self.end}.")
        if self.convert_to_iter_based:
            self._need(self.by_epoch, "convert_to_iter_based=True converts epochs; it needs by_epoch=True.")

    @abstractmethod
    def at(self, t: int, value: float, base: float) -> float:
        """The rate at position ``t``, from ``value``, the rate so far, and ``base``, the optimizer's."""

    def bind(self, epoch_len: int, max_epochs: float) -> None:
        """Tell the schedule the training's length; it may be bound again to another.

        Args:
            epoch_len: Steps in an epoch.
            max_epochs: Epochs in the training; a fraction where it is counted in iterations, ``max_iters / epoch_len``.

        Raises:
            ConfigError: the schedule would begin after the training has ended.
        """
        self._unit = epoch_len if self.convert_to_iter_based else 1
        self._stride = epoch_len if self.by_epoch and not self.convert_to_iter_based else 1
        self._first = self.begin * self._unit
        training_end = math.ceil(round(epoch_len * max_epochs) / self._stride)
        end = training_end if self.end is None else self.end * self._unit
        counted = "epochs" if self.by_epoch else "iterations"
        late = f"begin={self.begin}, but the training ends after {training_end // self._unit} {counted}."
        self._need(self._first < end, f"{late} Let it begin earlier or train longer.")
        self._last = end - self._first - 1 + self.exact_end

    def observe(self, metrics: Mapping[str, float]) -> None:  # noqa: B027  (most have nothing to note)
        """Take note of a validation; only a schedule that waits for a plateau does."""

    def state_dict(self) -> dict[str, Any]:
        """What it has noted; nothing where it is a pure function of the step."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:  # noqa: B027
        """Take back what ``state_dict`` gave."""

    @property
    def first_step(self) -> int:
        """The step at which it begins to act."""
        return self._first * self._stride

    def value(self, step: int, value: float, base: float) -> float:
        """The rate of a step (0, 1, …): before ``begin`` as it came, after ``end`` as at the end, else by ``at``."""
        if not self._stride:
            raise RuntimeError(f"{type(self).__name__} does not know the training's length yet: call bind() first.")
        t = step // self._stride - self._first
        return value if t < 0 else self.at(min(t, self._last), value, base)

    def progress(self, t: int) -> float:
        """How much of the way is done: 0 at the first position, 1 at the last; a way of one position is done."""
        return t / self._last if self._last else 1.0

    def _need(self, holds: bool, message: str) -> None:
        if not holds:
            raise ConfigError(f"{type(self).__name__}: {message}")

    def _need_whole(self, name: str, value: object, least: int) -> None:
        whole = isinstance(value, int) and not isinstance(value, bool) and value >= least
        self._need(whole, f"{name}={value!r} must be a whole number, {least} or more.")

    def _need_positive(self, name: str, value: object, zero_too: bool = False) -> None:
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        positive = number and (value > 0 or (zero_too and value == 0))  # type: ignore[operator]
        self._need(positive, f"{name}={value!r} must be a number, {'0 or more' if zero_too else 'more than 0'}.")

    def _need_one_of(self, name: str, value: object, allowed: Sequence[str]) -> None:
        self._need(value in allowed, f"there is no {name}={value!r}. {did_you_mean(str(value), allowed)}")


@register("schedule")
@dataclass
class MultiStepLR(Schedule):
    """Times ``gamma`` at each milestone: ``v · gamma ** (number of milestones ≤ t)``, never below ``min_lr``."""

    milestones: Sequence[int]
    gamma: float = 0.1
    min_lr: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        is_list = isinstance(self.milestones, Sequence) and not isinstance(self.milestones, str)
        self._need(is_list, f"milestones={self.milestones!r} must be a list such as [30, 60]; StepLR has a step_size.")
        for milestone in self.milestones:
            self._need_whole("a milestone", milestone, least=1)
        rising = all(a < b for a, b in zip(self.milestones, self.milestones[1:], strict=False))
        self._need(rising, f"milestones={list(self.milestones)} must increase from each to the next.")
        self._need_positive("gamma", self.gamma)
        self._need_positive("min_lr", self.min_lr, zero_too=True)

    def at(self, t: int, value: float, base: float) -> float:
        return max(value * self.gamma ** bisect_right(self.milestones, t // self._unit), self.min_lr)


@register("schedule")
@dataclass
class StepLR(Schedule):
    """Times ``gamma`` every ``step_size``: ``v · gamma ** (t // step_size)``, never below ``min_lr``."""

    step_size: int
    gamma: float = 0.1
    min_lr: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._need_whole("step_size", self.step_size, least=1)
        self._need_positive("gamma", self.gamma)
        self._need_positive("min_lr", self.min_lr, zero_too=True)

    def at(self, t: int, value: float, base: float) -> float:
        return max(value * self.gamma ** (t // (self.step_size * self._unit)), self.min_lr)


@register("schedule")
@dataclass
class CosineAnnealingLR(Schedule):
    """Half a cosine wave down: ``m + (v - m) · (1 + cos(π t / T)) / 2``, slow at both ends.

    SGDR: Stochastic Gradient Descent with Warm Restarts, arXiv 1608.03983; here without the restarts.

    Args:
        T_max: The way down, if it is not ``end - begin``; a longer training climbs again, as in torch.
        eta_min: The lowest rate ``m`` (0 if not given), or
        eta_min_ratio: the same as a part of the optimizer's rate.
    """

    T_max: int | None = None
    eta_min: float | None = None
    eta_min_ratio: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.T_max is not None:
            self._need_whole("T_max", self.T_max, least=1)
        one_of_them = self.eta_min is None or self.eta_min_ratio is None
        self._need(one_of_them, "give eta_min or eta_min_ratio, not both.")
        self._need_positive("eta_min", self.eta_min or 0.0, zero_too=True)
        self._need_positive("eta_min_ratio", self.eta_min_ratio or 0.0, zero_too=True)

    def at(self, t: int, value: float, base: float) -> float:
        lowest = (self.eta_min or 0.0) if self.eta_min_ratio is None else base * self.eta_min_ratio
        way = self._last + 1 if self.T_max is None else self.T_max * self._unit
        return lowest + (value - lowest) * (1 + math.cos(math.pi * t / way)) / 2


@register("schedule")
@dataclass
class PolyLR(Schedule):
    """A power of what is left to do: ``m + (v - m) · (1 - t / (T - 1)) ** power``; ``power=1`` is a straight line.

    Args:
        eta_min: The lowest rate ``m``.
        exact_end: Reach it at ``end`` itself, as MMClassification 0.x does, not one position before.
    """

    power: float = 1.0
    eta_min: float = 0.0
    exact_end: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._need_positive("power", self.power)
        self._need_positive("eta_min", self.eta_min, zero_too=True)

    def at(self, t: int, value: float, base: float) -> float:
        # not progress(): with a single position the training should run at v, not at eta_min
        return self.eta_min + (value - self.eta_min) * (1 - t / max(self._last, 1)) ** self.power


@register("schedule")
@dataclass
class ExponentialLR(Schedule):
    """Times ``gamma`` at every position: ``v · gamma ** t``."""

    gamma: float

    def __post_init__(self) -> None:
        super().__post_init__()
        self._need_positive("gamma", self.gamma)

    def at(self, t: int, value: float, base: float) -> float:
        return value * self.gamma**t


@register("schedule")
@dataclass
class InverseLR(Schedule):
    """Down fast, then ever slower: ``v · (1 + gamma · t) ** -power``; the policy ``inv`` of MMClassification 0.x."""

    gamma: float
    power: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._need_positive("gamma", self.gamma)
        self._need_positive("power", self.power)

    def at(self, t: int, value: float, base: float) -> float:
        return value * (1 + self.gamma * t) ** -self.power


@register("schedule")
@dataclass
class LinearLR(Schedule):
    """A straight line between two factors, mostly a warm-up: ``v · (start + (end - start) · t / (T - 1))``.

    Args:
        start_factor, end_factor: The factors at the first and at the last position.
        exact_end: Reach ``end_factor`` at ``end`` itself, as MMClassification 0.x does, not one position before.
    """

    start_factor: float = 1 / 3
    end_factor: float = 1.0
    exact_end: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._need_positive("start_factor", self.start_factor, zero_too=True)
        self._need_positive("end_factor", self.end_factor, zero_too=True)

    def at(self, t: int, value: float, base: float) -> float:
        return value * (self.start_factor + (self.end_factor - self.start_factor) * self.progress(t))


@register("schedule")
@dataclass
class ConstantLR(Schedule):
    """A smaller rate for a while: ``v · factor`` where ``t < T - 1``, then ``v``.

    Args:
        exact_end: Reach ``v`` at ``end`` itself, as MMClassification 0.x does, not one position before.
    """

    factor: float = 1 / 3
    exact_end: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._need_positive("factor", self.factor)

    def at(self, t: int, value: float, base: float) -> float:
        return value * self.factor if t < self._last else value


@register("schedule")
@dataclass
class ExponentialWarmupLR(Schedule):
    """A warm-up that grows by the same factor each time: ``v · factor ** (1 - t / (T - 1))``.

    MMClassification 0.x calls it ``warmup='exp'``; MMEngine has no such schedule.

    Args:
        factor: What the rate starts at, as a part of ``v``.
        exact_end: Reach ``v`` at ``end`` itself, as MMClassification 0.x does, not one position before.
    """

    factor: float = 0.1
    exact_end: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._need_positive("factor", self.factor)

    def at(self, t: int, value: float, base: float) -> float:
        return value * self.factor ** (1 - self.progress(t))
