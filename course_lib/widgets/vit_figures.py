"""The figures of lesson 14: a picture as patches, attention on pictures, who follows whom, and position embeddings."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_lib.viz.style import INK, PALETTE, QUIET, new_figure, quiet_axes, styled

from .cnn_figures import frameless
from .parts import BLUE, ORANGE


@styled
def patches_figure(picture: np.ndarray, grid: int) -> Figure:
    """A picture (3, S, S), uint8, cut into patches, and these as the network gets them: one by one."""
    figure = new_figure(820, 236)
    whole, sentence = figure.subplots(1, 2, width_ratios=(1, 2.6))
    colours, side = picture.transpose(1, 2, 0), picture.shape[-1] // grid
    whole.imshow(colours, interpolation="nearest")
    for edge in range(1, grid):
        whole.axhline(edge * side - 0.5, color="white", lw=1.6)
        whole.axvline(edge * side - 0.5, color="white", lw=1.6)
    whole.set_title(f"{grid} × {grid} patches", loc="center")
    sentence.imshow(in_lines(colours, grid), interpolation="nearest")
    sentence.set_title(f"a sentence of {grid * grid} words", loc="center")
    for axes in (whole, sentence):
        frameless(axes)
    return figure


def in_lines(colours: np.ndarray, grid: int) -> np.ndarray:
    """The patches of a picture (S, S, 3) in reading order, two rows of patches a line, with white between them."""
    side = len(colours) // grid
    patches = colours.reshape(grid, side, grid, side, 3).transpose(0, 2, 1, 3, 4).reshape(-1, 2 * grid, side, side, 3)
    framed = np.pad(patches, ((0, 0), (0, 0), (0, side), (0, 1), (0, 0)), constant_values=255)
    lines = framed.transpose(0, 2, 1, 3, 4)  # (lines, rows in it, patches, columns in it, 3)
    return np.asarray(lines.reshape(lines.shape[0] * lines.shape[1], -1, 3)[:-side, :-1])


@styled
def attention_on_pictures(
    pictures: np.ndarray, maps: np.ndarray, boxes: np.ndarray, names: Sequence[str] | None = None
) -> Figure:
    """Pictures (N, 3, S, S), uint8, with their boxes (N, 4), and below each its attention (N, L)."""
    figure = new_figure(104 * len(pictures), 232)
    axes = figure.subplots(2, len(pictures), squeeze=False)
    grid, side = round(maps.shape[1] ** 0.5), pictures.shape[-1]
    for column, (pixels, weights, box) in enumerate(zip(pictures, maps, boxes, strict=True)):
        above, below = axes[:, column]
        above.imshow(pixels.transpose(1, 2, 0), interpolation="nearest")
        below.imshow(weights.reshape(grid, grid), cmap="magma", vmin=0, vmax=float(maps.max()), interpolation="nearest")
        for each, unit, colour in ((above, 1.0, PALETTE[2]), (below, side / grid, PALETTE[4])):
            corner, far = np.asarray(box)[:2] / unit, np.asarray(box)[2:] / unit
            frame = Rectangle(tuple(corner - 0.5), *(far - corner), fill=False, edgecolor=colour, linewidth=1.8)
            each.add_patch(frame)
            frameless(each)
        if names is not None:
            above.set_title(names[column], loc="center", fontsize=10)
    return figure


@styled
def follows_figure(shape_centres: np.ndarray, attention_centres: np.ndarray, size_px: int) -> Figure:
    """Where a picture's shape is and where the attention's mean is, both (N, 2) as x, y in pixels: a dot a picture."""
    figure = new_figure(720, 330)
    for number, axes in enumerate(figure.subplots(1, 2)):
        quiet_axes(axes, grid="both")
        axes.axline((0, 0), slope=1, color=QUIET, lw=1.0, ls=(0, (4, 3)))
        axes.plot(shape_centres[:, number], attention_centres[:, number], "o", color=BLUE, ms=4, alpha=0.5, mew=0)
        axes.set(xlim=(0, size_px), ylim=(0, size_px), aspect="equal")
        axes.set_xlabel("middle of the shape, in pixels")
        axes.set_title(("From left to right", "From top to bottom")[number])
        r = float(np.corrcoef(shape_centres[:, number], attention_centres[:, number])[0, 1])
        axes.text(0.05 * size_px, 0.92 * size_px, f"correlation {r:.2f}", color=INK, va="top")
        if number == 0:
            axes.set_ylabel("mean of the attention, in pixels")
    return figure


@styled
def positions_figure(pos_embed: np.ndarray, places: Sequence[int]) -> Figure:
    """How like each position's embedding (L, D) is to that of some places: a map each, the place itself marked."""
    figure = new_figure(126 * len(places) + 80, 176)
    grid = round(len(pos_embed) ** 0.5)
    centred = pos_embed - pos_embed.mean(axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    all_axes = np.atleast_1d(figure.subplots(1, len(places)))
    for axes, place in zip(all_axes, places, strict=True):
        image = axes.imshow((unit @ unit[place]).reshape(grid, grid), cmap="RdBu_r", vmin=-1, vmax=1)
        row, column = divmod(place, grid)
        axes.plot(column, row, "o", color=ORANGE, ms=8, mec="white", mew=1.5)
        axes.set_title(f"row {row}, column {column}", loc="center", fontsize=10, fontweight="normal")
        frameless(axes)
    bar = figure.colorbar(image, ax=all_axes.tolist(), shrink=0.85, aspect=12, ticks=[-1, 0, 1])
    bar.outline.set_visible(False)  # type: ignore[operator]
    bar.set_label("alike (cosine)", color=QUIET)
    return figure
