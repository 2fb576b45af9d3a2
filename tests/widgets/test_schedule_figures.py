"""Panels and dots of lesson 12, looked up in the figures."""

import numpy as np

from course_lib.widgets.schedule_curve import ScheduleCurve
from course_lib.widgets.schedule_figures import rates_figure, seeds_figure


def test_a_panel_for_each_schedule() -> None:
    curves = {name: np.linspace(height, 0, 20) for name, height in (("a", 1.0), ("b", 0.5), ("c", 0.1))}
    figure = rates_figure(curves)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["a", "b", "c"]
    for axes, rates in zip(figure.axes, curves.values(), strict=True):
        assert np.array_equal(axes.lines[0].get_ydata(), rates) and axes.get_ylim() == (0, 1.12)


def test_a_fifth_schedule_begins_a_row() -> None:
    figure = rates_figure({str(index): np.ones(3) for index in range(5)})
    assert len(figure.axes) == 5 and figure.axes[4].get_subplotspec().rowspan.start == 1


def test_a_dot_for_each_seed_and_their_mean() -> None:
    axes = seeds_figure({"constant": [40.0, 20.0], "cosine": [60.0]}).axes[0]
    dots, mean = axes.lines[:2]
    assert list(dots.get_xdata()) == [40, 20] and list(mean.get_xdata()) == [30, 30]
    assert [text.get_text() for text in axes.texts] == ["30 %", "60 %"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["constant", "cosine"]


def test_the_kept_curve_shows_the_new_values() -> None:
    curve = ScheduleCurve(0.3)
    flat, momentum = np.full(10, 0.1), np.full(10, 0.9)
    first = curve.png(flat, momentum)
    assert curve.png(flat, momentum) == first
    assert curve.lr.get_ylim()[1] > 0.3  # the constant rate stays in the picture
    assert curve.png(np.linspace(2, 0, 10), momentum) != first
    assert curve.lr.get_ylim()[1] > 2 and list(curve.lr_line.get_ydata()) == list(np.linspace(2, 0, 10))
