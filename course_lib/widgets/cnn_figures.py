"""The figures of lesson 09: activations with their gradients, gradients by layer, feature maps, guesses, neighbours."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib.viz.style import GRID, INK, PALETTE, QUIET, apart, log_scale, new_figure, quiet_axes, styled

from .activations import ACTIVATIONS
from .parts import BLUE, GREEN, ORANGE

LEAST = 1e-18  # a gradient below it is drawn there


@styled
def activation_curves() -> Figure:
    """Every activation of the lesson, and its gradient dashed; those with a parameter where it begins."""
    figure = new_figure(180 * len(ACTIVATIONS), 236)
    score = np.linspace(-4, 4, 402)  # without 0, where some have no gradient
    all_axes = figure.subplots(1, len(ACTIVATIONS), sharey=True)
    for axes, (name, activation) in zip(all_axes, ACTIVATIONS.items(), strict=True):
        a = activation.start or 0.0
        slopes = activation.gradient(score, a)
        slopes[:-1][np.abs(np.diff(slopes)) > 0.1] = np.nan  # a jump is no line
        quiet_axes(axes, grid="both")
        axes.plot(score, activation.function(score, a), color=BLUE, lw=2.2, label="activation")
        axes.plot(score, slopes, color=ORANGE, lw=1.8, ls=(0, (4, 2)), label="its gradient")
        axes.set(xlim=(-4, 4), ylim=(-1.3, 2.3), xticks=[-4, 0, 4], yticks=[-1, 0, 1, 2])
        axes.set_xlabel("score" if activation.start is None else f"score (a = {activation.start:g})")
        axes.set_title(name, fontsize=10)
    figure.legend(*all_axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


@styled
def gradients_by_layer(norms: Mapping[str, Sequence[float]]) -> Figure:
    """How large the gradient of each layer's weights is, layer 1 at the left: a line for each network, by its name."""
    figure = new_figure(760, 330)
    axes = figure.subplots()
    quiet_axes(axes)
    log_scale(axes)
    ends = []
    for colour, values in zip(PALETTE, norms.values(), strict=False):
        shown = np.maximum(values, LEAST)
        axes.plot(np.arange(1, len(shown) + 1), shown, "-o", color=colour, ms=4.5)
        ends.append(float(np.log10(shown[0])))
    last = max(len(values) for values in norms.values())
    low, high = axes.get_ylim()
    spread = apart(ends, 0.06 * float(np.log10(high / low)))
    for colour, name, height in zip(PALETTE, norms, spread, strict=False):
        axes.annotate(name, (0.6, 10**height), color=colour, ha="right", va="center", weight="bold")
    axes.set(xlim=(-0.06 * last * max(map(len, norms)) / 4, last + 0.5), xticks=[1, *range(5, last + 1, 5)])
    axes.set_xlabel("layer: 1 sees the picture, the last is next to the scores")
    axes.set_title("Size of the gradient in each layer")
    axes.yaxis.set_major_formatter(lambda value, _: "1" if value == 1 else f"1e{np.log10(value):.0f}")
    return figure


@styled
def feature_maps(picture: np.ndarray, stages: Mapping[str, np.ndarray], columns: int = 8) -> Figure:
    """A picture (3, H, W), uint8, and the strongest maps of each stage (C, H', W'), by the stage's name."""
    figure = new_figure(880, 92 * len(stages) + 20)
    grid = figure.add_gridspec(len(stages), columns + 3)
    whole = figure.add_subplot(grid[:, :3])
    whole.imshow(picture.transpose(1, 2, 0), interpolation="nearest")
    whole.set_title("the picture", loc="center")
    frameless(whole)
    for row, (name, maps) in enumerate(stages.items()):
        strongest = np.argsort(-maps.std(axis=(1, 2)))[:columns]
        for place, index in enumerate(strongest):
            axes = figure.add_subplot(grid[row, 3 + place])
            axes.imshow(maps[index], cmap="magma", vmin=0, interpolation="nearest")
            frameless(axes)
            if not place:
                axes.set_ylabel(f"{name}\n{maps.shape[1]} × {maps.shape[2]}", fontsize=9)
    return figure


def frameless(axes: Axes) -> None:
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


@styled
def guesses_figure(
    pictures: np.ndarray, chances: np.ndarray, names: Sequence[str], labels: Sequence[int], top: int = 3
) -> Figure:
    """Pictures (N, 3, H, W), uint8, and below each the likeliest of its chances (N, K); the right class in green."""
    figure = new_figure(880, 224)
    axes = figure.subplots(2, len(pictures), height_ratios=(1.9, 1))
    for column, (picture, chance, label) in enumerate(zip(pictures, chances, labels, strict=True)):
        axes[0, column].imshow(picture.transpose(1, 2, 0), interpolation="nearest")
        frameless(axes[0, column])
        best = np.argsort(-chance)[:top][::-1]
        bars = axes[1, column]
        bars.barh(range(top), chance[best], color=[GREEN if k == label else QUIET for k in best], height=0.72)
        for place, k in enumerate(best):
            inside = chance[k] > 0.6
            start, colour = (0.03, "white") if inside else (chance[k] + 0.03, INK)
            name = bars.text(start, place, f"{names[k]} {100 * chance[k]:.0f} %", va="center", fontsize=8, color=colour)
            name.set_in_layout(False)  # or a long name would push the pictures apart
        bars.set(xlim=(0, 1.05))
        frameless(bars)
    return figure


@styled
def neighbours_figure(
    query: np.ndarray, label: int, groups: Mapping[str, tuple[np.ndarray, Sequence[int]]], columns: int = 5
) -> Figure:
    """A picture, and its nearest ones in each sense: a row of pictures with their labels for each; framed where right.

    Args:
        query: (3, H, W) uint8; label: its class.
        groups: A name → pictures (M, 3, H, W), the nearest first, and their M labels.
    """
    figure = new_figure(760, 112 * len(groups) + 20)
    grid = figure.add_gridspec(len(groups), columns + 2)
    whole = figure.add_subplot(grid[:, :2])
    whole.imshow(query.transpose(1, 2, 0), interpolation="nearest")
    whole.set_title("Who is like me?", loc="center")
    frameless(whole)
    for row, (name, (pictures, labels)) in enumerate(groups.items()):
        for place, (picture, other) in enumerate(zip(pictures[:columns], labels[:columns], strict=True)):
            axes = figure.add_subplot(grid[row, 2 + place])
            axes.imshow(picture.transpose(1, 2, 0), interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            right = other == label
            axes.spines[:].set(visible=True, color=GREEN if right else GRID, linewidth=3.5 if right else 1)
            if not place:
                axes.set_title(name, fontsize=9.5)
    return figure
