"""Curves and blocks of lesson 13, looked up in the figures."""

import numpy as np

from course_lib.widgets.resnet_figures import BLOCKS, blocks_figure, losses_figure


def test_a_line_for_each_seed_and_a_colour_for_each_network() -> None:
    flat, falling = [2.0] * 30, list(np.linspace(2.3, 0.1, 30))
    axes = losses_figure({"plain": [flat, flat], "residual": [falling]}).axes[0]
    guessing, *lines = axes.lines
    assert np.isclose(guessing.get_ydata()[0], np.log(10)) and len(lines) == 3
    assert lines[0].get_color() == lines[1].get_color() != lines[2].get_color()
    assert np.allclose(lines[0].get_ydata(), 2.0) and list(lines[0].get_xdata()) == list(range(1, 31))
    assert lines[2].get_ydata()[0] > 1.5 > 0.8 > lines[2].get_ydata()[-1]
    names = {text.get_text(): text for text in axes.texts}
    assert names["plain"].get_color() == lines[0].get_color()
    assert names["plain"].get_position()[1] > names["residual"].get_position()[1]


def test_names_of_equal_curves_do_not_overlap() -> None:
    axes = losses_figure({name: [[1.0] * 9] for name in "abc"}).axes[0]
    heights = sorted(text.get_position()[1] for text in axes.texts if text.get_text() in "abc")
    assert min(np.diff(heights)) > 0.1 and np.isclose(np.mean(heights), 1.0)


def test_both_blocks_with_their_layers() -> None:
    for axes, (name, (_, layers, _)) in zip(blocks_figure().axes, BLOCKS.items(), strict=True):
        words = [text.get_text() for text in axes.texts]
        assert axes.get_title() == name and [word for word in words if "×" in word] == list(layers)
        assert words.count("ReLU") == len(layers) and words.count("+") == 1 and "shortcut" in words
