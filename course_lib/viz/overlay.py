"""Heat maps laid over their pictures: where a network looks."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from .style import INK, QUIET, new_figure, styled

# From purple over red to yellow, growing lighter throughout, so that it can be read in grey, too
HEAT = ListedColormap(colormaps["inferno"](np.linspace(0.25, 0.93, 256)))
GREY = (0.299, 0.587, 0.114)


def overlay_heat(picture: np.ndarray, heat: np.ndarray, strength: float = 0.7) -> np.ndarray:
    """A picture in grey, coloured where the heat is.

    Args:
        picture: uint8 (C, H, W), C 1 or 3.
        heat: float (H, W) in 0…1.
        strength: How much of the picture the colours hide at most, 0…1.

    Returns:
        uint8 (3, H, W).

    Raises:
        ValueError: the two are not of one size.
    """
    picture, heat = np.asarray(picture), np.asarray(heat, dtype=np.float64)
    if picture.shape[1:] != heat.shape:
        raise ValueError(f"the picture has {picture.shape[1:]} pixels, the heat map {heat.shape}.")
    grey = np.tensordot(GREY, picture, 1) if len(picture) == 3 else picture[0].astype(np.float64)  # (H, W)
    colour = HEAT(heat)[..., :3] * 255  # (H, W, 3)
    hidden = strength * heat[..., None] ** 0.7  # half of the heat must be seen well
    mixed = (1 - hidden) * grey[..., None] + hidden * colour
    return mixed.round().clip(0, 255).astype(np.uint8).transpose(2, 0, 1)


@styled
def overlay_figure(
    pictures: Sequence[np.ndarray],
    heats: Sequence[np.ndarray],
    titles: Sequence[str] | None = None,
    *,
    title: str = "",
) -> Figure:
    """Draw each picture with its heat map beside it, and the scale of the colours.

    Args:
        pictures: uint8 (C, H, W) each, of any sizes.
        heats: float (H, W) in 0…1 each.
        titles: One a picture.

    Raises:
        ValueError: no picture, or another number of heat maps or titles.
    """
    if not len(pictures) or len(pictures) != len(heats) or (titles is not None and len(titles) != len(pictures)):
        raise ValueError("every picture needs a heat map, and a title if there are any.")
    pairs = min(len(pictures), 2 if len(pictures) < 9 else 3)  # beside one another
    rows = -(-len(pictures) // pairs)
    width_px = 800 / pairs if pairs > 1 else 520
    tallest = max(picture.shape[1] / picture.shape[2] for picture in pictures)
    figure = new_figure(width_px * pairs + 50, rows * (width_px / 2 * min(tallest, 1.5) + 24) + 12 + 26 * bool(title))
    figure.get_layout_engine().set(w_pad=0.03, h_pad=0.03, wspace=0.0, hspace=0.0)  # type: ignore[union-attr, call-arg]
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    all_axes = figure.subplots(rows, 2 * pairs, squeeze=False)
    for axes in all_axes.flat:
        axes.set_axis_off()
        axes.set_anchor("N")
    for index, (picture, heat) in enumerate(zip(pictures, heats, strict=True)):
        left, right = all_axes[index // pairs, 2 * (index % pairs) :][:2]
        image = picture[0] if len(picture) == 1 else np.asarray(picture).transpose(1, 2, 0)
        smoothly = "antialiased" if image.shape[1] > width_px / 2 else "nearest"
        left.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation=smoothly)
        right.imshow(overlay_heat(picture, heat).transpose(1, 2, 0), interpolation=smoothly)
        if titles is not None:
            left.set_title(titles[index], color=INK, fontsize=9.5, fontweight="normal", pad=4)
    bar = figure.colorbar(
        ScalarMappable(cmap=HEAT), ax=all_axes, shrink=min(1, 1.2 / rows), aspect=18, pad=0.01, ticks=[0, 1]
    )
    bar.outline.set_visible(False)  # type: ignore[operator]
    bar.ax.tick_params(length=0, labelcolor=QUIET)
    bar.ax.set_yticklabels(["little", "most"])
    return figure
