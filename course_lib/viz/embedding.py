"""Pictures as points: which a network takes to be alike."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from matplotlib.patheffects import withStroke

from .style import PALETTE, new_figure, styled

COLOURS = (*PALETTE[:6], "#882255", "#44AA99", "#999933", "#555555")  # ten that are told apart
MOST_NAMES = 30  # classes up to which each has its name at its points
GAP = 0.05  # between pictures, so that none hides another


@styled
def embedding_figure(
    points: np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    *,
    pictures: Sequence[np.ndarray] | None = None,
    title: str = "",
) -> Figure:
    """Draw points in the colours of their classes, each class's name amid its points.

    Args:
        points: (n, 2), such as t-SNE's.
        labels: int (n,).
        classes: The names.
        pictures: uint8 (C, H, W) each, n of them: some are shown in place of their points, framed in their colour.

    Raises:
        ValueError: points, labels and pictures are not equally many.
    """
    points, labels = np.asarray(points), np.asarray(labels)
    if points.shape != (len(labels), 2) or (pictures is not None and len(pictures) != len(labels)):
        raise ValueError(f"{len(labels)} labels need as many points (n, 2) and pictures; points are {points.shape}.")
    figure = new_figure(720, 640 + 26 * bool(title))
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    axes = figure.subplots()
    axes.set_axis_off()  # the directions of such a map mean nothing
    axes.margins(0.04)
    colours = class_colours(len(classes))
    size = float(np.clip(9000 / len(points), 8, 40))
    axes.scatter(points[:, 0], points[:, 1], s=size, c=[colours[label] for label in labels], alpha=0.75, linewidths=0)
    if pictures is not None:
        for index in spread_out(points, GAP):
            add_thumbnail(axes, points[index], pictures[index], colours[labels[index]])
    for label, name in enumerate(classes) if len(classes) <= MOST_NAMES else ():
        own = points[labels == label]
        if len(own):
            # the point that is nearest to all the others lies in the largest cluster, the mean perhaps between two
            middle = own[np.argmin(np.abs(own[:, None] - own[None]).sum(axis=(1, 2)))]
            halo = [withStroke(linewidth=4, foreground="white")]
            text = axes.text(float(middle[0]), float(middle[1]), name, ha="center", va="center", color=colours[label])
            text.set(fontsize=10.5, fontweight="bold", zorder=5, path_effects=halo, in_layout=False)
    return figure


def class_colours(count: int) -> list[str | tuple[float, ...]]:
    """A colour a class; beyond ten, neighbours are alike."""
    if count <= len(COLOURS):
        return list(COLOURS[:count])
    return [colormaps["turbo"](place) for place in np.linspace(0.03, 0.97, count)]


def spread_out(points: np.ndarray, gap: float) -> list[int]:
    """The indices of points (n, 2) of which no two are nearer than ``gap`` of the whole width or height."""
    low, high = points.min(axis=0), points.max(axis=0)
    places = (points - low) / np.maximum(high - low, 1e-12)
    chosen: list[int] = []
    for index, place in enumerate(places):
        if not chosen or (np.abs(places[chosen] - place).max(axis=1) >= gap).all():
            chosen.append(index)
    return chosen


def add_thumbnail(axes: Axes, point: np.ndarray, picture: np.ndarray, colour: str | tuple[float, ...]) -> None:
    """A small picture, 30 px high, at a point."""
    image = np.asarray(picture)
    shown = image[0] if len(image) == 1 else image.transpose(1, 2, 0)
    small = OffsetImage(shown, zoom=22 / shown.shape[0], cmap="gray", interpolation="antialiased")
    small.image.set_clim(0, 255)
    frame = {"edgecolor": colour, "linewidth": 1.6}
    box = AnnotationBbox(small, (float(point[0]), float(point[1])), pad=0.1, bboxprops=frame)
    box.set_in_layout(False)
    axes.add_artist(box)
