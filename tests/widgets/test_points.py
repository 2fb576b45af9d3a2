"""The points playground, driven by its values; with and without the part that runs in the browser."""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from course_lib.widgets import PointsPlayground
from course_lib.widgets.points import as_arrays, parse, separable

XOR = [(-0.5, -0.5, -1), (0.5, 0.5, -1), (-0.5, 0.5, 1), (0.5, -0.5, 1)]


def test_separable() -> None:
    assert not separable(*as_arrays(XOR))
    assert separable(*as_arrays(XOR[:3]))
    assert separable(*as_arrays([]))
    # a tight but real gap
    assert separable(np.array([[0.0, 0.0], [0.001, 0.0]]), np.array([-1, 1]))
    # the same place, twice, with two classes
    assert not separable(np.zeros((2, 2)), np.array([-1, 1]))


def test_parse() -> None:
    assert parse("0.5 -0.2 +1\n\n -1, 1, -1 ") == [(0.5, -0.2, 1), (-1.0, 1.0, -1)]
    for text, message in (
        ("0.5", "line 1: write x, y"),
        ("0 0 1\na b c", "line 2: write x"),
        ("0 0 2", "the class is"),
    ):
        with pytest.raises(ValueError, match=message):
            parse(text)
    with pytest.raises(ValueError, match="go from -1 to 1"):
        parse("0 1.5 1")


def test_clicked_points_are_answered_with_a_line() -> None:
    playground = PointsPlayground(XOR[:2], goal="confuse")
    assert "Add points of both classes." in playground.text.value
    assert playground.view is not None
    playground.view.points = [list(point) for point in XOR[:3]]
    assert "A line, found after" in playground.text.value and playground.view.wrong == []
    X, y = as_arrays(playground.points())
    w1, w2, b = playground.view.line
    assert (np.where(X @ [w1, w2] + b >= 0, 1, -1) == y).all()
    playground.view.points = [list(point) for point in XOR]
    assert "Goal reached. 300 corrections and still" in playground.text.value and playground.view.wrong
    assert playground.trouble.value == ""
    playground.view.points = []
    assert playground.view.line == [] and playground.still().startswith(b"\x89PNG")


def test_goal_to_separate() -> None:
    playground = PointsPlayground(XOR[1:3])
    assert "Goal reached. A line, found after" in playground.text.value


def test_points_as_text() -> None:
    playground = PointsPlayground(XOR[1:3], clickable=False)
    before = playground.image.value
    playground.lines.value += "\n0.9 0.9 -1"
    assert len(playground.points()) == 3 and playground.image.value != before
    playground.lines.value = "nonsense"
    assert "line 1: write x, y and the class" in playground.trouble.value
    playground.lines.value = "0 0 1"
    assert playground.trouble.value == ""


def test_without_anywidget_the_points_are_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "course_lib.widgets.points_view", raising=False)
    assert PointsPlayground(XOR).view is None


def test_browser_part_is_one_module_that_draws() -> None:
    source = Path(sys.modules["course_lib.widgets.points"].__file__ or "").with_name("points.js").read_text()
    assert "export default { render }" in source
    assert "http" not in source.replace("http://www.w3.org/2000/svg", "")  # nothing is fetched
    positions = [source.index(f"function {name}") for name in ("shape", "nearest", "drawLine", "drawPoint", "render")]
    assert all(one < other for one, other in pairwise(positions))
