"""The kept picture of depth × shortcuts: gradients by layer on the left, losses by depth on the right.

Axes and text are drawn once; a move draws what differs between networks only.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator

from course_lib.viz.style import INK, QUIET, log_scale, quiet_axes, styled

from .parts import BLUE, GREEN, ORANGE, empty_figure, encoded

Network = tuple[int, bool]  # its depth, and whether it has shortcuts
Gradients = Mapping[Network, Sequence[float]]
COLOURS = {True: BLUE, False: ORANGE}
MARKS = {True: "s", False: "o"}
NAMES = {False: "plain", True: "with shortcuts"}


class DepthPicture:
    """The picture, at each move another PNG.

    Args:
        gradients: Of each layer, of every network that can be chosen.
        limit: Below this loss a network has learnt: a green band.
    """

    size_px = (820, 330)

    @styled
    def __init__(self, gradients: Gradients, limit: float) -> None:
        self.gradients = gradients
        self.depths = sorted({depth for depth, _ in gradients})
        self.figure = empty_figure(*self.size_px)
        self.layers, self.losses = self.figure.subplots(1, 2, width_ratios=(1.15, 1))
        self.figure.subplots_adjust(left=0.065, right=0.985, bottom=0.15, top=0.89, wspace=0.2)
        self.lines = {shortcuts: self._line(shortcuts) for shortcuts in (False, True)}
        self.dots = {
            shortcuts: self.losses.plot([], [], MARKS[shortcuts], color=COLOURS[shortcuts], ms=8, mec="white")[0]
            for shortcuts in (False, True)
        }
        self._label_layers()
        self._label_losses(limit)
        self.moving: list[Artist] = [*self.lines.values(), *self.dots.values(), self.chosen, self.question]
        for artist in self.moving:
            artist.set_animated(True)
        self.canvas = FigureCanvasAgg(self.figure)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(self.figure.bbox)

    def _line(self, shortcuts: bool) -> Line2D:
        return self.layers.plot([], [], MARKS[shortcuts], ls="-", color=COLOURS[shortcuts])[0]

    def _label_layers(self) -> None:
        values = np.concatenate([np.asarray(each) for each in self.gradients.values()])
        values = values[values > 0]
        quiet_axes(self.layers)
        log_scale(self.layers)
        self.layers.set(xlim=(-0.5, self.depths[-1] + 1), ylim=(values.min() / 2, values.max() * 2))
        self.layers.set_title("Size of the gradient, before training")
        self.layers.set_xlabel("layer: 1 sees the picture")
        marks = [Line2D([], [], marker=MARKS[kind], color=COLOURS[kind]) for kind in NAMES]
        self.layers.legend(marks, NAMES.values(), loc="upper right", handlelength=1.8, labelspacing=0.3)

    def _label_losses(self, limit: float) -> None:
        quiet_axes(self.losses)
        last = self.depths[-1]
        self.losses.set(xlim=(3, last + 15), ylim=(0, 2.6))
        self.losses.xaxis.set_major_locator(FixedLocator(self.depths))
        self.losses.axhspan(0, limit, color=GREEN, alpha=0.15, lw=0)
        self.losses.text(last + 3, limit - 0.06, "it learns", color=GREEN, va="top", fontsize=9)
        self.losses.axhline(np.log(10), color=QUIET, lw=1, ls=(0, (4, 3)))
        self.losses.text(last + 3, np.log(10) + 0.04, "guessing", color=QUIET, va="bottom", fontsize=9)
        self.losses.set_title("Training loss in the end")
        self.losses.set_xlabel("layers")
        self.chosen = self.losses.axvline(0, color=INK, lw=1, alpha=0.5, zorder=1)
        self.question = self.losses.text(0, 1.3, "?", ha="center", va="center", fontsize=22, weight="bold", zorder=1.5)
        self.question.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 2})

    @styled
    def png(self, network: Network, found: Mapping[Network, float]) -> bytes:
        """The picture with that network chosen, its twin faint, and the losses that are known."""
        depth, chosen = network
        for shortcuts, line in self.lines.items():
            values = np.asarray(self.gradients[depth, shortcuts])
            line.set_data(np.arange(1, len(values) + 1), values)
            bright = shortcuts == chosen
            line.set(
                alpha=1.0 if bright else 0.28, lw=2.0 if bright else 1.4, ms=4.5 if bright else 3, zorder=2 + bright
            )
            known = [(each, min(loss, 2.5)) for (each, kind), loss in sorted(found.items()) if kind == shortcuts]
            self.dots[shortcuts].set_data([each for each, _ in known], [loss for _, loss in known])
        self.chosen.set_xdata([depth, depth])
        self.question.set(x=depth, color=COLOURS[chosen], visible=network not in found)
        self.canvas.restore_region(self.background)
        for artist in sorted(self.moving, key=lambda each: each.zorder):
            artist.axes.draw_artist(artist)  # type: ignore[union-attr]
        return encoded(self.canvas)
