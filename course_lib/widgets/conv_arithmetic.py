"""The arithmetic of a convolution (卷积): the output's side, what a window reads, and goals for the sliders.

Source of the formula: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

SIZES, KERNELS, STRIDES = range(4, 17), (1, 3, 5, 7), range(1, 5)
PADDINGS, DILATIONS = range(0, 5), range(1, 5)


@dataclass(frozen=True)
class Geometry:
    """A square window on a square input; one channel in, one out.

    Args:
        n: The input's side; k: the window's; s: the stride; p: the padding on each side; d: the dilation.
    """

    n: int = 9
    k: int = 3
    s: int = 1
    p: int = 0
    d: int = 1

    @property
    def span(self) -> int:
        """From the window's first input to its last, both counted."""
        return self.d * (self.k - 1) + 1

    @property
    def out(self) -> int:
        """The output's side; 0 where the window does not fit into the padded input."""
        return max(0, (self.n + 2 * self.p - self.span) // self.s + 1)

    @property
    def weights(self) -> int:
        return self.k**2

    def reads(self, i: int) -> np.ndarray:
        """The (k,) rows of the padded input that row i of the output reads; columns alike."""
        return i * self.s + self.d * np.arange(self.k)

    def used(self) -> np.ndarray:
        """(n + 2p,) whether any output reads that row of the padded input."""
        read = np.zeros(self.n + 2 * self.p, dtype=bool)
        for i in range(self.out):
            read[self.reads(i)] = True
        return read

    @property
    def misses_none(self) -> bool:
        """Whether every real input is read."""
        return bool(self.used()[self.p : self.p + self.n].all())


@dataclass(frozen=True)
class Goal:
    """From a side to a side, each output spanning at least so many inputs, with as few weights as can be."""

    n: int
    out: int
    span: int
    all_used: bool = False

    def __str__(self) -> str:
        rest = ", and no input left out" if self.all_used else ""
        return f"from {self.n} × {self.n} to {self.out} × {self.out}, each output spanning at least {self.span}{rest}"

    def ticks(self, geometry: Geometry) -> dict[str, bool]:
        """What the goal asks for → whether it is so."""
        asked = {
            f"input {self.n}": geometry.n == self.n,
            f"output {self.out}": geometry.out == self.out,
            f"span {self.span} or more": geometry.span >= self.span,
        }
        return asked | ({"no input left out": geometry.misses_none} if self.all_used else {})


@cache
def fewest_weights(goal: Goal) -> int:
    """Of all settings of the sliders that reach the goal, found by trying each."""
    every = (Geometry(goal.n, *rest) for rest in product(KERNELS, STRIDES, PADDINGS, DILATIONS))
    return min(geometry.weights for geometry in every if all(goal.ticks(geometry).values()))


GOALS = (Goal(9, 9, 3), Goal(12, 6, 3), Goal(11, 11, 5), Goal(16, 4, 4, all_used=True))


def formula(geometry: Geometry) -> tuple[str, str]:
    """The formula of the output's side, with letters and with numbers."""
    n, k, s, p, d = geometry.n, geometry.k, geometry.s, geometry.p, geometry.d
    rest = n + 2 * p - geometry.span
    filled = f"⌊({n} + 2·{p} − {d}·({k} − 1) − 1) / {s}⌋ + 1 = ⌊{rest} / {s}⌋ + 1 = {rest // s + 1}"
    if not geometry.out:
        filled = f"the window spans {geometry.span}, but the padded input has {n + 2 * p} only: it does not fit"
    return "out = ⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1", filled
