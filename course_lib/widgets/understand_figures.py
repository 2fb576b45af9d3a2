"""The figures of lesson 16: heat maps of several layers over their pictures, and bars that compare."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_lib.viz.overlay import overlay_heat
from course_lib.viz.style import GRID, INK, PALETTE, new_figure, styled

from .cnn_figures import frameless


@styled
def heats_figure(
    pictures: np.ndarray, rows: Mapping[str, np.ndarray], boxes: np.ndarray, names: Sequence[str]
) -> Figure:
    """Pictures side by side, and below each its heat maps, a row for each layer or network.

    Args:
        pictures: uint8 (N, 3, H, W).
        rows: The row's name → float (N, H, W) in 0…1.
        boxes: (N, 4) as x0, y0, x1, y1 in pixels, drawn on all.
        names: Above each picture.
    """
    figure = new_figure(60 + 96 * len(pictures), 24 + 96 * (1 + len(rows)))
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0.0, hspace=0.0)  # type: ignore[union-attr, call-arg]
    grid = figure.subplots(1 + len(rows), len(pictures), squeeze=False)
    for column, (pixels, box) in enumerate(zip(pictures, boxes, strict=True)):
        shown = [pixels, *[overlay_heat(pixels, heats[column]) for heats in rows.values()]]
        for axes, colours in zip(grid[:, column], shown, strict=True):
            axes.imshow(colours.transpose(1, 2, 0), interpolation="nearest")
            x0, y0, x1, y1 = box
            frame = Rectangle((x0 - 0.5, y0 - 0.5), x1 - x0, y1 - y0, fill=False, edgecolor=PALETTE[2], linewidth=1.6)
            axes.add_patch(frame)
            frameless(axes)
        grid[0, column].set_title(names[column], loc="center", fontsize=10)
    for axes, name in zip(grid[:, 0], ["picture", *rows], strict=True):
        axes.set_ylabel(name, fontsize=9)
    return figure


@styled
def bars_figure(values: Mapping[str, float], title: str, most: float = 100.0) -> Figure:
    """A lying bar for each value in percent, by its name, with the number beside it.

    Args:
        values: Percent.
        title: What they measure.
        most: Where the scale ends.
    """
    figure = new_figure(640, 56 + 30 * len(values))
    axes = figure.subplots()
    names = list(values)
    axes.barh(names, most, color=GRID, height=0.62)
    axes.barh(names, list(values.values()), color=PALETTE[0], height=0.62)
    for place, value in enumerate(values.values()):
        axes.text(1.02 * most, place, f"{value:.1f} %" if value < 10 else f"{value:.0f} %", va="center", color=INK)
    axes.set(xlim=(0, 1.14 * most), xticks=[])
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    axes.invert_yaxis()
    axes.tick_params(length=0, labelcolor=INK)
    axes.spines[:].set_visible(False)
    return figure
