"""A contact sheet: many small pictures with their titles, for data sets, augmentations and predictions."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from .style import INK, WRONG, new_figure, styled


@styled
def picture_grid(
    pictures: np.ndarray | Sequence[np.ndarray],
    titles: Sequence[str] | None = None,
    *,
    columns: int | None = None,
    right: Sequence[bool] | None = None,
    title: str = "",
) -> Figure:
    """Draw pictures in rows, each as large as its place allows.

    Args:
        pictures: uint8 of shape (N, C, H, W), or a sequence of (C, H, W) of any sizes; C is 1 (grey) or 3 (RGB).
            Whatever numpy can see as an array will do, such as a tensor on the CPU.
        titles: One a picture, of one line or several, each shortened to what fits.
        columns: Pictures in a row; if not given, about twice as many as rows, at most 10.
        right: One a picture; where it is False, title and frame are orange, and the title begins with a cross.

    Raises:
        ValueError: no picture, or titles or ``right`` of another length, or a picture of another shape.
    """
    images = [_height_width_channels(np.asarray(picture)) for picture in pictures]
    if not images:
        raise ValueError("there is no picture to draw.")
    for name, given in (("titles", titles), ("right", right)):
        if given is not None and len(given) != len(images):
            raise ValueError(f"there are {len(images)} pictures, but {len(given)} {name}.")
    columns = min(columns or _best_columns(len(images)), len(images))
    rows = -(-len(images) // columns)
    # few pictures do not fill the whole width: nobody wants to see one digit 800 px wide
    cell_px = min(800 / columns, 200)
    tallest = max(image.shape[0] / image.shape[1] for image in images)
    lines = max((str(text).count("\n") + 1 for text in titles), default=1) if titles is not None else 0
    row_px = (cell_px - 12) * min(tallest, 1.5) + (10 + 14 * lines if lines else 8)
    figure = new_figure(cell_px * columns, row_px * rows + 8 + 28 * bool(title))
    figure.get_layout_engine().set(w_pad=0.04, h_pad=0.03, wspace=0.0, hspace=0.0)  # type: ignore[union-attr, call-arg]
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    all_axes = figure.subplots(rows, columns, squeeze=False)
    for axes in all_axes.flat:
        axes.set_axis_off()
    font_size = 9.5 if cell_px >= 100 else 8.5
    for index, (axes, image) in enumerate(zip(all_axes.flat, images, strict=False)):
        # small pictures keep their pixels visible; large ones are shrunk smoothly
        smoothly = "antialiased" if image.shape[1] > cell_px else "nearest"
        axes.set_anchor("N")
        axes.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation=smoothly)
        wrong = right is not None and not right[index]
        if titles is not None:
            fitting = int(cell_px / (0.8 * font_size))
            text = "\n".join(_shortened(line, fitting) for line in str(titles[index]).split("\n"))
            text = ("✗ " if wrong else "") + text
            axes.set_title(
                text, loc="center", pad=3, fontsize=font_size, color=WRONG if wrong else INK, fontweight="normal"
            )
        if wrong:
            axes.set_axis_on()
            axes.set(xticks=[], yticks=[])
            for spine in axes.spines.values():
                spine.set(visible=True, color=WRONG, linewidth=2.5)
    return figure


def _best_columns(count: int) -> int:
    """About twice as many columns as rows, with few empty places in the last row."""
    wanted = (2 * count) ** 0.5
    near = [columns for columns in range(4, 11) if abs(columns - wanted) <= 2] or [10 if wanted > 10 else 4]
    return min(near, key=lambda columns: (-count % columns, abs(columns - wanted)))


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _height_width_channels(picture: np.ndarray) -> np.ndarray:
    if picture.ndim != 3 or picture.shape[0] not in (1, 3) or picture.dtype != np.uint8:
        raise ValueError(f"a picture must be uint8 (C, H, W) with C 1 or 3, not {picture.dtype} {picture.shape}.")
    return picture[0] if picture.shape[0] == 1 else picture.transpose(1, 2, 0)  # (H, W) or (H, W, 3)
