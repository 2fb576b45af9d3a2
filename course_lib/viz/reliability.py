"""How sure a network was, and how often it was right."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from .style import PALETTE, QUIET, WRONG, new_figure, quiet_axes, styled


@styled
def reliability_figure(
    confidence: np.ndarray, accuracy: np.ndarray, counts: np.ndarray, ece: float, *, title: str = ""
) -> Figure:
    """Draw the accuracy of each bin of confidence against the diagonal, and below how many answers fell into it.

    Args:
        confidence, accuracy: Of each of B bins of equal width, 0…1, (B,); NaN where there is no answer.
        counts: Answers a bin (B,).
        ece: The expected calibration error, 0…1.

    Raises:
        ValueError: they are not of one length.
    """
    confidence, accuracy, counts = np.asarray(confidence), np.asarray(accuracy), np.asarray(counts)
    if not len(confidence) == len(accuracy) == len(counts):
        raise ValueError(f"{len(confidence)} confidences, {len(accuracy)} accuracies, {len(counts)} counts.")
    num_bins = len(counts)
    edges = np.linspace(0, 1, num_bins + 1)
    middle, width = (edges[:-1] + edges[1:]) / 2, 0.92 / num_bins
    figure = new_figure(520, 560 + 26 * bool(title))
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3.2, 1])
    there = counts > 0
    above.plot([0, 1], [0, 1], color=QUIET, lw=1.2, ls=(0, (4, 3)), zorder=3)
    low, high = np.minimum(confidence, accuracy)[there], np.maximum(confidence, accuracy)[there]
    sure = (confidence > accuracy)[there]  # surer than right
    above.bar(middle[there], low, width, color=PALETTE[0])
    for which, colour, label in ((sure, WRONG, "too sure: right less often"), (~sure, PALETTE[4], "right more often")):
        above.bar(middle[there][which], (high - low)[which], width, low[which], color=colour, alpha=0.45, label=label)
    above.set(ylim=(0, 1), xlim=(0, 1), ylabel="were right")
    above.set_title(f"Expected calibration error {100 * ece:.1f} %")
    above.legend(loc="upper left")
    below.bar(middle, counts / max(counts.sum(), 1), width, color="#b0b0b0")
    below.set(xlabel="confidence: the probability of what was said", ylabel="of all answers")
    for axes in (above, below):
        quiet_axes(axes)
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    below.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    return figure
