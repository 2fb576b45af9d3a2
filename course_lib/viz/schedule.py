"""The learning rate over a whole training, before it has begun."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .style import INK, PALETTE, QUIET, log_scale, new_figure, quiet_axes, styled


@styled
def schedule_figure(
    lr: np.ndarray, epoch_len: int, *, momentum: np.ndarray | None = None, log: bool = False, title: str = ""
) -> Figure:
    """Draw the rate of every step, with epochs below and steps above; the momentum under it where it moves.

    Args:
        lr: The rate of each step, shape (steps,).
        epoch_len: Steps in an epoch.
        momentum: The momentum of each step, shape (steps,).
        log: The rate on a logarithmic axis.
    """
    has_momentum = momentum is not None
    figure = new_figure(800, (340 if not has_momentum else 500) + 26 * bool(title))
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    rows = figure.subplots(1 + has_momentum, 1, sharex=True, squeeze=False, height_ratios=[2, 1][: 1 + has_momentum])
    top, bottom = rows[0, 0], rows[-1, 0]
    _draw(top, lr, epoch_len, "Learning rate", PALETTE[0])
    if log:
        log_scale(top)
        positive = lr[lr > 0]
        if len(positive):
            top.set_ylim(positive.min() / 1.6, positive.max() * 2.2)
    else:
        top.set_ylim(0, max(float(lr.max()) * 1.15, 1e-12))
    if momentum is not None:
        _draw(bottom, momentum, epoch_len, "Momentum", PALETTE[1])
        bottom.margins(y=0.3)
    bottom.set_xlabel("epoch")
    steps_axis = top.secondary_xaxis("top", functions=(lambda e: e * epoch_len, lambda s: s / epoch_len))
    steps_axis.set_xlabel("step")
    steps_axis.spines["top"].set_visible(False)
    steps_axis.tick_params(length=0)
    steps_axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    steps_axis.xaxis.set_major_formatter(FuncFormatter(lambda step, _: f"{step:,.0f}"))
    return figure


def _draw(axes: Axes, values: np.ndarray, epoch_len: int, name: str, colour: str) -> None:
    """The values as stairs: each holds from its step to the next. Highest and last are named."""
    quiet_axes(axes)
    epochs = np.arange(len(values) + 1) / epoch_len
    axes.stairs(values, epochs, baseline=None, color=colour, lw=1.8)
    axes.set_title(name)
    axes.set_xlim(0, epochs[-1])
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    highest = int(np.argmax(values))
    _note(axes, epochs[highest], values[highest], epochs[-1], INK)
    if values[-1] != values[highest]:
        _note(axes, epochs[-1], values[-1], epochs[-1], QUIET)


def _note(axes: Axes, epoch: float, value: float, last: float, colour: str) -> None:
    side = "left" if epoch < last / 2 else "right"
    axes.annotate(
        f"{value:.3g}", (epoch, value), xytext=(4 if side == "left" else -2, 5), textcoords="offset points",
        ha=side, va="bottom", color=colour, fontsize=9.5,
    )  # fmt: skip
