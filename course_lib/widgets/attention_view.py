"""The picture of the attention picker: the photo with the patch that asks, and a heat map for each head.

Squares and frames without matplotlib's axes: a few milliseconds a move, however many heads there are.
"""

from functools import cache

import numpy as np
from matplotlib import colormaps, get_data_path
from PIL import Image, ImageDraw, ImageFont

from course_lib.viz.style import INK, PALETTE, QUIET

from .conv_geometry_view import as_png
from .parts import GREEN, ORANGE, SHARPNESS

HEAT = np.array([colormaps["magma"](level)[:3] for level in range(256)]) * 255
BOX_ON_HEAT = PALETTE[4]  # stands out from every heat
PHOTO_PX, MAP_PX, TITLE_PX, LEFT_PX, GAP_PX = 252, 120, 26, 38, 16


class AttentionPicture:
    """The picture, at each move another PNG.

    Args:
        grid: Patches a side.
        layers, heads: How many maps; a row for each layer.
    """

    def __init__(self, grid: int, layers: int, heads: int) -> None:
        self.grid, self.layers, self.heads = grid, layers, heads
        width = PHOTO_PX + LEFT_PX + heads * (MAP_PX + GAP_PX)
        self.size_px = (width, max(layers * (MAP_PX + TITLE_PX + 4), PHOTO_PX + TITLE_PX + 4))

    def png(
        self,
        pixels: np.ndarray,
        box: np.ndarray,
        asks: tuple[int, int] | None,
        weights: np.ndarray,
        on_shape: np.ndarray,
    ) -> bytes:
        """The picture of one question.

        Args:
            pixels: uint8 (3, S, S); box: (4,) x0, y0, x1, y1 in parts of the side, 0 to 1.
            asks: Row and column of the patch that asks; None for the class token.
            weights: (layers, heads, L) where it looks; on_shape: (layers, heads) how much of it is in the box.
        """
        width, height = self.size_px
        whole = Image.new("RGB", (SHARPNESS * width, SHARPNESS * height), "white")
        draw = ImageDraw.Draw(whole)
        mark = None if asks is None else np.array([asks[1], asks[0], asks[1] + 1, asks[0] + 1]) / self.grid

        def show(colours: np.ndarray, left: int, side: int, top: int, box_colour: str, thick: int) -> None:
            """Colours (S, S, 3) as a square whose upper left corner is there, with both frames."""
            square = Image.fromarray(colours.astype(np.uint8)).resize((SHARPNESS * side,) * 2, Image.Resampling.NEAREST)
            whole.paste(square, (SHARPNESS * left, SHARPNESS * top))
            for frame, colour in ((box, box_colour), (mark, ORANGE)):
                if frame is not None:
                    x0, y0, x1, y1 = np.asarray(frame) * side + (left, top, left, top)
                    corners = (SHARPNESS * x0, SHARPNESS * y0, SHARPNESS * x1 - 1, SHARPNESS * y1 - 1)
                    draw.rectangle(corners, outline=colour, width=thick)

        def write(text: str, left: int, top: int, bold: bool = False, colour: str = INK) -> None:
            place = (SHARPNESS * left, SHARPNESS * (top + TITLE_PX // 2))
            draw.text(place, text, fill=colour, font=font(bold), anchor="lm")

        name = "The class token asks" if asks is None else f"Row {asks[0]}, column {asks[1]} asks"
        write(name, 0, 0, bold=True)
        show(pixels.transpose(1, 2, 0), 0, PHOTO_PX, TITLE_PX, GREEN, 5)
        for layer in range(self.layers):
            top = layer * (MAP_PX + TITLE_PX + 4)
            for head in range(self.heads):
                left = PHOTO_PX + LEFT_PX + head * (MAP_PX + GAP_PX)
                map_ = weights[layer, head].reshape(self.grid, self.grid)
                heat = HEAT[np.round(255 * map_ / map_.max()).astype(int)]
                write(f"Head {head + 1}: {100 * on_shape[layer, head]:.0f} % in box", left, top)
                show(heat, left, MAP_PX, top + TITLE_PX, BOX_ON_HEAT, 3)
            sideways = sideways_text(f"layer {layer + 1}")
            place = (PHOTO_PX + LEFT_PX - 24, top + TITLE_PX + MAP_PX // 2)
            whole.paste(sideways, (SHARPNESS * place[0], SHARPNESS * place[1] - sideways.height // 2))
        return as_png(whole)


@cache
def font(bold: bool) -> ImageFont.FreeTypeFont:
    """The letters of our figures, 11 or 13 pixels high; matplotlib brings them along."""
    name, size = ("DejaVuSans-Bold", 13) if bold else ("DejaVuSans", 11)
    return ImageFont.truetype(f"{get_data_path()}/fonts/ttf/{name}.ttf", size * SHARPNESS)


@cache
def sideways_text(text: str) -> Image.Image:
    """Words that are read from below, as an axis is labelled."""
    x0, y0, x1, y1 = font(False).getbbox(text)
    image = Image.new("RGB", (round(x1 - x0) + 4, round(y1 - y0) + 4), "white")
    ImageDraw.Draw(image).text((2 - x0, 2 - y0), text, fill=QUIET, font=font(False))
    return image.transpose(Image.Transpose.ROTATE_90)
