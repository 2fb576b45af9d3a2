"""What all widgets are put together from: kept pictures as PNG, errors that show, sentences of HTML."""

import html
import struct
import sys
import traceback
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from course_lib.viz.style import DPI, PALETTE

BLUE, ORANGE, GREEN = PALETTE[:3]
# pictures are this much sharper than their size on the page: screens have two pixels for one
SHARPNESS = 2


def png(figure: Figure) -> bytes:
    """A figure as a PNG."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return encoded(canvas)


def encoded(canvas: FigureCanvasAgg) -> bytes:
    """What was drawn as a PNG, made fast rather than small: it is sent at each move of a slider.

    Pillow tries five filters on each row; without any it takes half the time, and for plots no more bytes.
    """
    colours = np.asarray(Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB"))
    height, width, _ = colours.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each begins with its filter: 0 for none
    rows[:, 1:] = colours.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits a colour, RGB
    chunks = {b"IHDR": header, b"IDAT": zlib.compress(rows.data, 1), b"IEND": b""}
    written = (struct.pack(">I", len(each)) + name + each + checksum(name + each) for name, each in chunks.items())
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def checksum(data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data))


def picture(width_px: int, height_px: int) -> ipywidgets.Image:
    """An empty picture of that size on the page; its ``value`` is a PNG."""
    layout = ipywidgets.Layout(width=f"{width_px}px", height=f"{height_px}px", flex="0 0 auto")
    return ipywidgets.Image(format="png", layout=layout)


class KeepsPicture:
    """A widget whose still picture, for pages where no kernel runs, is what its ``image`` shows now."""

    image: ipywidgets.Image

    def still(self) -> bytes:
        """The picture as it is now: a PNG."""
        return bytes(self.image.value)

    _repr_png_ = still


def empty_figure(width_px: int, height_px: int) -> Figure:
    """A figure for ``picture``; no pyplot, as callbacks may run in any thread."""
    return Figure(figsize=(width_px / DPI, height_px / DPI), dpi=SHARPNESS * DPI, facecolor="white")


def sentence(text: str = "", *, colour: str = "inherit", bold: bool = False) -> str:
    """A line of HTML; ``text`` is HTML itself."""
    weight = 600 if bold else 400
    return f'<div style="line-height:1.5;color:{colour};font-weight:{weight}">{text}</div>'


def guarded(trouble: ipywidgets.HTML, callback: Callable[[], None]) -> Callable[..., None]:
    """A callback for ``observe`` and ``on_click``, whose errors show in ``trouble`` and not in a lost traceback."""

    def call(*event: Any) -> None:
        try:
            callback()
            trouble.value = ""
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            text = f"{type(error).__name__}: {error} ({place.name}, line {place.lineno})"
            trouble.value = sentence(html.escape(text), colour=ORANGE)

    return call


def threads_show() -> bool:
    """Whether a notebook shows what a thread changes; Colab does not."""
    return "google.colab" not in sys.modules


def allow_own_views() -> None:
    """Let a notebook show widgets that are not ipywidgets' own; Colab does so only when asked to."""
    if "google.colab" in sys.modules:
        sys.modules["google.colab"].output.enable_custom_widget_manager()  # type: ignore[attr-defined]


def as_widget(value: Any) -> ipywidgets.Widget:
    """Anything that a notebook can show as a widget: a widget, a figure, PNG bytes, HTML or text."""
    if isinstance(value, ipywidgets.Widget):
        return value
    if isinstance(value, bytes):
        return ipywidgets.Image(value=value, format="png")
    if isinstance(value, Figure):
        width, height = (round(inches * DPI) for inches in value.get_size_inches())
        buffer = BytesIO()
        value.savefig(buffer, format="png", dpi=SHARPNESS * DPI)
        shown = picture(width, height)
        shown.value = buffer.getvalue()
        return shown
    if hasattr(value, "_repr_html_"):
        return ipywidgets.HTML(value._repr_html_())
    return ipywidgets.HTML(html.escape(str(value)))
