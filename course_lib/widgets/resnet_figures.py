"""The figures of lesson 13: losses of several networks with several seeds, and the two blocks."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib.viz.curves import smooth
from course_lib.viz.style import INK, PALETTE, QUIET, apart, new_figure, quiet_axes, styled

from .cnn_figures import frameless
from .parts import BLUE, GREEN, ORANGE

COLOURS = (GREEN, ORANGE, BLUE, *PALETTE[3:])  # as in ``depth_skip_view``, after a shallow network

# --- losses -----------------------------------------------------------------------------------------------------------


@styled
def losses_figure(runs: Mapping[str, Sequence[Sequence[float]]], num_classes: int = 10) -> Figure:
    """The training loss over the steps: a colour for each network, by name, and a line for each of its seeds.

    Args:
        runs: For each network the losses of its trainings, one for each step.
        num_classes: The loss of guessing among them is a dashed line.
    """
    figure = new_figure(820, 350)
    axes = figure.subplots()
    quiet_axes(axes)
    guessing = float(np.log(num_classes))
    longest = max(len(losses) for trainings in runs.values() for losses in trainings)
    axes.axhline(guessing, color=QUIET, lw=1, ls=(0, (4, 3)))
    axes.text(longest, guessing + 0.03, "guessing", color=QUIET, ha="right", va="bottom", fontsize=9)
    ends, highest = [], guessing
    for colour, trainings in zip(COLOURS, runs.values(), strict=False):
        curves = [smooth(np.asarray(losses), 0.85) for losses in trainings]
        for curve in curves:
            axes.plot(np.arange(1, len(curve) + 1), curve, color=colour, lw=1.6, alpha=0.85)
            highest = max(highest, float(curve.max()))
        ends.append(float(np.mean([curve[-1] for curve in curves])))
    axes.set(xlim=(0, longest), ylim=(0, min(1.12 * highest, 1.6 * guessing)))  # what explodes leaves it
    for colour, name, height in zip(COLOURS, runs, apart(ends, 0.16), strict=False):
        axes.text(1.015 * longest, height, name, color=colour, va="center", weight="bold")
    axes.set_xlabel("step")
    axes.set_title("Training loss: a line for each seed")
    return figure


# --- blocks -----------------------------------------------------------------------------------------------------------

BLOCKS = {
    "basic block": ("64 channels", ("3 × 3, 64", "3 × 3, 64"), "64 channels"),
    "bottleneck": ("256 channels", ("1 × 1, 64", "3 × 3, 64", "1 × 1, 256"), "256 channels"),
}


@styled
def blocks_figure() -> Figure:
    """Both blocks as the paper draws them: the branch straight down, the shortcut around it."""
    figure = new_figure(700, 380)
    for axes, (name, (before, layers, after)) in zip(figure.subplots(1, 2), BLOCKS.items(), strict=True):
        draw_block(axes, before, layers, after)
        axes.set_title(name, loc="center")
    return figure


def draw_block(axes: Axes, before: str, layers: Sequence[str], after: str) -> None:
    """One block; its convolutions from top to bottom, each with its kernel and its channels."""
    frameless(axes)
    axes.set(xlim=(-1.2, 1.9), ylim=(-0.05, 1.08))
    heights = np.linspace(0.8, 0.36, len(layers))
    plus, top = 0.17, 0.97
    arrow = {"arrowstyle": "-|>", "color": INK, "lw": 1.3, "shrinkA": 0, "shrinkB": 0}
    stops = [top, *heights, plus]
    for upper, lower in pairwise(stops):
        axes.annotate("", (0, lower + 0.05), (0, upper - (0.05 if upper != top else 0)), arrowprops=arrow)
    for index, (height, layer) in enumerate(zip(heights, layers, strict=True)):
        box = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": BLUE, "lw": 1.6}
        axes.text(0, height, layer, ha="center", va="center", bbox=box, zorder=3)
        if index < len(layers) - 1:
            middle = (height + heights[index + 1]) / 2
            axes.text(0.1, middle, "ReLU", color=QUIET, va="center", fontsize=9)
    axes.text(0, plus, "+", ha="center", va="center", fontsize=15, weight="bold")
    axes.plot(0, plus, "o", ms=20, mfc="none", mec=INK, mew=1.3)
    axes.annotate("", (0, 0), (0, plus - 0.05), arrowprops=arrow)
    axes.text(0.1, 0.07, "ReLU", color=QUIET, va="center", fontsize=9)
    axes.plot([0, 1.1, 1.1], [0.93, 0.93, plus], color=ORANGE, lw=2.2)
    axes.annotate("", (0.13, plus), (1.12, plus), arrowprops={**arrow, "color": ORANGE, "lw": 2.2})
    axes.text(1.17, 0.55, "shortcut", color=ORANGE, weight="bold", va="center")
    axes.text(-0.1, top, before, color=QUIET, ha="right", va="center", fontsize=9)
    axes.text(-0.1, 0.02, after, color=QUIET, ha="right", va="center", fontsize=9)
