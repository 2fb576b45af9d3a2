"""Trials side by side: what each came to, and how far its seeds and folds lie apart."""

from collections.abc import Sequence
from statistics import fmean

from matplotlib.figure import Figure

from .style import INK, PALETTE, new_figure, quiet_axes, styled


@styled
def trials_figure(
    names: Sequence[str], values: Sequence[Sequence[float]], *, metric: str = "", title: str = ""
) -> Figure:
    """Draw a row a trial: a dot for each training, a bar at their mean with its number.

    Args:
        names: What each trial tried, the best first.
        values: What its trainings came to, each of the same length or not.
        metric: What the values are.

    Raises:
        ValueError: no trial, another number of names than of values, or a trial without a value.
    """
    if not names or len(names) != len(values) or not all(values):
        raise ValueError("every trial needs a name and at least one value.")
    figure = new_figure(800, 70 + 30 * len(names) + 26 * bool(title))
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    axes = figure.subplots()
    quiet_axes(axes, grid="x")
    axes.spines["left"].set_visible(False)
    for row, its_values in enumerate(values):
        mean = fmean(its_values)
        axes.plot(its_values, [row] * len(its_values), "o", color=PALETTE[0], markersize=6, alpha=0.45, mew=0)
        axes.plot([mean, mean], [row - 0.28, row + 0.28], color=PALETTE[0], lw=2.5)
        axes.annotate(
            f"{mean:.2f}", (1.01, row), xycoords=("axes fraction", "data"), va="center", color=INK, fontsize=9.5
        )
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.margins(x=0.06)
    axes.set_title(metric)
    return figure
