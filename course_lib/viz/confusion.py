"""The confusion matrix: which classes are taken for which."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from .style import INK, QUIET, new_figure, styled

MOST_NUMBERS = 16  # classes up to which a number fits into each cell
MOST_NAMES = 60  # classes up to which every name fits beside its row


@styled
def confusion_figure(matrix: np.ndarray, classes: Sequence[str], *, title: str = "") -> Figure:
    """Draw a confusion matrix: a row is a true class, a column a predicted one, a colour the share of its row.

    Args:
        matrix: Counts, shape (K, K); ``matrix[true, predicted]``.
        classes: The K names.

    Raises:
        ValueError: the matrix is not (K, K) for these classes.
    """
    matrix = np.asarray(matrix)
    num_classes = len(classes)
    if matrix.shape != (num_classes, num_classes):
        raise ValueError(f"for {num_classes} classes the matrix must be {(num_classes,) * 2}, not {matrix.shape}.")
    share = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)  # (K, K), percent of the row
    cell_px = max(min(560 / num_classes, 80), 4)
    longest = max(len(name) for name in classes)
    margin = 90 + 6.5 * min(longest, 24)
    figure = new_figure(cell_px * num_classes + margin + 70, cell_px * num_classes + margin + 30)
    axes = figure.subplots()
    # a square root between share and colour: the few that went wrong are what one looks for
    image = axes.imshow(share, cmap="Blues", norm=PowerNorm(0.5, 0, 100))
    correct, count = int(np.trace(matrix)), int(matrix.sum())
    accuracy = f"{100 * correct / max(count, 1):.1f} % of {count:,} right"
    axes.set_title(f"{title}\n{accuracy}" if title else accuracy)
    axes.set(xlabel="predicted class", ylabel="true class")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if num_classes <= MOST_NAMES:
        size = 9 if cell_px >= 18 else 6.5
        axes.set_xticks(range(num_classes), classes, rotation=45 if longest > 3 else 0, rotation_mode="anchor",
                        ha="right" if longest > 3 else "center", va="top", fontsize=size)  # fmt: skip
        axes.set_yticks(range(num_classes), classes, fontsize=size)
        axes.tick_params(labelcolor=INK)
    if num_classes <= MOST_NUMBERS:
        axes.set_xticks(np.arange(num_classes - 1) + 0.5, minor=True)
        axes.set_yticks(np.arange(num_classes - 1) + 0.5, minor=True)
        axes.grid(which="minor", color="white", linewidth=1.5)
        axes.tick_params(which="minor", length=0)
        for true, predicted in np.argwhere(matrix):
            colour = "white" if share[true, predicted] > 30 else INK
            axes.text(
                predicted, true, f"{matrix[true, predicted]:,}", ha="center", va="center", color=colour, fontsize=9
            )
    bar = figure.colorbar(image, ax=axes, shrink=0.6, aspect=24, pad=0.02, ticks=[0, 1, 5, 20, 50, 100], format="%d %%")
    bar.outline.set_visible(False)  # type: ignore[operator]
    bar.ax.tick_params(length=0, labelcolor=QUIET)
    bar.set_label("share of the true class")
    return figure
