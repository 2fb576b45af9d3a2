"""The kept picture of an activation: its curve and gradient on the left, what layers leave of a gradient on the right.

Axes and titles are drawn once; a move draws the lines only.
"""

from collections.abc import Callable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.ticker import FixedLocator

from course_lib.viz.style import INK, QUIET, log_scale, quiet_axes, styled

from .parts import BLUE, GREEN, ORANGE, empty_figure, encoded

SCORES = np.linspace(-5, 5, 401)
MOST_LAYERS, LEAST, MOST = 30, 1e-14, 1e4
JUMP = 0.06  # more than any smooth gradient changes from one score to the next


class ActivationPicture:
    """The picture, at each move another PNG.

    Args:
        alive: Between which values a gradient counts as alive: a green band.
    """

    size_px = (820, 320)

    @styled
    def __init__(self, alive: tuple[float, float]) -> None:
        self.figure = empty_figure(*self.size_px)
        self.curves, self.chain = self.figure.subplots(1, 2)
        self.figure.subplots_adjust(left=0.05, right=0.985, bottom=0.15, top=0.86, wspace=0.18)
        (self.curve,) = self.curves.plot([], [], color=BLUE, lw=2.4)
        (self.slope,) = self.curves.plot([], [], color=ORANGE, lw=2.0, ls=(0, (4, 2)))
        (self.later,) = self.curves.plot([], [], "o", color=BLUE, ms=5, alpha=0.45, mew=0)
        (self.first,) = self.curves.plot([], [], "o", color=INK, ms=8, mec="white")
        (self.left,) = self.chain.plot([], [], "-o", color=INK, ms=4.5, lw=1.4)
        self.dead = self.chain.text(15, 3e-9, "", color=ORANGE, ha="center", weight="bold")
        self.name = self.curves.text(0, 1.04, "", transform=self.curves.transAxes, weight="bold", fontsize=11)
        self._label_curves(self.curves)
        self._label_chain(self.chain, alive)
        self.moving: list[Artist] = [self.slope, self.curve, self.later, self.first, self.name, self.left, self.dead]
        for artist in self.moving:
            artist.set_animated(True)
        self.canvas = FigureCanvasAgg(self.figure)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(self.figure.bbox)

    def _label_curves(self, axes: Axes) -> None:
        quiet_axes(axes, grid="both")
        axes.set(xlim=(-5, 5), ylim=(-2.2, 4.2), xlabel="score: what the neuron has summed up")
        axes.axhline(0, color="#b0b0b0", lw=0.8)
        axes.axvline(0, color="#b0b0b0", lw=0.8)
        marks = [self.curve, self.slope, self.first, self.later]
        names = ["activation", "its gradient", "in layer 1", "in later layers"]
        axes.legend(marks, names, loc="upper left", handlelength=1.8, labelspacing=0.3)

    def _label_chain(self, axes: Axes, alive: tuple[float, float]) -> None:
        quiet_axes(axes)
        log_scale(axes)
        axes.set(xlim=(-0.6, MOST_LAYERS + 0.6), ylim=(LEAST, MOST), xlabel="layers that the gradient has passed")
        axes.yaxis.set_major_locator(FixedLocator([10.0**power for power in range(-12, 5, 4)]))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}" if value >= 1 else f"1e{np.log10(value):.0f}")
        axes.axhspan(*alive, color=GREEN, alpha=0.15, lw=0)
        axes.text(MOST_LAYERS, alive[1] * 1.6, "alive", color=GREEN, ha="right", va="bottom", fontsize=9)
        axes.text(MOST_LAYERS, 2e-12, "vanished", color=QUIET, ha="right", va="bottom", fontsize=9)
        axes.set_title("What is left of the gradient")

    @styled
    def png(
        self,
        name: str,
        function: Callable[[np.ndarray], np.ndarray],
        gradient: Callable[[np.ndarray], np.ndarray],
        scores: np.ndarray,
        remaining: np.ndarray,
    ) -> bytes:
        """The picture of a chain.

        Args:
            scores: (n,) what the activations of n layers were given; remaining: (n + 1,) what is left after each.
        """
        self.name.set_text(name)
        self.curve.set_data(SCORES, function(SCORES))
        slopes = gradient(SCORES)
        slopes[:-1][np.abs(np.diff(slopes)) > JUMP] = np.nan  # a jump is no line
        self.slope.set_data(SCORES, slopes)
        self.first.set_data(scores[:1], function(scores[:1]))
        self.later.set_data(scores[1:], function(scores[1:]))
        shown = np.clip(np.abs(remaining), LEAST, MOST)
        self.left.set_data(np.arange(len(shown)), np.where(remaining == 0, np.nan, shown))
        self.dead.set_text(f"0 from layer {np.argmin(remaining != 0)} on" if (remaining == 0).any() else "")
        self.canvas.restore_region(self.background)
        for artist in self.moving:
            artist.axes.draw_artist(artist)  # type: ignore[union-attr]
        return encoded(self.canvas)
