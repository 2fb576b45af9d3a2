"""What the browser is told to draw."""

import json
import math

import numpy as np

from course_lib.viz.curves import smooth
from course_lib.viz.style import PALETTE
from course_lib.widgets.curve_panels import MAX_POINTS, from_zero, label, limits, panel, points


def losses(*values: float) -> list[dict[str, float]]:
    return [{"step": 10 * i, "epoch": i / 2, "loss": value} for i, value in enumerate(values, start=1)]


def test_a_panel_of_two_runs() -> None:
    made = panel({"a": losses(2.0, 1.0), "b": losses(3.0)}, "loss", goal=0.5, height=100)
    assert made["title"] == "Loss" and made["along"] == "step" and made["goal"] == 0.5 and made["height"] == 100
    first, second = made["lines"]
    assert first["points"] == [[10.0, 2.0], [20.0, 1.0]] and second["points"] == [[10.0, 3.0]]
    assert (first["colour"], second["colour"]) == PALETTE[:2] and first["width"] < second["width"]
    assert first["faint"] == [] and not first["dots"]
    assert made["limits"][:2] == [0, 20.4] and made["limits"][2] < 1 and made["limits"][3] > 3
    json.dumps(made, allow_nan=False)  # as it is sent to the browser


def test_along_epochs_with_room_for_those_to_come() -> None:
    made = panel({"a": losses(2.0, 1.0)}, "loss", along="epoch", length=8, span=(0, 5))
    assert made["lines"][0]["points"] == [[0.5, 2.0], [1.0, 1.0]]
    assert np.allclose(made["limits"], [0, 8.16, 0, 5])


def test_smoothed_curves_keep_their_values_faintly() -> None:
    values = [4.0, 1.0, 3.0, 2.0]
    line = panel({"a": losses(*values)}, "loss", smoothing=0.7)["lines"][0]
    assert [y for _, y in line["faint"]] == values
    assert np.allclose([y for _, y in line["points"]], smooth(np.array(values), 0.7))


def test_what_is_no_number_breaks_the_line() -> None:
    line = panel({"a": losses(2.0, math.nan, math.inf, 1.0)}, "loss")["lines"][0]
    assert [y for _, y in line["points"]] == [2.0, None, None, 1.0]


def test_a_logarithmic_axis_has_no_place_for_zero() -> None:
    made = panel({"a": losses(1.0, 0.0, 0.01)}, "loss", log=True)
    assert made["log"] and [y for _, y in made["lines"][0]["points"]] == [1.0, None, 0.01]
    assert 0 < made["limits"][2] < 0.01 and made["limits"][3] > 1


def test_validations_are_dots_and_other_records_are_passed_over() -> None:
    records = [*losses(1.0), {"step": 10, "epoch": 1.0, "val/accuracy/top1": 50.0}]
    made = panel({"a": records}, "val/accuracy/top1")
    assert made["lines"][0]["points"] == [[10.0, 50.0]] and made["lines"][0]["dots"]
    assert made["title"] == "Validation: accuracy (%)"


def test_nothing_to_draw_yet() -> None:
    for runs in ({}, {"a": []}):
        made = panel(runs, "loss", length=3)
        assert made["limits"] == [0, 3.06, 0, 1] and all(line["points"] == [] for line in made["lines"])
    assert panel({}, "loss")["limits"][1] > 0
    assert from_zero({}, "loss") == from_zero({"a": []}, "lr") == (0, 1.08)


def test_limits() -> None:
    assert np.allclose(limits(np.array([10.0, 20.0, math.nan])), (9.4, 20.6))
    assert limits(np.array([0.0, 1.0]))[0] == 0  # a loss is never below
    assert limits(np.array([-1.0, 1.0]))[0] < -1
    low, high = limits(np.array([5.0, 5.0]))
    assert low < 5 < high
    assert np.allclose(limits(np.array([0.1, 10.0]), log=True), (0.1 / 1.15, 11.5))


def test_an_explosion_does_not_flatten_the_others() -> None:
    runs = {"a": losses(1.0), "b": losses(2.0, 1e9)}
    assert from_zero(runs, "loss") == (0, 1.08 * 5)
    assert from_zero({"a": [{"step": 1, "lr": 20.0}, {"step": 2, "lr": 10.0}]}, "lr") == (0, 1.08 * 20)


def test_long_runs_are_thinned_and_keep_their_last_value() -> None:
    places = np.arange(1000.0)
    thinned = points(places, places**2)
    assert MAX_POINTS / 2 < len(thinned) <= MAX_POINTS and thinned[-1] == [999.0, 998001.0]
    assert np.ptp(np.diff([x for x, _ in thinned])) == 0


def test_labels() -> None:
    assert [label(name) for name in ("lr", "val/accuracy/top5", "val/f1")] == [
        "Learning rate",
        "Validation: top-5 accuracy (%)",
        "Validation: f1",
    ]
