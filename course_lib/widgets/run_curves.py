"""The curves of the runs of a lesson over one another, in a figure that is kept: a new point moves the lines only."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from course_lib.viz.curves import Record, series
from course_lib.viz.style import INK, PALETTE, QUIET, quiet_axes, styled

from .parts import empty_figure, png

MAX_LOSS = 5.0  # a training that explodes must not flatten the others


class RunCurves:
    """Two panels over the epochs: the training's loss and the validation's accuracy.

    Args:
        goal: An accuracy in percent that is to be beaten, drawn as a dashed line.
    """

    width_px, height_px = 820, 290

    @styled
    def __init__(self, goal: float | None = None) -> None:
        self.figure = empty_figure(self.width_px, self.height_px)
        self.loss, self.accuracy = self.figure.subplots(1, 2)
        self.figure.subplots_adjust(left=0.06, right=0.985, bottom=0.16, top=0.78, wspace=0.16)
        self.loss.set_title("Training loss")
        self.accuracy.set_title("Validation accuracy in %")
        for axes in (self.loss, self.accuracy):
            quiet_axes(axes)
            axes.set_xlabel("epoch")
            axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        self.accuracy.set_ylim(0, 100)
        if goal is not None:
            self.accuracy.axhline(goal, color=INK, lw=1.0, ls=(0, (4, 3)))
            at_left = self.accuracy.get_yaxis_transform()
            self.accuracy.text(0.01, goal + 1.5, f"goal: {goal:g} %", transform=at_left, color=QUIET, fontsize=9)
        self.lines: list[tuple[Line2D, Line2D]] = []

    @styled
    def png(self, runs: Mapping[str, Sequence[Record]], epochs: float) -> bytes:
        """The picture of all runs, by name, the last drawn thickest; with room for ``epochs`` of them."""
        while len(self.lines) < len(runs):
            colour = PALETTE[len(self.lines) % len(PALETTE)]
            (loss,) = self.loss.plot([], [], color=colour)
            (accuracy,) = self.accuracy.plot([], [], color=colour, marker="o", markersize=4)
            self.lines.append((loss, accuracy))
        highest = 1.0
        for index, ((loss, accuracy), records) in enumerate(zip(self.lines, runs.values(), strict=True)):
            newest = index == len(runs) - 1
            highest = max(highest, move(loss, records, "loss", newest))
            move(accuracy, records, "val/accuracy/top1", newest)
        self.loss.set(xlim=(0, 1.02 * epochs), ylim=(0, 1.08 * min(highest, MAX_LOSS)))
        self.accuracy.set_xlim(0, 1.02 * epochs)
        self._name(list(runs)[-4:])
        return png(self.figure)

    def _name(self, runs: list[str]) -> None:
        """The legend of the last runs."""
        for legend in self.figure.legends[:]:
            legend.remove()
        lines = [accuracy for _, accuracy in self.lines[-len(runs) :]] if runs else [Line2D([], [], lw=0)]
        self.figure.legend(
            lines,
            runs or ["no run yet"],
            loc="upper left",
            bbox_to_anchor=(0.045 if runs else 0.01, 1.0),
            ncols=4,
            frameon=False,
            handlelength=1.4,
            columnspacing=1.4,
        )


def move(line: Line2D, records: Sequence[Record], name: str, newest: bool) -> float:
    """Give a line the values of that name; returns the highest."""
    kept = [record for record in records if name in record]
    values = series(kept, name)[1]
    line.set_data([record["epoch"] for record in kept], values)
    line.set(linewidth=2.4 if newest else 1.3, alpha=1.0 if newest else 0.75, zorder=3 if newest else 2)
    finite = values[np.isfinite(values)]
    return float(finite.max()) if len(finite) else 0.0
