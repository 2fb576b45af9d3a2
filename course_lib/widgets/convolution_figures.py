"""The figures of lesson 08: a window at work, filters as small pictures, what they answer, and receptive fields."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_lib.viz.style import GRID, INK, QUIET, new_figure, styled

from .mystery_kernels import filtered, signed_colours
from .parts import BLUE, ORANGE

# blue below zero, orange above, as in all lessons; pale, as numbers are written into it
PALE_SIDES = LinearSegmentedColormap.from_list("pale_sides", ["#8fbbd9", "white", "#f0b48a"])


@styled
def window_at_work(photo: np.ndarray, kernel: np.ndarray, row: int, column: int) -> Figure:
    """One place of a convolution in numbers: the window, times the kernel, summed up to one pixel of the result.

    Args:
        photo: (H, W) grey values from 0 to 255; kernel: (k, k).
        row, column: The window's middle.
    """
    half = len(kernel) // 2
    patch = photo[row - half : row + half + 1, column - half : column + half + 1]
    result = filtered(photo, kernel)
    figure = new_figure(880, 246)
    axes = figure.subplots(1, 4)
    axes[0].imshow(signed_colours(photo), interpolation="nearest")
    number_grid(axes[1], patch, "the window", signed_colours(patch))
    number_grid(axes[2], kernel, "× the kernel")
    axes[3].imshow(signed_colours(result), interpolation="nearest")
    for each, title in ((axes[0], "the photo"), (axes[3], f"sum: {result[row, column]:g}")):
        each.set(xticks=[], yticks=[])
        each.set_title(title, loc="center")
    for each, corner, side in ((axes[0], -half - 0.5, len(kernel)), (axes[3], -1.5, 3)):
        each.add_patch(Rectangle((column + corner, row + corner), side, side, fill=False, edgecolor=ORANGE, lw=2.2))
    return figure


def number_grid(axes: Axes, values: np.ndarray, title: str, colours: np.ndarray | None = None) -> None:
    """A small array (H, W) as a board of numbers; without colours (H, W, 3), blue is below 0 and orange above."""
    limit = max(float(np.abs(values).max()), 1e-9)
    shown = values if colours is None else colours
    axes.imshow(shown, cmap=PALE_SIDES, vmin=-limit, vmax=limit, interpolation="nearest")
    for (row, column), value in np.ndenumerate(values):
        dark = colours is not None and colours[row, column].mean() < 128
        size = 12 if len(values) <= 5 else 8
        axes.text(column, row, f"{value:g}", ha="center", va="center", size=size, color="white" if dark else INK)
    axes.set(xticks=np.arange(-0.5, values.shape[1]), yticks=np.arange(-0.5, len(values)))
    axes.set(xticklabels=[], yticklabels=[])
    axes.grid(True, color="white", linewidth=1.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(title, loc="center")


@styled
def number_grids(boards: Sequence[tuple[str, np.ndarray]]) -> Figure:
    """Boards of numbers side by side, each with its title."""
    figure = new_figure(250 * len(boards), 276)
    for axes, (title, values) in zip(figure.subplots(1, len(boards), squeeze=False)[0], boards, strict=True):
        number_grid(axes, values, title)
    return figure


def filter_colours(filters: np.ndarray) -> np.ndarray:
    """Filters (N, 3, k, k) as colours from 0 to 1, (N, k, k, 3): grey is 0, each filter has its own scale."""
    largest = np.abs(filters).max(axis=(1, 2, 3), keepdims=True)
    return (0.5 + 0.5 * filters / np.maximum(largest, 1e-9)).transpose(0, 2, 3, 1)


@styled
def filter_sheet(filters: np.ndarray, columns: int = 16) -> Figure:
    """Filters (N, 3, k, k) as one sheet of small colour pictures."""
    colours = filter_colours(filters)
    count, size = colours.shape[:2]
    rows, step = -(-count // columns), size + 1  # one pixel of paper between two filters
    sheet = np.ones((rows * step - 1, columns * step - 1, 3))
    for index, colour in enumerate(colours):
        top, left = step * (index // columns), step * (index % columns)
        sheet[top : top + size, left : left + size] = colour
    figure = new_figure(800, 800 * len(sheet) / sheet.shape[1] + 16)
    axes = figure.subplots()
    axes.imshow(sheet, interpolation="nearest")
    axes.set_axis_off()
    return figure


@styled
def filters_at_work(photo: np.ndarray, filters: np.ndarray, maps: np.ndarray) -> Figure:
    """A photo (H, W, 3), and below each of some filters (N, 3, k, k) its map (N, H', W'), blue where it is below 0."""
    count = len(filters)
    figure = new_figure(900, 1050 / (count + 2) + 110)
    grid = figure.add_gridspec(2, count + 2, height_ratios=(1, 2))
    whole = figure.add_subplot(grid[:, :2])
    whole.imshow(photo)
    whole.set_title("the photo", loc="center")
    shown = [whole]
    for place, (colour, values) in enumerate(zip(filter_colours(filters), maps, strict=True)):
        above, below = figure.add_subplot(grid[0, place + 2]), figure.add_subplot(grid[1, place + 2])
        above.imshow(colour, interpolation="nearest")
        below.imshow(signed_colours(255 * values / np.quantile(np.abs(values), 0.99)), interpolation="antialiased")
        shown += [above, below]
    for axes in shown:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set(visible=True, color=GRID)
    return figure


@styled
def receptive_fields(photo: np.ndarray, fields: Sequence[tuple[str, np.ndarray]]) -> Figure:
    """For each layer what its middle output sees: bright where a pixel counts, framed by the field.

    Args:
        photo: (H, W) grey values from 0 to 255.
        fields: A name, and how strongly each pixel counts, (H, W); 0 outside the field.
    """
    figure = new_figure(180 * len(fields), 226)
    for axes, (name, strength) in zip(figure.subplots(1, len(fields), squeeze=False)[0], fields, strict=True):
        rows, columns = np.nonzero(strength.any(axis=1))[0], np.nonzero(strength.any(axis=0))[0]
        side = rows[-1] - rows[0] + 1
        light = np.sqrt(strength / strength.max())[..., None]  # the square root lets faint ones be seen
        colours = 0.35 * photo[..., None] * (1 - light) + light * np.array([255, 190, 80])
        axes.imshow(np.clip(colours, 0, 255).astype(np.uint8), interpolation="nearest")
        frame = Rectangle((columns[0] - 0.5, rows[0] - 0.5), side, side, fill=False, edgecolor=ORANGE, lw=1.5)
        axes.add_patch(frame)
        axes.set(xticks=[], yticks=[], xlabel=f"sees {side} × {side}")
        axes.set_title(name, loc="center", color=BLUE)
        axes.xaxis.label.set_color(QUIET)
    return figure
