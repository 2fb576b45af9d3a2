"""The picture of the CAM overlay: the photo, and beside it the same with the heat on it, and the scale of its colours.

Without matplotlib's axes: a few milliseconds a move.
"""

import numpy as np
from PIL import Image, ImageDraw

from course_lib.viz.overlay import HEAT, overlay_heat
from course_lib.viz.style import INK, QUIET

from .attention_view import font
from .confusion_view import square
from .conv_geometry_view import as_png
from .parts import GREEN, SHARPNESS

PHOTO_PX, GAP_PX, TITLE_PX, SCALE_PX, SCALE_TEXT_PX = 300, 24, 26, 14, 44
COLOURS = np.round(HEAT(np.linspace(1, 0, PHOTO_PX * SHARPNESS))[:, None, :3] * 255).astype(np.uint8)  # from the top


class CamPicture:
    """The picture, at each move another PNG."""

    size_px = (2 * PHOTO_PX + 2 * GAP_PX + SCALE_PX + SCALE_TEXT_PX, PHOTO_PX + TITLE_PX)

    def png(
        self, image: np.ndarray, heat: np.ndarray | None, box: np.ndarray | None, title: str, strength: float
    ) -> bytes:
        """The picture with its heat.

        Args:
            image: uint8 (C, S, S).
            heat: float (H, W) in 0…1; None where there is none to show.
            box: x0, y0, x1, y1 in pixels of the image, if it is known.
            title: Above the heat.
            strength: How much of the picture the colours hide at most, 0 to 1.
        """
        whole = Image.new("RGB", (SHARPNESS * self.size_px[0], SHARPNESS * self.size_px[1]), "white")
        draw = ImageDraw.Draw(whole)
        right = PHOTO_PX + GAP_PX
        shown = image if heat is None else overlay_heat(*same_size(image, heat), strength)
        for left, pixels, text in ((0, image, "the picture"), (right, shown, title if heat is not None else "no map")):
            draw.text((SHARPNESS * left, SHARPNESS * TITLE_PX // 2), text, fill=INK, font=font(True), anchor="lm")
            whole.paste(square(pixels, PHOTO_PX), (SHARPNESS * left, SHARPNESS * TITLE_PX))
            if box is not None:
                scale = SHARPNESS * PHOTO_PX / image.shape[-1]
                x0, y0, x1, y1 = (scale * float(edge) for edge in box)
                shift_x, shift_y = SHARPNESS * left, SHARPNESS * TITLE_PX
                corners = (x0 + shift_x, y0 + shift_y, x1 + shift_x - 1, y1 + shift_y - 1)
                draw.rectangle(corners, outline=GREEN, width=2 * SHARPNESS)
        self._draw_scale(whole, draw)
        return as_png(whole)

    def _draw_scale(self, whole: Image.Image, draw: ImageDraw.ImageDraw) -> None:
        left = 2 * (PHOTO_PX + GAP_PX)
        whole.paste(
            Image.fromarray(COLOURS.repeat(SCALE_PX * SHARPNESS, axis=1)), (SHARPNESS * left, SHARPNESS * TITLE_PX)
        )
        for text, top in (("most", TITLE_PX + 7), ("little", TITLE_PX + PHOTO_PX - 7)):
            place = (SHARPNESS * (left + SCALE_PX + 5), SHARPNESS * top)
            draw.text(place, text, fill=QUIET, font=font(False), anchor="lm")


def same_size(image: np.ndarray, heat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The smaller of the two enlarged to the other: a picture (C, S, S) keeps its pixels, heat (H, W) is smoothed."""
    side = max(image.shape[-1], heat.shape[-1])
    if image.shape[-1] < side:
        nearest = np.arange(side) * image.shape[-1] // side
        image = image[:, nearest][:, :, nearest]
    if heat.shape[-1] < side:
        larger = Image.fromarray(heat.astype(np.float32)).resize((side, side), Image.Resampling.BILINEAR)
        heat = np.clip(np.asarray(larger), 0, 1)
    return image, heat
