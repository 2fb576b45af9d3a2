"""Half-planes against counted areas, and the picture against its own pixels."""

import io

import numpy as np
import pytest
from PIL import Image

from course_lib.widgets.plane import Plane, box_around, half_plane, mistakes

BOX = (-1.0, 1.0, -1.0, 1.0)


def area(corners: np.ndarray) -> float:
    x, y = corners.T
    return 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))


@pytest.mark.parametrize(
    ("w", "b", "expected"),
    [((1, 0), 0, 2.0), ((1, 1), 0, 2.0), ((0, 1), -0.5, 1.0), ((0, 0), 1, 4.0), ((1, 0), -2, 0.0)],
)
def test_half_plane_by_hand(w: tuple[float, float], b: float, expected: float) -> None:
    assert area(half_plane(np.array(w, dtype=float), b, BOX)) == pytest.approx(expected)


def test_half_plane_has_the_share_of_random_points() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, size=(20000, 2))
    for _ in range(20):
        w, b = rng.normal(size=2), float(rng.normal())
        share = np.mean(points @ w + b >= 0)
        assert area(half_plane(w, b, BOX)) / 4 == pytest.approx(share, abs=0.02)


def test_mistakes_and_box() -> None:
    X, y = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 3.0]]), np.array([1, 1, -1])
    assert mistakes(X, y, np.array([1.0, 0.0]), 0.0).tolist() == [1, 2]
    left, right, bottom, top = box_around(X)
    assert left < -1 and right > 1 and bottom < 0 and top > 3
    assert box_around(np.zeros((0, 2)))[0] < -1


def colours(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).reshape(-1, 3)


def test_picture_follows_the_line() -> None:
    X, y = np.array([[-1.0, -1.0], [1.0, 1.0]]), np.array([-1, 1])
    plane = Plane(X, y)
    size = Image.open(io.BytesIO(plane.png((1, 0), 0.0))).size
    assert size == (2 * Plane.width_px, 2 * Plane.height_px)
    # orange-tinted pixels, where class +1 is, are all but gone when the line says -1 everywhere
    everywhere, nowhere = colours(plane.png((0, 0), 1.0)), colours(plane.png((0, 0), -1.0))
    orange = np.array(everywhere[np.argmax(everywhere[:, 0].astype(int) - everywhere[:, 2])])
    assert (everywhere[:, 0] > everywhere[:, 2]).mean() > 0.5 > 0.01 > (nowhere[:, 0] > nowhere[:, 2]).mean()
    assert orange[0] > orange[2]


def test_drawing_again_leaves_no_trace_of_the_last() -> None:
    X, y = np.array([[-1.0, -1.0], [1.0, 1.0]]), np.array([-1, 1])
    plane = Plane(X, y)
    first = plane.png((1, 2), 0.3)
    plane.png((-1, 1), 0.7, old=(np.array([1.0, 0.0]), 0.1), mark=1)
    assert plane.png((1, 2), 0.3) == first
