import numpy as np

from course_lib.viz import text_plot


def test_a_ramp_of_characters() -> None:
    assert text_plot(np.array([0.0, 1.0, 2.0]), height=2).splitlines() == ["        2 │  █", "        0 │ ██"]


def test_long_values_are_averaged_to_the_width() -> None:
    top, bottom = text_plot(np.repeat([1.0, 0.5], 500), width=10, height=2).splitlines()
    assert top.endswith("│█████")
    assert bottom.endswith("│██████████")


def test_zeros_draw_an_empty_plot() -> None:
    assert text_plot(np.zeros(3), height=1) == "        0 │"
