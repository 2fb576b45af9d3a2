"""The figures of lesson 03: activations, the plane before and after a hidden layer, regions of classes, softmax."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from course_lib.viz.style import GRID, INK, PALETTE, QUIET, new_figure, quiet_axes, styled

from .plane import half_plane

Layer = tuple[np.ndarray, np.ndarray]
Chances = Callable[[np.ndarray], np.ndarray]

MARKERS = "os^Dv"
FULL_TINT = 0.36  # how much of a class's colour a place gets that is surely of that class; points stand out from it
SIDE = 120  # places in each direction


@styled
def activations_figure(functions: Mapping[str, Callable[[np.ndarray], np.ndarray]]) -> Figure:
    """What a neuron makes of its score: a panel for each function."""
    figure = new_figure(210 * len(functions), 210)
    score = np.linspace(-4, 4, 401)
    for axes, (name, function) in zip(figure.subplots(1, len(functions)), functions.items(), strict=True):
        quiet_axes(axes, grid="both")
        axes.plot(score, function(score), color=PALETTE[0], lw=2.2)
        axes.set(xlim=(-4, 4), ylim=(-1.3, 2.3), xticks=[-4, 0, 4], yticks=[-1, 0, 1, 2], xlabel="score")
        axes.set_title(name)
    return figure


@styled
def two_planes(X: np.ndarray, y: np.ndarray, hidden_layer: Layer, hidden: np.ndarray, last_layer: Layer) -> Figure:
    """The points where the inputs put them, with a line a hidden neuron; and where the hidden neurons put them.

    Args:
        X: (N, 2) points of zeros and ones; y: (N,) classes 0 and 1.
        hidden_layer: W (2, 2) and b (2,); hidden: (N, 2), what it gives.
        last_layer: W (2, 1) and b (1,).
    """
    figure = new_figure(780, 400)
    panels = (
        ("Two lines: the inputs", "x", X, hidden_layer),
        ("One line: the hidden neurons", "h", hidden, last_layer),
    )
    box = (-0.45, 1.45, -0.45, 1.45)
    for axes, (title, name, points, (W, b)) in zip(figure.subplots(1, 2), panels, strict=True):
        axes.set(xlim=box[:2], ylim=box[2:], xticks=[0, 1], yticks=[0, 1], aspect="equal")
        axes.set(xlabel=f"{name}1", ylabel=f"{name}2")
        axes.set_title(title)
        framed(axes)
        for neuron in range(len(b)):
            fires = half_plane(W[:, neuron], b[neuron], box)
            colour = QUIET if name == "x" else PALETTE[1]
            axes.add_patch(Polygon(fires, facecolor=colour, alpha=0.15))
            edge = fires[np.abs(fires @ W[:, neuron] + b[neuron]) < 1e-9]  # the two ends of the line within the box
            axes.plot(*edge.T, color=INK, lw=1.8)
            text = f"h{neuron + 1} fires" if name == "x" else "lamp on"
            right, up = fires[np.argmax(fires @ W[:, neuron])] > 0.5  # the corner farthest from the line
            place = (0.97 if right else 0.03, 0.96 if up else 0.04)
            align = {"ha": "right" if right else "left", "va": "top" if up else "bottom"}
            axes.text(*place, text, transform=axes.transAxes, color=QUIET, weight="bold", **align)
        draw_corners(axes, X, points, y)
    return figure


def draw_corners(axes: Axes, X: np.ndarray, points: np.ndarray, y: np.ndarray) -> None:
    """Each place with the inputs, such as ``01``, that ended up there."""
    for place in np.unique(points, axis=0):
        members = np.flatnonzero((points == place).all(axis=1))
        label = int(y[members[0]])
        colour, marker = PALETTE[label], MARKERS[label]
        axes.scatter(place[0], place[1], 170, color=colour, marker=marker, edgecolor="white", zorder=3)
        text = " and ".join("".join(f"{value:g}" for value in X[index]) for index in members)
        axes.annotate(text, place, (0, -11), textcoords="offset points", ha="center", va="top")


@styled
def regions_figure(
    panels: Mapping[str, Chances], X: np.ndarray, y: np.ndarray, names: Sequence[str] = (), columns: int = 4
) -> Figure:
    """Which class a network sees at each place of the plane: a panel for each network, by its title.

    Args:
        panels: Title → a function from points (M, 2) to chances (M, K), such as ``predict_proba``.
        X: (N, 2) points; y: (N,) classes from 0 to K - 1.
        names: Of the classes, for a legend.
    """
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    width, height = {1: (380, 360), 2: (680, 340), 3: (800, 285)}.get(columns, (880, 245))
    figure = new_figure(width, rows * height + 30 * bool(names))
    all_axes = np.ravel(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False))
    for axes, (title, chances) in zip(all_axes, panels.items(), strict=False):
        draw_regions(axes, chances, X)
        draw_points(axes, X, y, names)
        axes.set_title(title, fontsize=10)
    for axes in all_axes[len(panels) :]:
        axes.set_visible(False)
    for index, axes in enumerate(all_axes):
        axes.set_xlabel("x1" if index >= (rows - 1) * columns else "")
        axes.set_ylabel("x2" if index % columns == 0 else "")
    if names:
        handles, _ = all_axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=len(names), handletextpad=0.2)
    return figure


def draw_regions(axes: Axes, chances: Chances, X: np.ndarray) -> None:
    """Each place in the colour of its likeliest class, paler where that is less sure, and the borders between them."""
    middle, half = (X.max(axis=0) + X.min(axis=0)) / 2, 0.56 * float(np.ptp(X, axis=0).max())
    (left, bottom), (right, top) = middle - half, middle + half
    x1, x2 = np.meshgrid(np.linspace(left, right, SIDE), np.linspace(bottom, top, SIDE))
    found = chances(np.stack([x1.ravel(), x2.ravel()], axis=1)).reshape(SIDE, SIDE, -1)  # (S, S, K)
    num_classes = found.shape[2]
    sure = (found.max(axis=2) - 1 / num_classes) / (1 - 1 / num_classes)  # 0 where all are as likely
    tint = np.array([to_rgb(colour) for colour in PALETTE[:num_classes]])[found.argmax(axis=2)]  # (S, S, 3)
    picture = 1 - FULL_TINT * sure[..., None] * (1 - tint)
    axes.imshow(picture, extent=(left, right, bottom, top), origin="lower", interpolation="bilinear")
    for k in range(num_classes if num_classes > 2 else 1):
        ahead = found[..., k] - np.delete(found, k, axis=2).max(axis=2)
        if ahead.min() < 0 < ahead.max():
            axes.contour(x1, x2, ahead, levels=[0], colors=[INK], linewidths=1.6)
    framed(axes)
    axes.locator_params(nbins=4)


def draw_points(axes: Axes, X: np.ndarray, y: np.ndarray, names: Sequence[str] = ()) -> None:
    """The points, each class in its colour and with its marker."""
    for label in np.unique(y):
        x1, x2 = X[y == label].T
        name = names[label] if names else None
        colour, marker = PALETTE[label], MARKERS[label]
        axes.scatter(x1, x2, 22, color=colour, marker=marker, edgecolor="white", lw=0.6, label=name, zorder=3)


def framed(axes: Axes) -> None:
    """A quiet frame all around, no tick marks."""
    axes.tick_params(length=0)
    axes.spines[:].set(visible=True, color=GRID)


@styled
def softmax_figure(scores: np.ndarray, names: Sequence[str]) -> Figure:
    """Scores (K,), their exponentials, and these as shares of their sum."""
    figure = new_figure(780, 260)
    powers = np.exp(scores)
    panels = (("scores z", scores), ("exp(z)", powers), ("shares: softmax(z)", powers / powers.sum()))
    for axes, (title, values) in zip(figure.subplots(1, 3), panels, strict=True):
        bars = axes.bar(range(len(values)), values, color=PALETTE[: len(values)], width=0.62)
        axes.bar_label(bars, [f"{value:.2f}".rstrip("0").rstrip(".") for value in values], padding=3, color=INK)
        axes.set_xticks(range(len(values)), names)
        axes.set(yticks=[])
        axes.margins(y=0.16)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.axhline(0, color=QUIET, lw=0.8)
        axes.set_title(title)
    return figure


@styled
def wins_figure(wins: Mapping[int, int], out_of: int) -> Figure:
    """How many trainings with so many hidden neurons succeeded: a bar for each number of neurons."""
    figure = new_figure(560, 70 + 32 * len(wins))
    axes = figure.subplots()
    names = [f"{neurons} hidden" for neurons in wins]
    axes.barh(names, out_of, color=GRID, height=0.62)
    bars = axes.barh(names, list(wins.values()), color=PALETTE[2], height=0.62)
    axes.bar_label(bars, [f"{won} of {out_of}" for won in wins.values()], padding=6)
    axes.set(xlim=(0, 1.2 * out_of), xticks=[])
    axes.set_title("Trainings that solved XOR")
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure
