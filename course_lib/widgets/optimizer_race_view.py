"""The kept picture of the optimizer race: the ways on the map of a landscape, and the loss over the steps beside it.

What does not move is drawn once for each landscape; a slider draws the ways and the curves only.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator

from course_lib.viz.style import INK, PALETTE, QUIET, log_scale, quiet_axes, styled

from .descent import GOAL_LOSS, NUM_STEPS, OPTIMIZERS, Run
from .landscapes import BOX, LANDSCAPES, Point
from .parts import empty_figure, encoded

COLOURS = dict(zip(OPTIMIZERS, PALETTE, strict=False))
MARKERS = dict(zip(OPTIMIZERS, "osD^vP", strict=True))  # for who cannot tell the colours apart
LOWEST, HIGHEST = 1e-5, 30.0
NUM_LEVELS = 12


class RacePicture:
    """The picture, at each move another PNG."""

    size_px = (840, 340)

    @styled
    def __init__(self) -> None:
        self.figure = empty_figure(*self.size_px)
        self.map = self.figure.add_axes((0.045, 0.12, 0.43, 0.74))
        self.curves = self.figure.add_axes((0.56, 0.12, 0.425, 0.74))
        self._label_curves(self.curves)
        pairs = [(self._line(self.map, name), self._line(self.curves, name)) for name in OPTIMIZERS]
        self.lines = dict(zip(OPTIMIZERS, pairs, strict=True))
        (self.start,) = self.map.plot([], [], "o", color="white", mec=INK, mew=1.6, ms=8)
        self.moving: list[Artist] = [line for pair in pairs for line in pair]
        self.moving.append(self.start)
        for artist in self.moving:
            artist.set_animated(True)
        names = [Line2D([], [], color=COLOURS[name], marker=MARKERS[name], ms=5.5, lw=1.8) for name in OPTIMIZERS]
        self.figure.legend(
            names, list(OPTIMIZERS), loc="upper left", bbox_to_anchor=(0.035, 1.01), ncols=6, columnspacing=1.6
        )
        self.canvas = FigureCanvasAgg(self.figure)
        self.backgrounds: dict[str, Any] = {}  # by landscape

    def _line(self, axes: Axes, name: str) -> Line2D:
        (line,) = axes.plot([], [], color=COLOURS[name], marker=MARKERS[name], ms=6, mec="white", mew=0.8, lw=1.5)
        return line

    def _label_curves(self, axes: Axes) -> None:
        quiet_axes(axes)
        log_scale(axes)
        axes.set(xlim=(0, NUM_STEPS), ylim=(LOWEST, HIGHEST), xlabel="step")
        axes.yaxis.set_major_locator(FixedLocator([1e-4, 1e-2, 1.0]))
        axes.axhline(GOAL_LOSS, color=INK, lw=1.0, ls=(0, (4, 3)))
        axes.text(
            NUM_STEPS, HIGHEST, "dashed: to arrive is to stay below", color=QUIET, fontsize=9, ha="right", va="top"
        )
        axes.set_ylabel("loss")

    @styled
    def _background(self, name: str) -> Any:
        """The picture of a landscape without anything on it."""
        axes, ground = self.map, LANDSCAPES[name]
        for artist in (*axes.collections, *axes.texts, *(line for line in axes.lines if line not in self.moving)):
            artist.remove()
        left, right, bottom, top = BOX
        w1, w2 = np.meshgrid(np.linspace(left, right, 181), np.linspace(bottom, top, 141))
        losses = ground.loss(np.stack([w1, w2], axis=-1))
        levels = losses.max() * np.linspace(0, 1, NUM_LEVELS + 1) ** 3  # closer together where it is low
        axes.contourf(w1, w2, losses, levels, colors=[f"{0.80 + 0.2 * i / NUM_LEVELS:.3f}" for i in range(NUM_LEVELS)])
        axes.contour(w1, w2, losses, levels[1:-1], colors="#b4b4b4", linewidths=0.6)
        axes.plot(*np.array(ground.minima).T, "*", color=INK, ms=11, mec="white", mew=0.8)
        axes.set(xlim=BOX[:2], ylim=BOX[2:], aspect="equal", xlabel="weight 1", ylabel="weight 2")
        axes.tick_params(length=0)
        axes.locator_params(nbins=7)
        self.canvas.draw()
        return self.canvas.copy_from_bbox(self.figure.bbox)

    def png(self, landscape: str, runs: Mapping[str, Run], start: Point) -> bytes:
        """The picture of a race.

        Args:
            landscape: A key of ``LANDSCAPES``.
            runs: By the names of ``OPTIMIZERS``; who is not among them is not drawn.
        """
        if landscape not in self.backgrounds:
            self.backgrounds[landscape] = self._background(landscape)
        self.start.set_data([start[0]], [start[1]])
        for name, (way, curve) in self.lines.items():
            way.set_visible(name in runs)
            curve.set_visible(name in runs)
            if name in runs:
                each = runs[name]
                way.set_data(*each.points.T)
                way.set_markevery([len(each.points) - 1])  # where it is in the end
                curve.set_data(np.arange(len(each.losses)), np.maximum(each.losses, LOWEST / 10))
                curve.set_markevery([] if each.arrived is None else [each.arrived])
        self.canvas.restore_region(self.backgrounds[landscape])
        for artist in self.moving:
            if artist.get_visible():
                artist.axes.draw_artist(artist)  # type: ignore[union-attr]
        return encoded(self.canvas)
