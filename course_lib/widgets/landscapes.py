"""Loss landscapes (损失曲面) over two weights: formulas with their gradients, to go down with any optimizer."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Point = tuple[float, float]
BOX = (-3.0, 3.0, -2.3, 2.3)  # left, right, bottom, top: where a landscape is looked at
TILT_DEG = 25  # the valley lies askew: along an axis, AdaGrad, RMSProp and Adam would have it too easy
CURVATURES = (0.1, 4.0)  # along the valley and across it: a condition number of 40


@dataclass(frozen=True)
class Landscape:
    """A loss of two weights, with 0 as its lowest value.

    Args:
        loss: (..., 2) -> (...).
        gradient: (2,) -> (2,).
        start: A place from which the way down is worth watching.
        minima: Where the loss is 0.
        words: What is hard about it.
    """

    loss: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    start: Point
    minima: tuple[Point, ...]
    words: str


def valley_matrix() -> np.ndarray:
    """The Hessian of the valley, (2, 2)."""
    angle = np.radians(TILT_DEG)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-np.sin(angle), np.cos(angle)])
    flat, steep = CURVATURES
    return flat * np.outer(along, along) + steep * np.outer(across, across)


HESSIAN = valley_matrix()


def valley(w: np.ndarray) -> np.ndarray:
    """½ wᵀHw: steep across, nearly flat along."""
    return 0.5 * ((w @ HESSIAN) * w).sum(-1)


def valley_gradient(w: np.ndarray) -> np.ndarray:
    return HESSIAN @ w


def saddle(w: np.ndarray) -> np.ndarray:
    """½ w₁² + ¼ (w₂² - 1)²: a saddle at (0, 0) between the minima (0, 1) and (0, -1)."""
    return 0.5 * w[..., 0] ** 2 + 0.25 * (w[..., 1] ** 2 - 1) ** 2


def saddle_gradient(w: np.ndarray) -> np.ndarray:
    w1, w2 = w.tolist()  # of single numbers, Python's own arithmetic is the faster one
    return np.array([w1, w2 * (w2 * w2 - 1)])


def bumpy(w: np.ndarray) -> np.ndarray:
    """Σ 0.15 wᵢ² + 0.1 (1 - cos 4wᵢ): a bowl with eight dents around the lowest one, at (0, 0)."""
    return (0.15 * w**2 + 0.1 * (1 - np.cos(4 * w))).sum(-1)


def bumpy_gradient(w: np.ndarray) -> np.ndarray:
    return 0.3 * w + 0.4 * np.sin(4 * w)


LANDSCAPES = {
    "narrow valley": Landscape(
        valley, valley_gradient, (-2.6, 0.8), ((0.0, 0.0),), "40 times steeper across than along"
    ),
    "saddle": Landscape(
        saddle, saddle_gradient, (-1.8, 0.1), ((0.0, -1.0), (0.0, 1.0)), "level in the middle, and no minimum"
    ),
    "bumpy bowl": Landscape(bumpy, bumpy_gradient, (-2.4, 1.7), ((0.0, 0.0),), "full of dents to be stuck in"),
}
