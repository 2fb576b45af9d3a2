"""Schedules that rise again: warm restarts, cycles, and the one cycle of super-convergence.

They are made of arcs, each from one rate to the next; ``T`` and ``t`` as in ``schedules.py``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from course_lib.config.registry import register

from .schedules import Schedule

STRATEGIES = ("cos", "linear")


def arc(start: float, end: float, part: float, strategy: str = "cos") -> float:
    """From ``start`` to ``end``, ``part`` (0 to 1) of the way: half a cosine wave, or a straight line (``linear``)."""
    left = 1 - part if strategy == "linear" else (1 + math.cos(math.pi * part)) / 2
    return end + (start - end) * left


def one_cycle(t: int, total_steps: int, levels: Sequence[float], up: float, strategy: str, three_phase: bool) -> float:
    """Over the ``levels`` first, top and last in ``total_steps``; the part ``up`` of them goes from first to top."""
    first, top, last = levels
    top_t = max(up * total_steps - 1, 0.0)
    corners = [(0.0, first), (top_t, top), *([(2 * top_t, first)] if three_phase else []), (total_steps - 1.0, last)]
    for (start_t, start), (end_t, end) in pairwise(corners):
        if t <= end_t and start_t < end_t:
            return arc(start, end, (t - start_t) / (end_t - start_t), strategy)
    return last


@register("schedule")
@dataclass
class CosineRestartLR(Schedule):
    """Cosine after cosine: in each period ``m + w · (v - m) · (1 + cos(π s / S)) / 2``, ``s`` counted from its start.

    SGDR: Stochastic Gradient Descent with Warm Restarts, arXiv 1608.03983. After the last period the rate stays ``m``.

    Args:
        periods: The lengths ``S`` of the periods.
        restart_weights: The weight ``w`` of each.
        eta_min: The lowest rate ``m`` (0 if not given), or
        eta_min_ratio: the same as a part of the optimizer's rate.
    """

    periods: Sequence[int]
    restart_weights: Sequence[float] = (1.0,)
    eta_min: float | None = None
    eta_min_ratio: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for period in self.periods:
            self._need_whole("a period", period, least=1)
        periods, weights = len(self.periods), len(self.restart_weights)
        self._need(periods == weights > 0, f"there are {periods} periods, but {weights} restart_weights; one for each.")
        self._need(self.eta_min is None or self.eta_min_ratio is None, "give eta_min or eta_min_ratio, not both.")

    def at(self, t: int, value: float, base: float) -> float:
        lowest = (self.eta_min or 0.0) if self.eta_min_ratio is None else base * self.eta_min_ratio
        ends = accumulate(period * self._unit for period in self.periods)
        for period, weight, end in zip(self.periods, self.restart_weights, ends, strict=True):
            if t < end:
                part = 1 - (end - t) / (period * self._unit)
                return arc(lowest + weight * (value - lowest), lowest, part)
        return lowest


@register("schedule")
@dataclass
class CyclicLR(Schedule):
    """Up and down again, several times: from ``v`` to ``v · target_ratio[0]``, then down to ``v · target_ratio[1]``.

    Cyclical Learning Rates for Training Neural Networks, arXiv 1506.01186; the policy ``cyclic`` of MMClassification
    0.x, where the way down of one cycle ends at the second ratio, and the next cycle starts at ``v`` again.

    Args:
        target_ratio: The highest and the last factor; a single number ``r`` stands for ``(r, r / 100000)``.
        cyclic_times: Cycles from ``begin`` to ``end``.
        step_ratio_up: The part of a cycle that goes up.
        anneal_strategy: ``'cos'`` or ``'linear'``.
        gamma: How much of the height is left from each cycle to the next.
    """

    target_ratio: float | Sequence[float] = (10.0, 1e-4)
    cyclic_times: int = 1
    step_ratio_up: float = 0.4
    anneal_strategy: str = "cos"
    gamma: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.target_ratio, (int, float)):
            self.target_ratio = (self.target_ratio, self.target_ratio / 1e5)
        self._need(len(self.target_ratio) == 2, f"target_ratio={self.target_ratio} must be two numbers, (10, 1e-4).")
        self._need_whole("cyclic_times", self.cyclic_times, least=1)
        self._need(0 <= self.step_ratio_up < 1, f"step_ratio_up={self.step_ratio_up} must be 0 to less than 1.")
        self._need_positive("gamma", self.gamma)
        self._need_one_of("anneal_strategy", self.anneal_strategy, STRATEGIES)

    def at(self, t: int, value: float, base: float) -> float:
        assert not isinstance(self.target_ratio, (int, float))
        highest, last = self.target_ratio
        cycle_len = max((self._last + 1) // self.cyclic_times, 1)
        up_len = int(self.step_ratio_up * cycle_len)
        cycle, in_cycle = divmod(t, cycle_len)
        highest = 1 + self.gamma**cycle * (highest - 1)
        if in_cycle < up_len:
            return arc(value, value * highest, in_cycle / up_len, self.anneal_strategy)
        part = (in_cycle - up_len) / (cycle_len - up_len)
        return arc(value * highest, value * last, part, self.anneal_strategy)


@register("schedule")
@dataclass
class OneCycleLR(Schedule):
    """Up from ``eta_max / div_factor`` to ``eta_max``, then far down; it sets the rate, whatever the optimizer's was.

    Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates, arXiv 1708.07120.

    Args:
        eta_max: The highest rate.
        total_steps: The length of the cycle, if it is not ``end - begin``.
        pct_start: The part of the cycle that goes up.
        anneal_strategy: ``'cos'`` or ``'linear'``.
        div_factor: ``eta_max`` is so many times the first rate.
        final_div_factor: The first rate is so many times the last.
        three_phase: Come down to the first rate as long as it went up, and only then to the last.
    """

    eta_max: float
    total_steps: int | None = None
    pct_start: float = 0.3
    anneal_strategy: str = "cos"
    div_factor: float = 25.0
    final_div_factor: float = 1e4
    three_phase: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("eta_max", "div_factor", "final_div_factor"):
            self._need_positive(name, getattr(self, name))
        if self.total_steps is not None:
            self._need_whole("total_steps", self.total_steps, least=1)
        most = 0.5 if self.three_phase else 1.0
        self._need(0 < self.pct_start < most, f"pct_start={self.pct_start} must lie between 0 and {most}.")
        self._need_one_of("anneal_strategy", self.anneal_strategy, STRATEGIES)

    def at(self, t: int, value: float, base: float) -> float:
        total_steps = self._last + 1 if self.total_steps is None else self.total_steps * self._unit
        first = self.eta_max / self.div_factor
        levels = first, self.eta_max, first / self.final_div_factor
        return one_cycle(t, total_steps, levels, self.pct_start, self.anneal_strategy, self.three_phase)


@register("schedule")
@dataclass
class OneCycleMomentum(Schedule):
    """The momentum beside ``OneCycleLR``: down while the rate goes up, and up again; it sets the momentum.

    Args:
        base_momentum, max_momentum: The lowest momentum, and the one at both ends.
        total_steps, pct_start, anneal_strategy, three_phase: As for ``OneCycleLR``.
    """

    base_momentum: float = 0.85
    max_momentum: float = 0.95
    total_steps: int | None = None
    pct_start: float = 0.3
    anneal_strategy: str = "cos"
    three_phase: bool = False

    target = "momentum"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._need_positive("base_momentum", self.base_momentum, zero_too=True)
        self._need_positive("max_momentum", self.max_momentum, zero_too=True)
        if self.total_steps is not None:
            self._need_whole("total_steps", self.total_steps, least=1)
        most = 0.5 if self.three_phase else 1.0
        self._need(0 < self.pct_start < most, f"pct_start={self.pct_start} must lie between 0 and {most}.")
        self._need_one_of("anneal_strategy", self.anneal_strategy, STRATEGIES)

    def at(self, t: int, value: float, base: float) -> float:
        total_steps = self._last + 1 if self.total_steps is None else self.total_steps * self._unit
        levels = self.max_momentum, self.base_momentum, self.max_momentum
        return one_cycle(t, total_steps, levels, self.pct_start, self.anneal_strategy, self.three_phase)
