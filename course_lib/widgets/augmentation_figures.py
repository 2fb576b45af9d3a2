"""What normalising (归一化) does to the values of pictures: their distribution before and after, by channel."""

import numpy as np
from matplotlib.figure import Figure

from course_lib.viz.style import INK, PALETTE, QUIET, new_figure, quiet_axes, styled

CHANNELS = (("red", PALETTE[1]), ("green", PALETTE[2]), ("blue", PALETTE[0]))


@styled
def channel_histograms(before: np.ndarray, after: np.ndarray) -> Figure:
    """Draw how often each value occurs in pictures, both (N, 3, H, W), before and after they are normalised.

    A vertical line marks the mean of each channel.
    """
    figure = new_figure(860, 240)
    names = ("as stored: 0 to 255", "normalised: mean 0, deviation 1")
    for axes, values, title in zip(figure.subplots(1, 2), (before, after), names, strict=True):
        edges = np.linspace(values.min(), values.max(), 41)
        for channel, (name, colour) in enumerate(CHANNELS):
            numbers = np.asarray(values)[:, channel].ravel()
            share = np.histogram(numbers, edges)[0] / len(numbers)
            axes.stairs(100 * share, edges, color=colour, label=name, lw=1.8)
            axes.axvline(numbers.mean(), color=colour, lw=1, ls=(0, (4, 3)))
        axes.set_title(title, color=INK)
        axes.set(xlabel="value of a pixel", ylabel="% of the pixels", ylim=(0, None))
        quiet_axes(axes)
    axes.legend(labelcolor=QUIET)
    return figure
