"""The two figures of lesson 02: pictures standing where their features put them, and weights seen as a picture."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

from course_lib.viz.style import GRID, QUIET, new_figure, quiet_axes, styled

from .parts import BLUE, ORANGE

# blue speaks for class -1, orange for +1, as everywhere in the lesson
SIDES = LinearSegmentedColormap.from_list("sides", [BLUE, "white", ORANGE])


@styled
def digits_in_plane(images: np.ndarray, X: np.ndarray, y: np.ndarray, features: tuple[str, str]) -> Figure:
    """Each picture drawn where its two features put it, in the colour of its class.

    Args:
        images: (N, H, W), 0 is paper and 1 is ink; X: (N, 2) features; y: (N,) classes -1 and +1.
        features: The names of the two axes.
    """
    figure = new_figure(780, 440)
    axes = figure.subplots()
    quiet_axes(axes, grid="both")
    axes.set(xlabel=features[0], ylabel=features[1])
    low, high = X.min(axis=0), X.max(axis=0)
    half_width, half_height = 0.018 * (high - low) * (1.0, 780 / 440)
    for image, (right, up), label in zip(images, X, y, strict=True):
        ink = np.empty((*image.shape, 4))
        ink[..., :3] = to_rgb(BLUE if label < 0 else ORANGE)
        ink[..., 3] = image  # paper is see-through
        extent = (right - half_width, right + half_width, up - half_height, up + half_height)
        axes.imshow(ink, extent=extent, aspect="auto", interpolation="nearest", zorder=3)
    room = 0.06 * (high - low)
    axes.set(xlim=(low[0] - room[0], high[0] + room[0]), ylim=(low[1] - room[1], high[1] + room[1]))
    return figure


@styled
def weights_at_work(weights: np.ndarray, b: float, pictures: Sequence[np.ndarray], names: Sequence[str]) -> Figure:
    """The weights (D,) as a square picture, and for each picture (D,) its ink times the weights, with the score."""
    side = round(len(weights) ** 0.5)
    figure = new_figure(260 * (1 + len(pictures)), 300)
    panels = [(weights, "the weights", f"bias {b:+.1f}")]
    for picture, name in zip(pictures, names, strict=True):
        score = float(picture @ weights + b)
        panels.append((picture * weights, f"{name} × the weights", f"sum {score - b:+.1f}, score {score:+.1f}"))
    limit = float(np.abs(weights).max())
    for axes, (values, title, below) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        axes.imshow(values.reshape(side, side), cmap=SIDES, vmin=-limit, vmax=limit)  # (D,) -> (H, W)
        axes.set(xticks=[], yticks=[], xlabel=below)
        axes.set_title(title, loc="center")
        axes.xaxis.label.set_color(QUIET)
        axes.spines[:].set(visible=True, color=GRID)
    return figure
