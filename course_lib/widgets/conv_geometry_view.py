"""The picture of a convolution's geometry: the padded input, the window in it, and the output that it feeds.

Drawn as squares of a palette's colours, without matplotlib: ten milliseconds for each step of the window.
"""

from functools import cache
from io import BytesIO

import numpy as np
from matplotlib import get_data_path
from matplotlib.colors import to_rgb
from PIL import Image, ImageDraw, ImageFont

from course_lib.viz.style import INK

from .parts import BLUE, ORANGE, SHARPNESS

WIDTH_PX, HEIGHT_PX, TITLE_PX = 720, 306, 30
INPUT_X, OUTPUT_X = 175, 545  # the middle of each
LARGEST_CELL_PX = 34.0
# a colour's place in the palette
PAPER, USED, UNUSED, PADDED, NOW, DONE, WAITING = range(7)
COLOURS = ("#ffffff", "#a9cce3", "#d2d2d2", "#c4c4c4", ORANGE, BLUE, "#efefef")  # of padding only the edge is drawn
LEGEND = ((USED, "read by some output"), (UNUSED, "read by none"), (PADDED, "padding"), (NOW, "now"), (DONE, "done"))


def input_cells(n: int, padding: int, used: np.ndarray, reads: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The kind of each cell of the padded input, (n + 2 * padding, n + 2 * padding).

    Args:
        used: (n + 2 * padding,) whether any window reads that row; columns are read alike.
        reads: The rows and the columns that the window reads now.
    """
    side = n + 2 * padding
    inside = (np.arange(side) >= padding) & (np.arange(side) < padding + n)
    cells = np.where(used[:, None] & used, USED, UNUSED)
    cells[~(inside[:, None] & inside)] = PADDED
    cells[np.ix_(*reads)] = NOW
    return cells


def output_cells(out: int, position: int) -> np.ndarray:
    """The kind of each output, (out, out): done up to the one that is computed now, row by row."""
    order = np.arange(out * out).reshape(out, out)
    return np.where(order < position, DONE, np.where(order == position, NOW, WAITING))


def drawn(cells: np.ndarray, outputs: np.ndarray) -> Image.Image:
    """Input and output side by side, and the lines from the window to what it computes."""
    image = Image.new("P", (SHARPNESS * WIDTH_PX, SHARPNESS * HEIGHT_PX), PAPER)
    image.putpalette([round(255 * part) for colour in COLOURS for part in to_rgb(colour)])
    draw = ImageDraw.Draw(image)
    cell = SHARPNESS * min((HEIGHT_PX - 10) / len(cells), LARGEST_CELL_PX)
    windows = []
    for kinds, middle in ((cells, INPUT_X), (outputs, OUTPUT_X)):
        left, top = SHARPNESS * middle - cell * len(kinds) / 2, SHARPNESS * HEIGHT_PX / 2 - cell * len(kinds) / 2
        for (row, column), kind in np.ndenumerate(kinds):
            corner = left + cell * column, top + cell * row
            box = (*corner, corner[0] + 0.9 * cell, corner[1] + 0.9 * cell)
            draw.rectangle(box, fill=PAPER if kind == PADDED else int(kind), outline=int(kind), width=SHARPNESS)
        now = np.argwhere(kinds == NOW)
        if len(now):
            (first_row, first_column), (last_row, last_column) = now[0], now[-1] + 0.9
            x, y = np.array([first_column, last_column]), np.array([first_row, last_row])
            windows.append((left + cell * x, top + cell * y))
    if len(windows) == 2:
        (window_x, window_y), (output_x, output_y) = windows
        for end in (0, 1):
            ends = (window_x[1], window_y[end], output_x[0], output_y[end])
            draw.line(ends, fill=NOW, width=SHARPNESS + 1)
    return image


def as_png(image: Image.Image) -> bytes:
    """A PNG, made fast rather than small."""
    buffer = BytesIO()
    image.save(buffer, "png", compress_level=1)
    return buffer.getvalue()


def titled(image: Image.Image, titles: tuple[str, str]) -> Image.Image:
    """The picture with words above input and output; on the page they stand in HTML."""
    whole = Image.new("RGB", (image.width, image.height + SHARPNESS * TITLE_PX), "white")
    whole.paste(image.convert("RGB"), (0, SHARPNESS * TITLE_PX))
    draw = ImageDraw.Draw(whole)
    for title, middle in zip(titles, (INPUT_X, OUTPUT_X), strict=True):
        place = (SHARPNESS * middle, SHARPNESS * TITLE_PX // 2)
        draw.text(place, title, fill=INK, font=bold_font(), anchor="mm")
    return whole


@cache
def bold_font() -> ImageFont.FreeTypeFont:
    """The letters of our figures; matplotlib brings them along."""
    return ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans-Bold.ttf", 13 * SHARPNESS)


def legend() -> str:
    """What the colours of the cells mean, as HTML."""
    boxes = "".join(
        f'<span style="display:inline-block;width:11px;height:11px;margin:0 5px 0 16px;'
        f'border:1px solid {COLOURS[kind]};background:{COLOURS[PAPER if kind == PADDED else kind]}"></span>{name}'
        for kind, name in LEGEND
    )
    return f'<div style="font-size:12px;opacity:.85;line-height:1.3">{boxes}</div>'
