"""Pictures of lesson 12: many schedules beside one another, and what came of trainings with several seeds."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course_lib.viz.style import INK, PALETTE, QUIET, new_figure, quiet_axes, styled

COLUMNS = 4


@styled
def rates_figure(curves: Mapping[str, np.ndarray]) -> Figure:
    """A panel for each schedule, by name, all to the same scale.

    Args:
        curves: The rate of every step, each of shape (steps,), as ``lr_curve`` gives it.
    """
    rows = -(-len(curves) // COLUMNS)
    figure = new_figure(820, 170 * rows + 20)
    panels = figure.subplots(rows, min(COLUMNS, len(curves)), sharex=True, sharey=True, squeeze=False)
    highest = max(float(rates.max()) for rates in curves.values())
    for axes in panels.flat[len(curves) :]:
        axes.remove()
    for axes, (name, rates) in zip(panels.flat, curves.items(), strict=False):
        quiet_axes(axes)
        axes.set_title(name)
        axes.plot(np.arange(len(rates)), rates, color=PALETTE[0])
        axes.set_ylim(0, 1.12 * highest)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    for axes in panels[-1]:
        axes.set_xlabel("step")
    return figure


@styled
def seeds_figure(results: Mapping[str, Sequence[float]]) -> Figure:
    """A line for each way of training, by name: a dot for each seed, and a bar at their mean.

    Args:
        results: Accuracies in percent.
    """
    figure = new_figure(820, 60 + 38 * len(results))
    axes = figure.subplots()
    quiet_axes(axes, grid="x")
    for row, values in enumerate(results.values()):
        mean = float(np.mean(values))
        axes.plot(values, [row] * len(values), "o", color=PALETTE[0], alpha=0.65, markersize=7, lw=0)
        axes.plot([mean, mean], [row - 0.3, row + 0.3], color=INK, lw=2.2)
        axes.text(102, row, f"{mean:.0f} %", va="center", color=INK)
    axes.set_yticks(range(len(results)), list(results), color=INK, fontsize=10)
    axes.set(xlim=(0, 101), ylim=(len(results) - 0.5, -0.5))
    axes.set_xlabel("accuracy in %: a dot a seed, the bar their mean", color=QUIET)
    return figure
