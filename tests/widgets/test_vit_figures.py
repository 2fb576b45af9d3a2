"""The figures of lesson 14: what is drawn is what was given."""

import numpy as np

from course_lib.widgets import attention_on_pictures, follows_figure, patches_figure, positions_figure
from course_lib.widgets.vit_figures import in_lines


def pictures(count: int, side: int = 8) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, size=(count, 3, side, side), dtype=np.uint8)


def test_patches_come_in_reading_order() -> None:
    colours = pictures(1)[0].transpose(1, 2, 0)
    lines = in_lines(colours, grid=4)  # 16 patches of 2 × 2: two lines of eight
    assert lines.shape == (2 * 2 + 2, 8 * 3 - 1, 3)
    assert np.array_equal(lines[:2, :2], colours[:2, :2])
    assert np.array_equal(lines[:2, 12:14], colours[2:4, :2])  # the fifth begins the second row of patches
    assert np.array_equal(lines[4:, -2:], colours[6:, 6:])
    assert (lines[2:4] == 255).all() and (lines[:, 2] == 255).all()
    whole, sentence = patches_figure(pictures(1)[0], 4).axes
    assert whole.get_title() == "4 × 4 patches" and sentence.get_title() == "a sentence of 16 words"


def test_attention_is_below_its_picture_with_the_box_in_patches() -> None:
    maps = np.random.default_rng(1).random((3, 16))
    figure = attention_on_pictures(pictures(3), maps, np.array([[2, 4, 6, 8]] * 3), ["a", "b", "c"])
    above, below = figure.axes[:3], figure.axes[3:]
    assert [axes.get_title() for axes in above] == ["a", "b", "c"]
    assert np.array_equal(below[1].images[0].get_array(), maps[1].reshape(4, 4))
    assert {axes.images[0].get_clim() for axes in below} == {(0, maps.max())}
    assert above[0].patches[0].get_bbox().bounds == (1.5, 3.5, 4, 4)
    assert below[0].patches[0].get_bbox().bounds == (0.5, 1.5, 2, 2)


def test_follows_figure_says_the_correlation() -> None:
    shape = np.random.default_rng(0).uniform(8, 24, size=(50, 2))
    gaze = np.stack([shape[:, 0] / 2 + 8, 32 - shape[:, 1]], axis=1)
    across, down = follows_figure(shape, gaze, 32).axes
    assert np.array_equal(across.lines[1].get_xdata(), shape[:, 0])
    assert across.texts[0].get_text() == "correlation 1.00" and down.texts[0].get_text() == "correlation -1.00"


def test_positions_are_compared_after_centring() -> None:
    embedding = np.repeat(np.eye(4), 4, axis=0) + 7  # sixteen places, four rows; the sevens say nothing
    figure = positions_figure(embedding, [0, 6])
    first, second = (axes.images[0].get_array() for axes in figure.axes[:2])
    assert np.allclose(first[0], 1) and np.allclose(first[1:], -1 / 3)
    assert np.allclose(second[1], 1) and figure.axes[1].lines[0].get_xydata().tolist() == [[2, 1]]
