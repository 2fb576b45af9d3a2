"""The picture behind the widgets of lesson 02: points of two classes, and a line that parts the plane in two.

Everything in it is made once, and axes and text are drawn once; a move draws the line and the points only, which takes
a third of the time of the whole.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Polygon

from course_lib.viz.style import GRID, INK, QUIET, styled

from .parts import BLUE, ORANGE, empty_figure, encoded

Box = tuple[float, float, float, float]


def mistakes(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """The indices of the points (N, D) on the wrong side; a score of 0 counts as class +1."""
    return np.flatnonzero(np.where(X @ w + b >= 0, 1, -1) != y)


def half_plane(w: np.ndarray, b: float, box: Box) -> np.ndarray:
    """The corners (n, 2) of the part of a box (left, right, bottom, top) where w·x + b is 0 or more."""
    left, right, bottom, top = box
    corners = np.array([(left, bottom), (right, bottom), (right, top), (left, top)])
    scores = corners @ w + b
    kept: list[np.ndarray] = []
    for i in range(4):
        here, there = scores[i], scores[(i + 1) % 4]
        if here >= 0:
            kept.append(corners[i])
        if (here >= 0) != (there >= 0):  # the line crosses this side of the box
            kept.append(corners[i] + (corners[(i + 1) % 4] - corners[i]) * here / (here - there))
    return np.array(kept).reshape(-1, 2)


def box_around(X: np.ndarray) -> Box:
    """The smallest box around the points (N, 2), with some room."""
    low, high = (X.min(axis=0), X.max(axis=0)) if len(X) else (np.full(2, -1.0), np.full(2, 1.0))
    room = 0.12 * np.maximum(high - low, 0.5)
    (left, bottom), (right, top) = low - room, high + room
    return float(left), float(right), float(bottom), float(top)


class Plane:
    """The kept picture.

    Args:
        X: (N, 2) points.
        y: (N,) classes -1 and +1.
        names: Of the classes -1 and +1, for the legend.
        features: The names of the two axes.
        box: Left, right, bottom, top; found from the points if not given.
    """

    width_px, height_px = 420, 340

    @styled
    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        names: tuple[str, str] = ("-1", "+1"),
        features: tuple[str, str] = ("x1", "x2"),
        box: Box | None = None,
    ) -> None:
        self.X, self.y = X, y
        self.box = box or box_around(X)
        self.figure = empty_figure(self.width_px, self.height_px)
        axes = self.figure.add_axes((0.135, 0.13, 0.85, 0.78))
        axes.set(xlim=self.box[:2], ylim=self.box[2:], xlabel=features[0], ylabel=features[1])
        axes.tick_params(length=0)
        axes.locator_params(nbins=5)
        for spine in axes.spines.values():
            spine.set(visible=True, color=GRID)
        nothing = np.zeros((0, 2))
        self.plus_side = Polygon(nothing, facecolor=ORANGE, alpha=0.13)
        self.minus_side = Polygon(nothing, facecolor=BLUE, alpha=0.13)
        axes.add_patch(self.plus_side)
        axes.add_patch(self.minus_side)
        (self.old_line,) = axes.plot([], [], color=QUIET, lw=1.2, ls=(0, (4, 3)))
        (self.line,) = axes.plot([], [], color=INK, lw=2.0)
        points: list[Artist] = []
        for label, name, colour, marker in ((-1, names[0], BLUE, "o"), (1, names[1], ORANGE, "s")):
            x1, x2 = X[y == label].T
            points += [axes.scatter(x1, x2, 26, color=colour, marker=marker, edgecolor="white", lw=0.7, label=name)]
        self.rings = axes.scatter([], [], 110, facecolor="none", edgecolor=INK, lw=1.3)
        self.mark = axes.scatter([], [], 260, facecolor="none", edgecolor=INK, lw=2.2)
        self.figure.legend(loc="upper left", bbox_to_anchor=(0.125, 1.0), ncols=2, frameon=False, handletextpad=0.2)
        # from the lowest to the uppermost; "animated" leaves them out of the background
        self.moving: list[Artist] = [self.plus_side, self.minus_side, self.old_line, self.line, *points]
        self.moving += [self.rings, self.mark]
        for artist in self.moving:
            artist.set_animated(True)
        self.axes, self.canvas = axes, FigureCanvasAgg(self.figure)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(self.figure.bbox)

    def png(
        self,
        w: Sequence[float] | np.ndarray,
        b: float,
        old: tuple[np.ndarray, float] | None = None,
        mark: int | None = None,
    ) -> bytes:
        """The picture of a line, with small rings around its mistakes.

        Args:
            old: The (w, b) before, drawn dashed.
            mark: The index of a point with a large ring.
        """
        w = np.asarray(w, dtype=float)
        self.plus_side.set_xy(half_plane(w, b, self.box))
        self.minus_side.set_xy(half_plane(-w, -b, self.box))
        self.line.set_data(*self._ends(w, b))
        self.old_line.set_data(*(self._ends(*old) if old is not None else (np.zeros(0), np.zeros(0))))
        self.rings.set_offsets(self.X[mistakes(self.X, self.y, w, b)])
        self.mark.set_offsets(self.X[[mark]] if mark is not None else np.zeros((0, 2)))
        self.canvas.restore_region(self.background)
        for artist in self.moving:
            self.axes.draw_artist(artist)
        return encoded(self.canvas)

    def _ends(self, w: np.ndarray, b: float) -> tuple[np.ndarray, np.ndarray]:
        """Two points of the line, far outside; none where w is 0 and there is no line."""
        length = float(np.hypot(*w))
        if length < 1e-9:
            return np.zeros(0), np.zeros(0)
        reach = 2 * sum(map(abs, self.box))
        foot, along = -b * w / length**2, np.array([-w[1], w[0]]) / length
        ends = np.stack([foot - reach * along, foot + reach * along])
        return ends[:, 0], ends[:, 1]
