"""One picture on its way through a classifier: what each station makes of it, side by side, with the shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib.viz.style import INK, PALETTE, QUIET, new_figure, styled

from .parts import BLUE, ORANGE

if TYPE_CHECKING:
    from torch import Tensor


@styled
def data_flow_figure(
    stations: Mapping[str, Tensor], classes: Sequence[str], index: int = 0, label: int | None = None
) -> Figure:
    """Draw the batch's picture ``index`` at each station.

    Args:
        stations: A station's name → its tensor: pictures or maps (N, C, H, W), features (N, D), and last logits (N, K).
        classes: The names of the K classes.
        label: The right class, drawn in orange among the logits.
    """
    figure = new_figure(900, 250)
    all_axes = figure.subplots(1, len(stations))
    for place, (axes, (name, tensor)) in enumerate(zip(all_axes, stations.items(), strict=True)):
        values = tensor[index].detach().cpu().float().numpy()
        axes.set(xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set_visible(False)
        if values.ndim == 3:
            axes.imshow(picture_of(values), cmap="viridis", interpolation="nearest")
        elif place == len(stations) - 1:
            draw_logits(axes, values, classes, label)
        else:
            side = int(np.ceil(len(values) ** 0.5))
            square = np.pad(values, (0, side * side - len(values)), constant_values=np.nan).reshape(side, side)
            axes.imshow(square, cmap="viridis", interpolation="nearest")
        axes.set_title(name, loc="center", color=PALETTE[0])
        kind = str(tensor.dtype).removeprefix("torch.")
        axes.set_xlabel(f"({', '.join(map(str, tensor.shape))})\n{kind}", family="monospace", fontsize=8.5, color=QUIET)
    return figure


def picture_of(values: np.ndarray) -> np.ndarray:
    """(C, H, W) as something to look at: colours as (H, W, 3), the maps of a network as one square sheet."""
    low, high = values.min(), values.max()
    values = (values - low) / max(high - low, 1e-9)
    channels, height, width = values.shape
    if channels == 3:
        return values.transpose(1, 2, 0)
    side = int(np.ceil(channels**0.5))
    sheet = np.full((side * (height + 1), side * (width + 1)), np.nan)
    for channel, each in enumerate(values):
        row, column = divmod(channel, side)
        sheet[row * (height + 1) : row * (height + 1) + height, column * (width + 1) : column * (width + 1) + width] = (
            each
        )
    return sheet[:-1, :-1]


def draw_logits(axes: Axes, logits: np.ndarray, classes: Sequence[str], label: int | None) -> None:
    """A bar a class; the right one in orange, the highest named in bold."""
    colours = [ORANGE if index == label else BLUE for index in range(len(logits))]
    axes.barh(range(len(logits)), logits, color=colours, height=0.7)
    axes.invert_yaxis()
    axes.set_box_aspect(1)
    axes.axvline(0, color=QUIET, lw=0.8)
    axes.set_yticks(range(len(classes)), classes, fontsize=8)
    axes.tick_params(length=0)
    highest = axes.get_yticklabels()[int(np.argmax(logits))]
    highest.set(color=INK, fontweight="bold")
