"""The geometry widget, driven by its sliders, and its picture against counted cells."""

import io

import numpy as np
from matplotlib.colors import to_rgb
from PIL import Image

from course_lib.widgets import ConvGeometry
from course_lib.widgets.conv_arithmetic import Geometry
from course_lib.widgets.conv_geometry_view import (
    COLOURS,
    DONE,
    NOW,
    PADDED,
    UNUSED,
    USED,
    WAITING,
    as_png,
    drawn,
    input_cells,
    output_cells,
    titled,
)


def move(widget: ConvGeometry, **values: int) -> None:
    for name, value in values.items():
        widget.sliders[name].value = value


def test_cells_by_hand() -> None:
    used, here = np.array([False, True, True, False, True]), np.array([1, 2])
    cells = input_cells(3, 1, used, (here, here))
    assert cells.tolist() == [
        [PADDED] * 5,
        [PADDED, NOW, NOW, UNUSED, PADDED],
        [PADDED, NOW, NOW, UNUSED, PADDED],
        [PADDED, UNUSED, UNUSED, UNUSED, PADDED],
        [PADDED] * 5,
    ]
    assert output_cells(2, 1).tolist() == [[DONE, NOW], [WAITING, WAITING]]
    assert output_cells(0, 0).shape == (0, 0)


def test_picture_has_as_many_squares_as_cells() -> None:
    cells = np.full((6, 6), USED)
    cells[:2, :3] = NOW
    image = drawn(cells, np.zeros((0, 0), dtype=int))
    counts = {colour: count for count, colour in image.getcolors() or []}
    assert counts[USED] / counts[NOW] == 30 / 6
    assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_lines_lead_from_window_to_output() -> None:
    image = np.asarray(drawn(np.array([[NOW, USED], [USED, USED]]), output_cells(2, 0)))
    between = image[:, 560:880]  # neither input nor output stands there
    rows = np.nonzero((between == NOW).any(axis=1))[0]
    assert (between == NOW).any(axis=0).all() and len(rows)


def test_titles_are_part_of_the_still() -> None:
    image = drawn(np.full((4, 4), USED), output_cells(2, 0))
    assert titled(image, ("input", "output")).height > image.height
    assert titled(image, ("input", "output")).tobytes() != titled(image, ("in", "out")).tobytes()
    assert as_png(image).startswith(b"\x89PNG")


def test_sliders_redraw_and_fill_in_the_formula() -> None:
    widget = ConvGeometry()
    before = bytes(widget.image.value)
    move(widget, n=12, s=2, p=1)
    assert bytes(widget.image.value) != before and widget.trouble.value == ""
    assert "⌊(12 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = ⌊11 / 2⌋ + 1 = 6" in widget.text.value
    assert "input 12 × 12, padded to 14 × 14" in widget.titles.value and "output 6 × 6" in widget.titles.value
    assert widget.walk.max == widget.play.max == 35


def test_position_moves_the_window_and_stays_inside() -> None:
    widget = ConvGeometry(Geometry(9, 3, 1, 0, 1))
    before = bytes(widget.image.value)
    widget.walk.value = 48
    assert bytes(widget.image.value) != before
    move(widget, s=4)  # 2 × 2 outputs
    assert widget.walk.value == 3 and widget.trouble.value == ""
    orange = tuple(round(255 * part) for part in to_rgb(COLOURS[NOW]))
    still = np.asarray(Image.open(io.BytesIO(widget.still())).convert("RGB"))
    assert (still == orange).all(axis=-1).any()


def test_what_does_not_fit_is_said() -> None:
    widget = ConvGeometry(Geometry(4, 7, 1, 0, 4))
    assert "the window spans 25, but the padded input has 4 only: it does not fit" in widget.text.value
    assert "no output" in widget.titles.value and widget.trouble.value == ""
    move(widget, k=1)
    assert "output 4 × 4" in widget.titles.value and widget.trouble.value == ""


def test_goals_ask_for_the_fewest_weights() -> None:
    widget = ConvGeometry()
    assert "✗ output 9" in widget.state.value and widget.reached == set()
    move(widget, p=1)
    assert "Goal reached, and with 9 weights" in widget.state.value
    assert widget.goal_buttons[0].description == "1 ✓" and widget.reached == {0}
    widget.goal_buttons[2].click()
    assert "from 11 × 11 to 11 × 11" in widget.goal.value and "✗ input 11" in widget.state.value
    move(widget, n=11, k=5, p=2)
    assert "It does, with 25 weights. Fewer are enough." in widget.state.value and widget.reached == {0}
    move(widget, k=3, d=2)
    assert "Goal reached, and with 9 weights" in widget.state.value and widget.reached == {0, 2}


def test_errors_show_in_the_widget() -> None:
    widget = ConvGeometry()
    widget.goal_index = 99
    move(widget, p=1)
    assert "IndexError" in widget.trouble.value
    widget.goal_buttons[0].click()
    assert widget.trouble.value == ""
