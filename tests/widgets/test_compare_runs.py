"""The comparison of runs, driven as a browser drives it."""

from io import BytesIO

import pytest
from PIL import Image

from course_lib.widgets import compare_runs
from course_lib.widgets.compare_runs import CompareRuns, ahead_since, final_values, verdict

METRIC = "accuracy/top1"


def run(*accuracies: float, every: int = 10) -> list[dict[str, float]]:
    records = []
    for index, accuracy in enumerate(accuracies, start=1):
        step = every * index
        records.append({"step": step, "epoch": index, "loss": 2.0 / index, "lr": 0.1})
        records.append({"step": step, "epoch": index, f"val/{METRIC}": accuracy})
    return records


RUNS = {"slow": run(20, 50, 80), "fast": run(60, 70, 70), "unmeasured": [{"step": 1, "epoch": 0, "loss": 9.0}]}


def test_who_is_ahead_and_since_when() -> None:
    assert final_values(RUNS, METRIC) == {"slow": 80, "fast": 70}
    assert ahead_since(RUNS, "slow", METRIC) == 30
    assert ahead_since(RUNS, "fast", METRIC) is None and ahead_since(RUNS, "unmeasured", METRIC) is None
    # validated at other steps: at step 20 the coarse one is at 40, halfway between its validations
    assert (
        ahead_since({"fine": run(0, 45, 50, 90), "coarse": run(40, every=20) + run(40, every=40)}, "fine", METRIC) == 20
    )
    assert ahead_since({"alone": run(10, 20)}, "alone", METRIC) == 10


@pytest.mark.parametrize(
    ("chosen", "right", "said"),
    [
        ("slow", True, "slow ends at 80.0, fast at 70.0. Right! It was ahead for good from step 30 of 30 on."),
        ("fast", False, "fast ends at 70.0, slow at 80.0. Look again: which curve is highest at the end?"),
        ("unmeasured", False, "unmeasured was never validated: nobody knows what it is worth."),
    ],
)
def test_the_verdict(chosen: str, right: bool, said: str) -> None:
    assert verdict(RUNS, chosen, METRIC) == (right, said)


def test_less_than_a_point_decides_nothing() -> None:
    runs = {"a": run(90.0), "b": run(90.4)}
    assert not verdict(runs, "a", METRIC)[0] and verdict(runs, "b", METRIC)[0]
    assert all("another seed may turn it round" in verdict(runs, name, METRIC)[1] for name in runs)
    assert verdict({"a": run(90.0)}, "a", METRIC) == (True, "a ends at 90.0, and is alone.")


def test_controls_change_the_curves_and_a_choice_is_judged() -> None:
    widget = CompareRuns(RUNS)
    assert [panel["title"] for panel in widget.view.panels] == ["Loss", "Validation: accuracy (%)", "Learning rate"]
    before = widget.view.panels[0]["lines"][0]["points"]
    assert widget.view.panels[0]["lines"][0]["faint"] and not widget.view.panels[1]["lines"][0]["faint"]
    widget.smoothing.value = 0
    assert widget.view.panels[0]["lines"][0]["points"] != before
    widget.logarithmic.value = True
    assert [panel["log"] for panel in widget.view.panels] == [True, False, True]
    assert [button.description for button in widget.buttons] == list(RUNS)
    widget.buttons[0].click()
    assert "Right!" in widget.said.value and widget.trouble.value == ""


def test_without_anywidget_it_is_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_runs, "make_curves_view", lambda: None)
    widget = CompareRuns(RUNS)
    assert widget.view is None and widget.image in widget.children
    before = bytes(widget.image.value)
    assert before == widget.still() and Image.open(BytesIO(before)).format == "PNG"
    widget.logarithmic.value = True
    assert widget.image.value != before and widget.trouble.value == ""


def test_nothing_to_compare_and_what_cannot_be_drawn() -> None:
    assert CompareRuns({}).view.panels == []
    assert CompareRuns({}).still().startswith(b"\x89PNG")
    broken = CompareRuns({"a": [{"step": 1, "loss": "much"}]})
    assert "ValueError" in broken.trouble.value
