"""The loss at rising learning rates: where it begins to fall, where it falls fastest, where it explodes."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from .style import PALETTE, QUIET, new_figure, quiet_axes, styled


@styled
def lr_range_figure(
    lr: np.ndarray, loss: np.ndarray, smoothed: np.ndarray, marks: Mapping[str, float] | None = None, *, title: str = ""
) -> Figure:
    """Draw a range test.

    Args:
        lr: The rates, shape (n,), rising.
        loss: The loss at each, shape (n,), drawn faintly.
        smoothed: The same without the noise, shape (n,).
        marks: Rates to point out, by what they are called.
    """
    figure = new_figure(800, 380 + 26 * bool(title))
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    axes = figure.subplots()
    quiet_axes(axes)
    axes.set_title("Loss")
    axes.set_xscale("log")
    axes.set_xlim(lr[0], lr[-1])
    axes.xaxis.set_major_locator(LogLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda rate, _: f"{rate:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("learning rate")
    axes.plot(lr, loss, color=PALETTE[0], lw=0.8, alpha=0.3)
    axes.plot(lr, smoothed, color=PALETTE[0])
    # a loss that has exploded would press everything else flat
    low, start = float(smoothed.min()), float(smoothed[: max(len(smoothed) // 10, 1)].mean())
    height = max(start - low, 1e-9)
    axes.set_ylim(low - 0.15 * height, start + 0.6 * height)
    rates = sorted((marks or {}).values())
    for number, (name, rate) in enumerate((marks or {}).items()):
        leftmost = len(rates) > 1 and rate == rates[0]
        colour = PALETTE[(number + 1) % len(PALETTE)]
        value = float(np.interp(np.log(rate), np.log(lr), smoothed))
        axes.axvline(rate, color=colour, lw=1, ls=(0, (4, 3)))
        axes.plot([rate], [value], "o", color=colour, markersize=6)
        axes.annotate(
            f"{name}\n{rate:.2g}", (rate, 0.97), xycoords=("data", "axes fraction"), color=colour, fontsize=9.5,
            xytext=(-5 if leftmost else 5, 0), textcoords="offset points", ha="right" if leftmost else "left", va="top",
        )  # fmt: skip
    axes.set_title("faint: each batch", loc="right", fontsize=9, fontweight="normal", color=QUIET)
    return figure
