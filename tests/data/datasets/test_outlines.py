"""The outlines are distances: their slope is 1, and their areas are those of geometry."""

import numpy as np
import pytest

from course_lib.data.datasets.outlines import OUTLINES

SIDE = 801
AT = np.linspace(-1.2, 1.2, SIDE)
X, Y = np.meshgrid(AT, AT)
CELL = (AT[1] - AT[0]) ** 2


@pytest.mark.parametrize("name", OUTLINES)
def test_the_slope_across_the_outline_is_one(name: str) -> None:
    distance = OUTLINES[name](X, Y)
    dy, dx = np.gradient(distance, AT, AT)
    near = abs(distance) < 0.02
    assert np.median(np.hypot(dx, dy)[near]) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("name", OUTLINES)
def test_the_shape_fills_the_unit_circle_and_stays_in_it(name: str) -> None:
    inside = OUTLINES[name](X, Y) < 0
    assert 0.85 < np.hypot(X, Y)[inside].max() < 1.08  # scenes.py leaves room for 1.08
    assert abs((X[inside].max() + X[inside].min()) / 2) < 0.25
    assert abs((Y[inside].max() + Y[inside].min()) / 2) < 0.15


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("circle", np.pi * 0.9**2),
        ("ring", np.pi * (0.93**2 - 0.47**2)),
        ("square", 1.52**2),
        ("triangle", 3 * 3**0.5 * 0.5**2),
        ("hexagon", 2 * 3**0.5 * 0.84**2),
        ("cross", 2 * 1.9 * 0.6 - 0.6**2),
        ("star", 10 * 0.5 * 1.05 * 0.46 * np.sin(np.pi / 5)),
    ],
)
def test_areas(name: str, area: float) -> None:
    assert np.sum(OUTLINES[name](X, Y) < 0) * CELL == pytest.approx(area, rel=0.01)
