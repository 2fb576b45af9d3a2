"""Outputs of cells: what is shown of streams, widgets, progress bars and errors."""

import base64
from io import BytesIO
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_output
from PIL import Image

from course_lib.site.outputs import WIDGET, Picture, cell_pictures, code_cell, merged
from course_lib.site.pages import best_picture, card_picture

VIEW = {WIDGET: {"model_id": "1"}}


def png(width: int, height: int) -> str:
    buffer = BytesIO()
    Image.new("RGB", (width, height)).save(buffer, "png")
    return base64.b64encode(buffer.getvalue()).decode()


def cell(source: str = "f()", **data: Any) -> Any:
    """A cell with one output, keys with a dash for the slash: image_png=…"""
    shown = {name.replace("_", "/"): value for name, value in data.items()}
    return new_code_cell(source, outputs=[new_output("display_data", data=shown)])


def test_what_was_printed_in_pieces_is_one_text() -> None:
    pieces = [new_output("stream", name="stdout", text=text) for text in ("a\n", "10%\r", "20%\rdone\nb\n")]
    assert [each["text"] for each in merged(pieces)] == ["a\n10%\r20%\rdone\nb\n"]
    assert '<pre class="text stdout">a\ndone\nb</pre>' in code_cell(new_code_cell("", outputs=pieces), "")


def test_progress_bars_and_addresses_are_left_out() -> None:
    bar = new_output("display_data", data=VIEW | {"text/plain": "epoch 1/5:   0%|     | 0/63"})
    address = new_output("execute_result", data={"text/plain": "<torch._C.Generator at 0x7f63b403b190>"})
    lines = [new_output("stream", name="stdout", text=text) for text in ("1\n", "2\n")]
    [kept] = merged([address, lines[0], bar, lines[1]])
    assert kept["text"] == "1\n2\n"


def test_a_widget_shows_words_rather_than_a_picture_and_a_picture_rather_than_nothing() -> None:
    words, picture = {"text/html": "<b>asks</b>"}, {"image/png": png(10, 10)}

    def shown(data: dict[str, Any]) -> str:
        return code_cell(new_code_cell("f()", outputs=[new_output("display_data", data=data)]), "s")

    assert '<div class="widget"><b>asks</b></div>' in shown(VIEW | words | picture)
    assert '<figure class="widget"><img src="data:image/png' in shown(VIEW | picture)
    assert "a widget, which needs the lesson to run" in shown(VIEW | {"text/plain": "Box()"})
    assert "<figure><img" in shown(words | picture)
    assert '<div class="scroll"><b>asks</b></div>' in shown(words | {"text/plain": "asks"})
    assert '<pre class="text">1 &lt; 2</pre>' in shown({"text/plain": "1 < 2"})


def test_errors_and_colours() -> None:
    error = new_output("error", ename="E", evalue="", traceback=["\x1b[31mE\x1b[0m: <x>"])
    shown = code_cell(new_code_cell("f()", outputs=[error]), "")
    assert '<pre class="text stderr"><span class="ansi-red-fg">E</span>: &lt;x&gt;</pre>' in shown


@pytest.mark.parametrize(
    ("source", "alt"),
    [
        ("widgets.weights_at_work(w)", "Weights at work (section “8 · Pixels”)"),
        ("x = 1\nPointsPlayground('confuse', n=2)", "Points playground: confuse (section “8 · Pixels”)"),
        ("%pip install x\nfigure", "Picture of the section “8 · Pixels”"),
        ("not python", "Picture of the section “8 · Pixels”"),
    ],
)
def test_pictures_in_words(source: str, alt: str) -> None:
    [picture] = cell_pictures(cell(source, image_png=png(4, 2)), "8 · Pixels")
    assert picture.alt == alt


def test_wide_pictures_without_a_size_are_twice_as_sharp() -> None:
    [picture] = cell_pictures(cell(image_png=png(1000, 500)), "")
    assert (picture.width, picture.height) == (500, 250)
    [picture] = cell_pictures(cell(image_png=png(600, 500)), "")
    assert (picture.width, picture.height) == (600, 500)


def test_the_best_picture_is_the_largest_figure() -> None:
    small, large = Picture(b"", 10, 10, ""), Picture(b"", 20, 10, "")
    widget = Picture(b"", 99, 99, "", widget=True)
    assert best_picture([small, large, widget]) is large
    assert best_picture([widget]) is widget and best_picture([]) is None
    made = card_picture(Picture(base64.b64decode(png(1800, 520)), 900, 260, ""))
    assert Image.open(BytesIO(made)).size == (720, 208)
