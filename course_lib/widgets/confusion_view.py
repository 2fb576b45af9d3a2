"""The picture of the confusion explorer: the matrix with one cell open, and beside it the pictures in that cell.

Without matplotlib's axes: a few milliseconds a move.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from PIL import Image, ImageDraw

from course_lib.viz.style import INK, QUIET

from .attention_view import font, sideways_text
from .conv_geometry_view import as_png
from .parts import ORANGE, SHARPNESS

PAGE, COLUMNS = 12, 4  # pictures that are shown at once
PHOTO_PX, CAPTION_PX, GAP_PX, TITLE_PX = 100, 34, 12, 24
MATRIX_PX, MOST_CELL_PX = 300, 44
MOST_NUMBERS = 12  # classes up to which a number fits into each cell
BLUES = (np.array([colormaps["Blues"](level)[:3] for level in range(256)]) * 255).astype(np.uint8)


class ConfusionPicture:
    """The picture, at each move another PNG.

    Args:
        matrix: Counts (K, K), the true class says the row.
        classes: The K names.
    """

    def __init__(self, matrix: np.ndarray, classes: Sequence[str]) -> None:
        self.cell_px = max(6, min(MOST_CELL_PX, MATRIX_PX // len(classes)))
        widest = max(font(False).getlength(name) for name in classes) / SHARPNESS
        self.names_px = TITLE_PX + round(min(widest, 140)) + 10
        self.left_px = self.names_px + self.cell_px * len(classes) + 26  # where the pictures begin
        rows = PAGE // COLUMNS
        self.size_px = (
            self.left_px + COLUMNS * (PHOTO_PX + GAP_PX),
            max(rows * (PHOTO_PX + CAPTION_PX) + TITLE_PX, self.names_px + self.cell_px * len(classes) + 8),
        )
        self.classes = classes
        self.background = Image.new("RGB", (SHARPNESS * self.size_px[0], SHARPNESS * self.size_px[1]), "white")
        self._draw_matrix(matrix)

    def _draw_matrix(self, matrix: np.ndarray) -> None:
        draw = ImageDraw.Draw(self.background)
        middle = SHARPNESS * (self.names_px + self.cell_px * len(matrix) // 2)
        draw.text((middle, SHARPNESS * TITLE_PX // 2), "it said", fill=QUIET, font=font(False), anchor="mm")
        beside = sideways_text("true class")
        self.background.paste(beside, (SHARPNESS * 4, middle - beside.height // 2))
        share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
        # the square root: the few that went wrong are what one looks for
        colours = BLUES[np.round(255 * np.sqrt(share)).astype(int)]
        for row, name in enumerate(self.classes):
            edge = SHARPNESS * (self.names_px - 6)
            centre = SHARPNESS * (self.names_px + row * self.cell_px + self.cell_px // 2)
            draw.text((edge, centre), name, fill=INK, font=font(False), anchor="rm")
            upright = sideways_text(name)
            self.background.paste(upright, (centre - upright.width // 2, edge - upright.height))
            for column in range(len(matrix)):
                draw.rectangle(self._corners((row, column), 1), fill=tuple(colours[row, column]))
                if matrix[row, column] and len(matrix) <= MOST_NUMBERS:
                    x0, y0, x1, y1 = self._corners((row, column), 1)
                    ink, text = ("white" if share[row, column] > 0.3 else INK), f"{matrix[row, column]}"
                    draw.text(((x0 + x1) / 2, (y0 + y1) / 2), text, fill=ink, font=font(False), anchor="mm")

    def _corners(self, cell: tuple[int, int], margin: int) -> tuple[int, int, int, int]:
        y0, x0 = (SHARPNESS * (self.names_px + place * self.cell_px) for place in cell)
        side = SHARPNESS * self.cell_px
        return x0 + margin, y0 + margin, x0 + side - 1 - margin, y0 + side - 1 - margin

    def png(self, cell: tuple[int, int], pictures: Sequence[np.ndarray], captions: Sequence[tuple[str, str]]) -> bytes:
        """The picture with one cell open.

        Args:
            cell: Row and column.
            pictures: uint8 (C, H, W), at most ``PAGE`` of them.
            captions: Two lines for each.
        """
        whole = self.background.copy()
        draw = ImageDraw.Draw(whole)
        draw.rectangle(self._corners(cell, -2), outline=ORANGE, width=3 * SHARPNESS)
        start = (SHARPNESS * self.left_px, SHARPNESS * TITLE_PX // 2)
        true, said = (self.classes[label] for label in cell)
        title = f"True: {true}. It said: {said}."
        draw.text(start, title if pictures else f"{title} No picture.", fill=INK, font=font(True), anchor="lm")
        for number, (pixels, lines) in enumerate(zip(pictures, captions, strict=True)):
            row, column = divmod(number, COLUMNS)
            left = self.left_px + column * (PHOTO_PX + GAP_PX)
            top = TITLE_PX + row * (PHOTO_PX + CAPTION_PX)
            whole.paste(square(pixels, PHOTO_PX), (SHARPNESS * left, SHARPNESS * top))
            for place, (text, colour) in enumerate(zip(lines, (INK, QUIET), strict=True)):
                spot = (SHARPNESS * left, SHARPNESS * (top + PHOTO_PX + 8 + 14 * place))
                draw.text(spot, text, fill=colour, font=font(False), anchor="lm")
        return as_png(whole)


def square(pixels: np.ndarray, side_px: int) -> Image.Image:
    """A picture, uint8 (C, H, W), in a white square of that size on the page; small ones keep their pixels visible."""
    colours = pixels.transpose(1, 2, 0) if len(pixels) == 3 else pixels[0]
    side = SHARPNESS * side_px
    image = Image.fromarray(np.ascontiguousarray(colours)).convert("RGB")
    scale = side / max(image.size)
    how = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BILINEAR
    image = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), how)
    if image.size == (side, side):
        return image
    whole = Image.new("RGB", (side, side), "white")
    whole.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return whole
