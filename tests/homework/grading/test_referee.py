"""What the referee makes of values, right, wrong and forged."""

import sys
from typing import Any

import numpy as np
import pytest

from course_lib.homework.exercise import Exercise
from course_lib.homework.exercises import every, find, lesson_10
from course_lib.homework.grading.plan import pack_plan, unpack_plan
from course_lib.homework.grading.referee import Task, make_task, mark
from course_lib.homework.grading.replay import recording, replayed
from course_lib.homework.grading.sandbox import try_all
from course_lib.homework.grading.values import Packer


@pytest.fixture(scope="module")
def predict() -> Task:
    return make_task(find("02.predict"), seed=3)


def frame(outcomes: list[list[Any]], **more: Any) -> bytes:
    """What an honest child sends: for each case the values of the answer's calls."""
    packer = Packer()
    parts = [{"calls": [packer.take(value) for value in calls]} for calls in outcomes]
    return packer.pack({"status": "tried", "outcomes": parts, **more})


def test_right_values(predict: Task) -> None:
    marks = mark(predict, frame([[value] for value in predict.expected]))
    assert (marks["status"], marks["points"], marks["of"]) == ("passed", 2, 2) and not marks["hints"]


def test_wrong_values_are_explained(predict: Task) -> None:
    values = [[value] for value in predict.expected]
    values[1] = [-values[1][0]]
    marks = mark(predict, frame(values, printed="<b>hello"))
    assert marks["points"] == 0 and len(marks["hints"]) == 2
    assert "a line that does not pass through 0" in marks["sentences"][0]
    assert ["printed", "<b>hello"] in [list(row) for row in marks["rows"]]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"passed", "cannot be read"),
        (frame([]), "It is lost."),
        (frame([[]]), "not called as often"),
        (frame([["passed"]] * 7), "should be numbers"),
        (Packer().pack({"status": "passed", "points": 100}), "cannot be read"),
        (Packer().pack([]), "cannot be read"),
        (Packer().pack({"status": "not yet"}), "still the stub"),
        (Packer().pack({"status": "missing", "why": "there is no function"}), "there is no function"),
        (Packer().pack({"status": "tried", "outcomes": [{"value": True}] * 7}), "cannot be read"),
    ],
)
def test_claims_are_worth_nothing(predict: Task, data: bytes, text: str) -> None:
    marks = mark(predict, data)
    assert marks["points"] == 0 and text in marks["sentences"][0]


def test_what_is_lost_scores_nothing(predict: Task) -> None:
    marks = mark(predict, b"", "It ended the process.")
    assert (marks["points"], marks["sentences"], marks["rows"]) == (0, ("It ended the process.",), ())


def test_use_is_repeated_by_the_referee() -> None:
    """A training step is made here, with the config that came: its loss cannot be claimed."""
    task = make_task(find("10.make_config"), seed=0)
    assert all(task.replayed)
    configs = [[lesson_10.make_config(*case.args)] for case in task.cases]
    assert mark(task, frame(configs))["points"] == 3
    claimed = [[{"mistakes": [], "scores a picture": case.args[0], "loss": 1.0}] for case in task.cases]
    assert mark(task, frame(claimed))["points"] == 0


def test_objects_are_described_in_the_sandbox() -> None:
    task = make_task(find("10.build"), seed=0)
    by_text = [isinstance(case.args[0], dict) and "type" in case.args[0] for case in task.cases]
    assert [not one for one in task.replayed[:4]] == by_text[:4] == [True] * 4
    assert task.replayed[-1]


@pytest.mark.parametrize("exercise", every(), ids=lambda exercise: exercise.name)
def test_every_reference_passes_by_its_values(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the plan through the sandbox's side to the marks: an exercise that `grade` cannot do is found here."""
    module = sys.modules[exercise.reference.__module__]
    monkeypatch.setitem(sys.modules, module.__name__, module)  # `unpack_plan` puts its own there
    task, packer = make_task(exercise, seed=5), Packer()
    plan = pack_plan([(exercise, [case.args for case in task.cases], task.replayed)])
    sandboxed = try_all(unpack_plan(plan)[0], {exercise.function_name: exercise.reference}, packer)
    marks = mark(task, packer.pack(sandboxed))
    assert (marks["status"], marks["points"]) == ("passed", exercise.points), marks


def test_recording_and_replaying() -> None:
    calls: list[Any] = []

    def use(answer: Any, x: int) -> int:
        return int(answer(x) + answer(x + 1))

    assert recording(use, Packer(), calls)(lambda x: 2 * x, 3) == 14
    assert use(replayed([6, 8]), 100) == 14 and len(calls) == 2
    with pytest.raises(ValueError, match="not called as often"):
        use(replayed([6]), 0)


def test_the_seed_decides_the_inputs() -> None:
    one, same, other = (make_task(find("02.accuracy"), seed).cases[-1].args[0] for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)
