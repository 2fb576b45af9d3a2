"""The kept figure of several runs."""

import math

import numpy as np

from course_lib.widgets.run_curves import MAX_LOSS, RunCurves


def records(loss: float, accuracy: float) -> list[dict[str, float]]:
    return [
        {"step": 1, "epoch": 0.5, "loss": loss},
        {"step": 2, "epoch": 1.0, "loss": math.nan},
        {"step": 2, "epoch": 1.0, "val/accuracy/top1": accuracy},
    ]


def test_lines_are_kept_and_moved() -> None:
    curves = RunCurves(goal=85)
    assert curves.png({}, 3).startswith(b"\x89PNG")
    curves.png({"1": records(2.0, 40)}, 3)
    first = curves.lines[0]
    curves.png({"1": records(2.0, 40), "2": records(1.0, 60)}, 5)
    assert curves.lines[0] is first and len(curves.lines) == 2
    loss, accuracy = curves.lines[1]
    assert np.allclose(loss.get_xdata(), [0.5, 1.0]) and np.allclose(loss.get_ydata(), [1.0, math.nan], equal_nan=True)
    assert np.allclose(accuracy.get_ydata(), 60)
    assert loss.get_linewidth() > first[0].get_linewidth()
    assert curves.loss.get_xlim()[1] == 5.1
    assert [text.get_text() for text in curves.figure.legends[0].get_texts()] == ["1", "2"]


def test_an_explosion_does_not_flatten_the_others() -> None:
    curves = RunCurves()
    curves.png({"1": records(1e9, 10)}, 1)
    assert curves.loss.get_ylim()[1] == 1.08 * MAX_LOSS
