"""Learning rate and momentum over the steps, in a figure that is kept: a slider moves its lines only.

Axes and text are drawn once for each height of the upper panel; drawing them takes four times as long as the lines.
"""

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.ticker import MaxNLocator

from course_lib.viz.style import PALETTE, QUIET, quiet_axes, styled

from .parts import empty_figure, encoded

MOST_KEPT = 8  # backgrounds, of 2.5 MB each


class ScheduleCurve:
    """The rate above, beside the constant one; the momentum below."""

    width_px, height_px = 480, 330

    @styled
    def __init__(self, constant: float) -> None:
        self.constant = constant
        self.figure = empty_figure(self.width_px, self.height_px)
        self.lr, self.momentum = self.figure.subplots(2, 1, sharex=True, height_ratios=[2.2, 1])
        self.figure.subplots_adjust(left=0.1, right=0.97, bottom=0.13, top=0.91, hspace=0.38)
        for axes, title in ((self.lr, "Learning rate"), (self.momentum, "Momentum")):
            quiet_axes(axes)
            axes.set_title(title)
        self.lr.axhline(constant, color=QUIET, lw=1.0, ls=(0, (4, 3)))
        at_right = self.lr.get_yaxis_transform()
        self.name = self.lr.text(0.99, 0, f"constant {constant:g}", color=QUIET, fontsize=9, ha="right", va="bottom")
        self.name.set(transform=at_right, y=constant)
        (self.lr_line,) = self.lr.plot([], [], color=PALETTE[0])
        (self.momentum_line,) = self.momentum.plot([], [], color=PALETTE[1])
        self.momentum.set_xlabel("step")
        self.momentum.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        self.momentum.set_ylim(0, 1.05)
        self.lines = (self.lr_line, self.momentum_line)
        for line in self.lines:
            line.set_animated(True)  # not in the background
        self.canvas = FigureCanvasAgg(self.figure)
        self.backgrounds: dict[tuple[int, float], Any] = {}  # by the number of steps and the height

    @styled
    def png(self, lr: np.ndarray, momentum: np.ndarray) -> bytes:
        """The picture of a training whose every step has this rate and this momentum; both of shape (steps,)."""
        steps = np.arange(len(lr))
        self.lr_line.set_data(steps, lr)
        self.momentum_line.set_data(steps, momentum)
        height = 1.15 * max(float(lr.max()), self.constant)
        self.lr.set(xlim=(0, max(len(lr) - 1, 1)), ylim=(0, height))
        if (len(lr), height) not in self.backgrounds:
            if len(self.backgrounds) == MOST_KEPT:
                del self.backgrounds[next(iter(self.backgrounds))]  # the oldest
            self.canvas.draw()
            self.backgrounds[len(lr), height] = self.canvas.copy_from_bbox(self.figure.bbox)
        self.canvas.restore_region(self.backgrounds[len(lr), height])
        for line in self.lines:
            line.axes.draw_artist(line)
        return encoded(self.canvas)
