"""The points playground: click points of two classes into the plane, and a perceptron looks for a line at each click.

Drawn in the browser (``points.js``), computed here. Where anywidget is missing, the points are lines of text beside a
picture.
"""

import html
from collections.abc import Sequence
from typing import Any, Literal

import ipywidgets
import numpy as np

from .parts import GREEN, ORANGE, allow_own_views, guarded, picture, sentence
from .perceptron import beside, count, formula, run_to_end, start
from .plane import Plane, mistakes

Point = tuple[float, float, int]
MAX_CORRECTIONS = 300


def separable(X: np.ndarray, y: np.ndarray) -> bool:
    """Whether any line has all points (N, D) on their sides: a w and b with y (w·x + b) ≥ 1 for every point."""
    from scipy.optimize import linprog

    if not len(X):
        return True
    with_one = np.column_stack([X, np.ones(len(X))])  # (N, D + 1)
    found = linprog(
        np.zeros(with_one.shape[1]), A_ub=-y[:, None] * with_one, b_ub=-np.ones(len(X)), bounds=(None, None)
    )
    return bool(found.status == 0)


def as_arrays(points: Sequence[Sequence[float]]) -> tuple[np.ndarray, np.ndarray]:
    """X (N, 2) and y (N,) of points [x, y, class]."""
    rows = np.array(points, dtype=float).reshape(-1, 3)  # (N, 3)
    return rows[:, :2], rows[:, 2].astype(int)


def parse(text: str) -> list[Point]:
    """Points of lines such as ``0.5 -0.2 +1``; x and y from -1 to 1, then the class.

    Raises:
        ValueError: a line is something else; with its number.
    """
    points: list[Point] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.replace(",", " ").split()
        if not words:
            continue
        try:
            x, y, label = (float(word) for word in words)
        except ValueError:
            raise ValueError(f"line {number}: write x, y and the class, such as 0.5 -0.2 +1") from None
        if label not in (-1, 1) or not (-1 <= x <= 1 and -1 <= y <= 1):
            raise ValueError(f"line {number}: x and y go from -1 to 1, the class is -1 or +1")
        points.append((x, y, int(label)))
    return points


class PointsPlayground(ipywidgets.VBox):
    """Points of two classes, and the line that a perceptron finds for them.

    Args:
        points: Those at the beginning: (x, y, class -1 or +1), coordinates from -1 to 1.
        goal: ``'separate'`` or ``'confuse'``: place points for which there is a line, or is none.
        names: Of the classes -1 and +1.
        clickable: False gives the points as text, as where anywidget is missing.
    """

    def __init__(
        self,
        points: Sequence[Point] = (),
        goal: Literal["separate", "confuse"] = "separate",
        names: tuple[str, str] = ("-1", "+1"),
        clickable: bool = True,
    ) -> None:
        self.goal, self.names = goal, names
        self.text, self.trouble = ipywidgets.HTML(), ipywidgets.HTML()
        self.view = make_view(names) if clickable else None
        self.lines = ipywidgets.Textarea(
            "\n".join(f"{x:g} {y:g} {label:+d}" for x, y, label in points),
            continuous_update=False,
            layout=ipywidgets.Layout(width="220px", height="200px"),
        )
        self.image = picture(Plane.width_px, Plane.height_px)
        aim = "Goal: points that a line separates." if goal == "separate" else "Goal: points that no line separates."
        head = ipywidgets.HTML(sentence(aim, bold=True))
        if self.view is None:
            how = ipywidgets.HTML(sentence("A point a line: x, y, class. Then press Tab."))
            self.lines.observe(guarded(self.trouble, self.update), "value")
            shown = beside(self.image, ipywidgets.VBox([how, self.lines, self.text, self.trouble]))
        else:
            self.view.points = [list(point) for point in points]
            self.view.observe(guarded(self.trouble, self.update), "points")
            shown = ipywidgets.VBox([self.view, self.text, self.trouble])
        super().__init__([head, shown])
        self.add_class("course-points")
        guarded(self.trouble, self.update)()

    def points(self) -> list[Point]:
        """The points as they are now."""
        if self.view is None:
            return parse(self.lines.value)
        return [(float(x), float(y), int(label)) for x, y, label in self.view.points]

    def update(self) -> None:
        """Look for a line from the beginning, and say what came of it."""
        X, y = as_arrays(self.points())
        walk = run_to_end(X, y, start(), MAX_CORRECTIONS)
        wrong = mistakes(X, y, walk.w, walk.b)
        has_line = bool(np.any(walk.w))
        if self.view is None:
            self.image.value = self.still()
        else:
            with self.view.hold_sync():
                self.view.line = [*map(float, walk.w), walk.b] if has_line else []
                self.view.wrong = [int(index) for index in wrong]
        verdict, reached = self.verdict(X, y, walk.corrections, len(wrong))
        text = f"<code>{html.escape(formula(walk.w, walk.b))}</code>" if has_line else ""
        colour = GREEN if reached else ORANGE if len(wrong) else "inherit"
        verdict = f"Goal reached. {verdict}" if reached else verdict
        self.text.value = sentence(text) + sentence(verdict, colour=colour, bold=reached)

    def verdict(self, X: np.ndarray, y: np.ndarray, corrections: int, wrong: int) -> tuple[str, bool]:
        """What is said of the points, and whether the goal is reached."""
        if len(set(y.tolist())) < 2:
            return "Add points of both classes.", False
        if not wrong:
            return f"A line, found after {count(corrections, 'correction')}.", self.goal == "separate"
        if separable(X, y):
            return (
                f"Still {wrong} wrong after {corrections} corrections, but there is a line, if a tight one.",
                False,
            )
        return f"{corrections} corrections and still {wrong} wrong: no line can do it.", self.goal == "confuse"

    def still(self) -> bytes:
        """The points and the line as a picture, for pages where no kernel runs."""
        X, y = as_arrays(self.points())
        walk = run_to_end(X, y, start(), MAX_CORRECTIONS)
        return Plane(X, y, self.names, box=(-1.0, 1.0, -1.0, 1.0)).png(walk.w, walk.b)

    _repr_png_ = still


def make_view(names: tuple[str, str]) -> Any:
    """The clickable view, or None where anywidget is not installed."""
    try:
        from .points_view import PointsView
    except ImportError:
        return None
    allow_own_views()
    return PointsView(names=list(names))
