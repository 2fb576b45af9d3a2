"""The figures of lesson 08, by what stands in them."""

import numpy as np

from course_lib.widgets import filter_sheet, filters_at_work, number_grids, receptive_fields, window_at_work
from course_lib.widgets.convolution_figures import filter_colours

PHOTO = np.arange(36.0).reshape(6, 6)
KERNEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def test_window_shows_the_numbers_and_their_sum() -> None:
    _, window, kernel, result = window_at_work(PHOTO, KERNEL, row=2, column=3).axes
    assert [text.get_text() for text in window.texts] == ["8", "9", "10", "14", "15", "16", "20", "21", "22"]
    assert [text.get_text() for text in kernel.texts][:3] == ["-1", "0", "1"]
    assert result.get_title() == "sum: 8"  # each row grows by 2 from left to right, times 1 + 2 + 1


def test_the_window_is_marked_where_it_stands() -> None:
    photo = window_at_work(PHOTO, KERNEL, row=2, column=3).axes[0]
    box = photo.patches[0].get_bbox()
    assert (box.x0, box.x1, box.y0, box.y1) == (1.5, 4.5, 0.5, 3.5)


def test_number_grids() -> None:
    figure = number_grids([("one", np.eye(2)), ("two", np.ones((2, 3)))])
    assert [axes.get_title() for axes in figure.axes] == ["one", "two"]
    assert [text.get_text() for text in figure.axes[0].texts] == ["1", "0", "0", "1"]


def test_filter_colours_keep_zero_grey() -> None:
    filters = np.zeros((2, 3, 2, 2))
    filters[1, 0, 0, 0], filters[1, 2, 1, 1] = 4.0, -2.0
    colours = filter_colours(filters)
    assert colours.shape == (2, 2, 2, 3) and (colours[0] == 0.5).all()
    assert colours[1, 0, 0].tolist() == [1.0, 0.5, 0.5] and colours[1, 1, 1].tolist() == [0.5, 0.5, 0.25]


def test_sheet_holds_every_filter_once() -> None:
    filters = np.random.default_rng(0).normal(size=(5, 3, 4, 4))
    sheet = np.asarray(filter_sheet(filters, columns=3).axes[0].images[0].get_array())
    assert sheet.shape == (9, 14, 3)
    for index, colours in enumerate(filter_colours(filters)):
        top, left = 5 * (index // 3), 5 * (index % 3)
        np.testing.assert_allclose(sheet[top : top + 4, left : left + 4], colours)
    assert (sheet[5:, 10:] == 1).all()  # no sixth filter: paper


def test_maps_stand_below_their_filters() -> None:
    filters, maps = np.ones((3, 3, 5, 5)), np.stack([np.full((4, 4), value) for value in (1.0, -1.0, 2.0)])
    figure = filters_at_work(np.zeros((8, 8, 3), dtype=np.uint8), filters, maps)
    assert len(figure.axes) == 1 + 2 * 3
    below_zero = np.asarray(figure.axes[4].images[0].get_array())
    assert (below_zero[..., 2] > below_zero[..., 0]).all()


def test_fields_are_framed_and_counted() -> None:
    strength = np.zeros((20, 20))
    strength[5:12, 8:15] = 1.0
    axes = receptive_fields(np.full((20, 20), 100.0), [("a layer", strength)]).axes[0]
    assert axes.get_xlabel() == "sees 7 × 7" and axes.get_title() == "a layer"
    box = axes.patches[0].get_bbox()
    assert (box.x0, box.x1, box.y0, box.y1) == (7.5, 14.5, 4.5, 11.5)
    colours = np.asarray(axes.images[0].get_array())
    assert colours[8, 10].tolist() == [255, 190, 80] and colours[0, 0].tolist() == [35, 35, 35]
