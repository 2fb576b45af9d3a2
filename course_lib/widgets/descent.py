"""Six optimizers (优化器) as their formulas, for two weights, and the race between them.

For two numbers the formulas in numpy are ten times as fast as ``torch.optim``, whose update rules and defaults they
have; g is the gradient, w the weights, lr the learning rate.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np

from .landscapes import LANDSCAPES, Point

NUM_STEPS = 150
GOAL_LOSS = 0.01
FAR = 1e3  # a weight beyond this does not come back
FAST_STEPS = 15
# ten to a power of ten, evenly spread
RATES = tuple(float(f"{digits}e{power}") for power in (-3, -2, -1) for digits in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8))
RATES += (1.0, 1.2, 1.5, 2.0)

Gradient = Callable[[np.ndarray], np.ndarray]
Optimizer = Callable[[Gradient, np.ndarray, float], Iterator[np.ndarray]]

# --- the optimizers: each gives the weights (2,) after one step, two steps, and so on without end ---


def sgd(gradient: Gradient, w: np.ndarray, lr: float) -> Iterator[np.ndarray]:
    """Straight down."""
    while True:
        w = w - lr * gradient(w)
        yield w


def momentum(gradient: Gradient, w: np.ndarray, lr: float, beta: float = 0.9) -> Iterator[np.ndarray]:
    """Like a heavy ball: v keeps ``beta`` of itself (Polyak 1964)."""
    v = np.zeros(2)
    while True:
        v = beta * v + gradient(w)
        w = w - lr * v
        yield w


def nesterov(gradient: Gradient, w: np.ndarray, lr: float, beta: float = 0.9) -> Iterator[np.ndarray]:
    """Momentum that looks a step ahead (Nesterov 1983; Sutskever et al. 2013)."""
    v = np.zeros(2)
    while True:
        g = gradient(w)
        v = beta * v + g
        w = w - lr * (g + beta * v)
        yield w


def adagrad(gradient: Gradient, w: np.ndarray, lr: float, eps: float = 1e-10) -> Iterator[np.ndarray]:
    """A rate for each weight, which only falls: s sums up all squares (Duchi et al. 2011)."""
    s = np.zeros(2)
    while True:
        g = gradient(w)
        s = s + g * g
        w = w - lr * g / (np.sqrt(s) + eps)
        yield w


def rmsprop(
    gradient: Gradient, w: np.ndarray, lr: float, alpha: float = 0.99, eps: float = 1e-8
) -> Iterator[np.ndarray]:
    """AdaGrad that forgets: s is a moving mean of the squares (Hinton 2012)."""
    s = np.zeros(2)
    while True:
        g = gradient(w)
        s = alpha * s + (1 - alpha) * g * g
        w = w - lr * g / (np.sqrt(s) + eps)
        yield w


def adam(
    gradient: Gradient, w: np.ndarray, lr: float, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
) -> Iterator[np.ndarray]:
    """Momentum and RMSProp at once, both corrected for their beginning at 0 (Kingma and Ba, arXiv 1412.6980)."""
    m, s, step = np.zeros(2), np.zeros(2), 0
    while True:
        g = gradient(w)
        step += 1
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g * g
        w = w - lr * (m / (1 - beta1**step)) / (np.sqrt(s / (1 - beta2**step)) + eps)
        yield w


OPTIMIZERS: dict[str, Optimizer] = {
    "SGD": sgd,
    "momentum": momentum,
    "Nesterov": nesterov,
    "AdaGrad": adagrad,
    "RMSProp": rmsprop,
    "Adam": adam,
}

# --- the race ---


@dataclass(frozen=True)
class Run:
    """One optimizer's way.

    Args:
        points: (steps + 1, 2) from the start on; fewer than ``NUM_STEPS`` steps if it went too far away.
        losses: (steps + 1,).
    """

    points: np.ndarray
    losses: np.ndarray

    @property
    def diverged(self) -> bool:
        return len(self.losses) <= NUM_STEPS

    @property
    def arrived(self) -> int | None:
        """The steps after which the loss stays below ``GOAL_LOSS``: who only flies past has not arrived."""
        if self.diverged or self.losses[-1] >= GOAL_LOSS:
            return None
        above = np.flatnonzero(self.losses >= GOAL_LOSS)
        return int(above[-1]) + 1 if len(above) else 0


@lru_cache(maxsize=600)  # a slider moves one optimizer; the five others are found here
def run(landscape: str, optimizer: str, lr: float, start: Point) -> Run:
    """Go down from a start.

    Args:
        landscape: A key of ``LANDSCAPES``; optimizer: one of ``OPTIMIZERS``.
        lr: The learning rate.
    """
    ground, first = LANDSCAPES[landscape], np.array(start, dtype=float)
    points = [first]
    for w in islice(OPTIMIZERS[optimizer](ground.gradient, first, lr), NUM_STEPS):
        if not abs(w[0]) + abs(w[1]) < FAR:
            break
        points.append(w)
    way = np.array(points)
    return Run(way, ground.loss(way))


def race(landscape: str, rates: Mapping[str, float], start: Point) -> dict[str, Run]:
    """Every optimizer of ``rates`` from the same start, each at its own rate."""
    return {name: run(landscape, name, lr, start) for name, lr in rates.items()}


def first_ones(runs: Mapping[str, Run]) -> list[str]:
    """Who arrived after the fewest steps: nobody, one, or several at once."""
    arrived = {name: each.arrived for name, each in runs.items()}
    fewest = min((steps for steps in arrived.values() if steps is not None), default=None)
    return [name for name, steps in arrived.items() if steps is not None and steps == fewest]


GOALS = {
    "fast": f"Narrow valley: somebody arrives within {FAST_STEPS} steps",
    "momentum": "Anywhere, one rate for all six: momentum arrives first, alone",
    "Adam": "Narrow valley, one rate for all six: Adam arrives after plain SGD",
}


def goals_reached(landscape: str, rates: Mapping[str, float], start: Point, runs: Mapping[str, Run]) -> set[str]:
    """The keys of ``GOALS`` that a race of all six reaches; only from the landscape's own start."""
    if start != LANDSCAPES[landscape].start:
        return set()
    steps = {name: each.arrived for name, each in runs.items()}
    in_valley, one_rate = landscape == "narrow valley", len(set(rates.values())) == 1
    fewest = min((each for each in steps.values() if each is not None), default=NUM_STEPS)
    sgd_steps, adam_steps = steps["SGD"], steps["Adam"]
    adam_later = sgd_steps is not None and adam_steps is not None and sgd_steps < adam_steps
    holds = {
        "fast": in_valley and fewest <= FAST_STEPS,
        "momentum": one_rate and first_ones(runs) == ["momentum"],
        "Adam": in_valley and one_rate and adam_later,
    }
    return {name for name in GOALS if holds[name]}
