import numpy as np
import pytest

from course_lib.viz import reliability_figure

NAN = float("nan")


def test_bars_up_to_the_accuracy_and_the_gap_to_the_confidence(tmp_path) -> None:
    confidence, accuracy = np.array([NAN, 0.4, 0.6, 0.9]), np.array([NAN, 0.3, 0.8, 0.9])
    figure = reliability_figure(confidence, accuracy, np.array([0, 1, 3, 6]), 0.07, title="digits")
    above, below = figure.axes
    assert above.get_title(loc="left") == "Expected calibration error 7.0 %"
    bars, too_sure, too_modest = above.containers
    heights = [[(round(bar.get_y(), 3), round(bar.get_height(), 3)) for bar in box] for box in above.containers]
    assert heights[0] == [(0, 0.3), (0, 0.6), (0, 0.9)]  # the lower of the two
    assert heights[1] == [(0.3, 0.1)] and heights[2][0] == (0.6, 0.2)
    assert too_sure.get_label().startswith("too sure") and too_modest.get_label().startswith("right more often")
    assert bars[0].get_x() + bars[0].get_width() / 2 == pytest.approx(0.375)  # the middle of the second bin
    assert [round(bar.get_height(), 3) for bar in below.containers[0]] == [0, 0.1, 0.3, 0.6]
    figure.savefig(tmp_path / "reliability.png")


def test_lengths_that_differ_are_named() -> None:
    with pytest.raises(ValueError, match=r"2 confidences, 2 accuracies, 3 counts\."):
        reliability_figure(np.ones(2), np.ones(2), np.ones(3), 0.0)
