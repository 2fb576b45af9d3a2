"""The sandbox is told how to use an answer, and nothing of the references."""

import dataclasses
import inspect
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course_lib.config.errors import ConfigError
from course_lib.homework.exercises import every, find, lesson_02
from course_lib.homework.grading.plan import cut_out, loads, pack_plan, unpack_plan


@pytest.fixture(autouse=True)
def lessons_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """``unpack_plan`` puts its modules where the lessons are in this process."""
    for name in {exercise.reference.__module__ for exercise in every()}:
        monkeypatch.setitem(sys.modules, name, sys.modules[name])


def inputs(exercise: Any) -> list[tuple[Any, ...]]:
    return [case.args for case in exercise.cases(np.random.default_rng(0))]


@pytest.mark.parametrize("exercise", every(), ids=lambda exercise: exercise.name)
def test_every_exercise_can_be_told_without_its_reference(exercise: Any) -> None:
    arguments = inputs(exercise)
    source = inspect.getsource(exercise.reference)  # of a class it cannot be found later: unpacking changes its module
    data = pack_plan([(exercise, arguments, [True] * len(arguments))])
    (task,) = unpack_plan(data)
    assert task.name == exercise.name and task.parameters == exercise.parameters
    assert len(task.inputs) == len(arguments) == len([loads(part) for part in task.inputs])
    # no line of the reference is in it
    head, *body = source.splitlines()
    assert head.partition("->")[0].encode() not in data
    assert not any(line.strip().encode() in data for line in body if len(line.strip()) > 15)


def test_use_is_cut_out_with_what_it_needs() -> None:
    (task,) = unpack_plan(pack_plan([(find("02.split"), [(10, 0.8, 0)], [True])]))
    assert task.use is not lesson_02.split_three_times
    assert task.use(lambda n, ratio, seed: seed, 10, 0.8, 5) == {"split": 5, "again": 5, "next": 6}
    module = sys.modules[lesson_02.__name__]
    assert not hasattr(module, "split") and not hasattr(module, "predict")
    (task,) = unpack_plan(pack_plan([(find("10.build"), [(0.1,)], [True])]))
    assert task.use(lambda cfg: [cfg], 0.1) == [0.1]


def test_a_lessons_function_among_the_inputs() -> None:
    (task,) = unpack_plan(pack_plan([(find("02.split"), [(lesson_02._unfair, 2)], [True])]))
    function, number = loads(task.inputs[0])
    assert function.__name__ == "_unfair" and number == 2


def test_use_that_needs_a_reference_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "lesson.py"
    file.write_text(
        "def solve(x): return x\n\ndef helper(x): return solve(x)\n\ndef use(a, x): return a(x) - helper(x)\n"
    )
    with pytest.raises(ConfigError, match="`use` cannot be graded: it needs the reference 'solve'"):
        cut_out(file, {"use"}, {"solve"})
    assert "helper" not in cut_out(file, {"solve"}, set())


def test_nameless_functions_are_refused() -> None:
    exercise = dataclasses.replace(find("02.split"), use=lambda answer, *args: answer(*args))
    with pytest.raises(ConfigError, match=r"02\.split cannot be graded: .*must stand at the top of the lesson's file"):
        pack_plan([(exercise, [(1,)], [True])])
