"""The figures of lesson 09: what is drawn is what was given."""

import numpy as np

from course_lib.widgets import activation_curves, feature_maps, gradients_by_layer, guesses_figure, neighbours_figure


def pictures(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, size=(count, 3, 8, 8), dtype=np.uint8)


def test_a_panel_for_each_activation_with_its_gradient() -> None:
    figure = activation_curves()
    assert [axes.get_title(loc="left") for axes in figure.axes][:3] == ["sigmoid", "tanh", "ReLU"]
    curve, slope = (np.asarray(line.get_ydata()) for line in figure.axes[1].lines)
    x = np.asarray(figure.axes[1].lines[0].get_xdata())
    assert np.allclose(np.gradient(curve, x)[5:-5], slope[5:-5], atol=1e-3)


def test_gradients_by_layer_has_a_line_a_network() -> None:
    figure = gradients_by_layer({"good": [1.0, 2.0, 1.0], "dead": [0.0, 1e-9, 1.0]})
    good, dead = figure.axes[0].lines
    assert np.asarray(good.get_ydata()).tolist() == [1.0, 2.0, 1.0]
    assert np.asarray(dead.get_ydata())[0] > 0  # a logarithm of 0 cannot be drawn
    assert {text.get_text() for text in figure.axes[0].texts} == {"good", "dead"}


def test_the_strongest_maps_come_first() -> None:
    maps = np.zeros((12, 4, 4))
    maps[7, 0, 0], maps[3, 0, 0] = 9.0, 5.0
    figure = feature_maps(pictures(1)[0], {"block 1": maps}, columns=4)
    whole, first, second, *_ = figure.axes
    assert np.array_equal(whole.images[0].get_array(), pictures(1)[0].transpose(1, 2, 0))
    assert np.array_equal(first.images[0].get_array(), maps[7]) and np.array_equal(
        second.images[0].get_array(), maps[3]
    )
    assert first.get_ylabel() == "block 1\n4 × 4" and len(figure.axes) == 5


def test_the_likeliest_classes_are_named() -> None:
    chances = np.array([[0.7, 0.1, 0.2, 0.0], [0.0, 0.3, 0.3, 0.4]])
    figure = guesses_figure(pictures(2), chances, ["a", "b", "c", "d"], [0, 1])
    below = figure.axes[2]
    assert [text.get_text() for text in below.texts] == ["b 10 %", "c 20 %", "a 70 %"]
    assert [bar.get_width() for bar in below.patches] == [0.1, 0.2, 0.7]


def test_right_neighbours_are_framed() -> None:
    found = pictures(3)
    figure = neighbours_figure(found[0], 1, {"near": (found, [1, 2, 1])})
    assert figure.axes[1].get_title() == "near" or figure.axes[1].get_title(loc="left") == "near"
    widths = [axes.spines["left"].get_linewidth() for axes in figure.axes[1:]]
    assert widths[0] == widths[2] > widths[1]
