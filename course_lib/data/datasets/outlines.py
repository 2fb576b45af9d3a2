"""Ten shapes as signed distance functions: how far a point is from the outline, negative inside.

A distance says more than a yes or no: whoever paints with it gets smooth edges at any size, and outlines for nothing.
Each function takes the coordinates of points, x to the right and y down, in which the shape fills about the unit
circle, and works on arrays of any shape. Near the outline the distance is exact, except beyond sharp corners, which
stay sharp.
"""

from collections.abc import Callable

import numpy as np

Outline = Callable[[np.ndarray, np.ndarray], np.ndarray]

_SIN60 = 3**0.5 / 2


def circle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.hypot(x, y) - 0.9


def square(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.maximum(abs(x), abs(y)) - 0.76


def triangle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Equilateral, standing on its base: inside of three lines."""
    y = y - 0.13  # its centre of gravity lies low; this brings the middle of its height closer to the middle
    return np.maximum(y, _SIN60 * abs(x) - y / 2) - 0.5


def star(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Five tips: by symmetry, the half of one tip, in polar coordinates."""
    radius, angle = np.hypot(x, y), np.arctan2(x, -y)
    fold = 2 * np.pi / 5
    angle = abs((angle + fold / 2) % fold - fold / 2)
    tip, notch = 1.05, 0.46
    edge_x, edge_y = tip - notch * np.cos(fold / 2), notch * np.sin(fold / 2)
    length = np.hypot(edge_x, edge_y)
    return ((radius * np.cos(angle) - tip) * edge_y + radius * np.sin(angle) * edge_x) / length


def cross(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Two bars."""
    x, y = abs(x), abs(y)
    return np.maximum(np.maximum(x, y) - 0.95, np.minimum(x, y) - 0.3)


def ring(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return abs(np.hypot(x, y) - 0.7) - 0.23


def heart(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A square on its tip below, two quarter circles above."""
    x, y = 0.62 * abs(x), 0.56 - 0.62 * y
    lobe = np.hypot(x - 0.25, y - 0.75) - 0.125**0.5
    along = np.maximum(x + y, 0) / 2
    side = np.minimum(np.hypot(x, y - 1), np.hypot(x - along, y - along)) * np.sign(x - y)
    return np.where(x + y > 1, lobe, side) / 0.62


def moon(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A disc without a second one, which lies to its right."""
    x = x - 0.15
    return np.maximum(np.hypot(x, y) - 0.95, 0.8 - np.hypot(x - 0.5, y))


def arrow(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pointing up: a triangle on a shaft."""
    x = abs(x)
    head = np.maximum(y + 0.02, (0.98 * x - 0.86 * (y + 1)) / np.hypot(0.98, 0.86))
    shaft = np.maximum(x - 0.29, abs(y - 0.2) - 0.75)  # reaches into the head, so that no seam shows
    return np.minimum(head, shaft)


def hexagon(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Inside of three pairs of parallel lines."""
    x, y = abs(x), abs(y)
    return np.maximum(y, _SIN60 * x + y / 2) - 0.84


OUTLINES: dict[str, Outline] = {
    outline.__name__: outline for outline in (circle, square, triangle, star, cross, ring, heart, moon, arrow, hexagon)
}
