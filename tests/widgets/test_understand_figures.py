"""The figures of lesson 16 say what they are given."""

import numpy as np
from matplotlib.patches import Rectangle

from course_lib.viz.overlay import overlay_heat
from course_lib.widgets import bars_figure, heats_figure


def test_bars_are_as_long_as_their_numbers() -> None:
    figure = bars_figure({"one": 7.25, "other": 22.4}, "Wrong answers", most=25)
    (axes,) = figure.axes
    widths = [bar.get_width() for bar in axes.patches if isinstance(bar, Rectangle)]
    assert widths == [25, 25, 7.25, 22.4]  # the scale behind each, then the bars
    assert [text.get_text() for text in axes.texts] == ["7.2 %", "22 %"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "other"]
    assert axes.yaxis_inverted()  # the first is on top


def test_bars_keep_their_title_inside_the_figure() -> None:
    figure = bars_figure({"a rather long name of a group": 50.0}, "A title that is a good deal longer than the bars")
    figure.draw_without_rendering()
    right = figure.texts[0].get_window_extent().x1
    assert right <= figure.bbox.x1


def test_heat_lies_on_its_picture_with_its_box() -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (2, 3, 8, 8), dtype=np.uint8)
    rows = {"early": rng.random((2, 8, 8)), "late": rng.random((2, 8, 8))}
    boxes = np.array([[1, 2, 5, 6], [0, 0, 8, 4]])
    figure = heats_figure(pictures, rows, boxes, ["cat", "dog"])
    grid = np.array(figure.axes).reshape(3, 2)
    assert [axes.get_title() for axes in grid[0]] == ["cat", "dog"]
    assert [axes.get_ylabel() for axes in grid[:, 0]] == ["picture", "early", "late"]
    for column in range(2):
        shown = [np.asarray(axes.images[0].get_array()) for axes in grid[:, column]]
        assert (shown[0] == pictures[column].transpose(1, 2, 0)).all()
        for colours, heats in zip(shown[1:], rows.values(), strict=True):
            assert (colours == overlay_heat(pictures[column], heats[column]).transpose(1, 2, 0)).all()
        for axes in grid[:, column]:
            (frame,) = (patch for patch in axes.patches if isinstance(patch, Rectangle))
            x0, y0, x1, y1 = boxes[column]
            assert frame.get_bbox().extents.tolist() == [x0 - 0.5, y0 - 0.5, x1 - 0.5, y1 - 0.5]
