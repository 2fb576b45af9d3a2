import numpy as np

from course_lib.viz import lr_range_figure


def test_the_marks_are_named_and_an_explosion_does_not_press_the_rest_flat() -> None:
    lr = np.logspace(-5, 0, 50)
    loss = np.concatenate([np.linspace(2.3, 0.5, 45), [5.0, 50.0, 500.0, 5e3, 5e4]])
    figure = lr_range_figure(lr, loss, loss, {"steepest": 1e-3, "tenth": 1e-4}, title="lenet")
    (axes,) = figure.axes
    assert axes.get_xscale() == "log" and axes.get_ylim()[1] < 5 and axes.get_ylim()[0] < 0.5
    said = [text.get_text() for text in axes.texts]
    assert said == ["steepest\n0.001", "tenth\n0.0001"]
    assert axes.texts[1].get_ha() == "right"  # the smaller rate's name stands on its left
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert np.allclose([float(dot.get_ydata()[0]) for dot in dots], np.interp([-3, -4], np.log10(lr), loss))
