"""What a learner's function may do, and what is said of it; tried on an exercise made for the purpose."""

import contextlib
import dataclasses
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from course_lib.homework.compare import Case
from course_lib.homework.exercise import Exercise
from course_lib.homework.judge import Verdict, judge


def reference(x: np.ndarray, k: int) -> np.ndarray:
    return x * k


def cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((np.array([1.0, 2.0]), 3), "two small numbers")
    yield Case((rng.normal(size=4), 2))


EXERCISE = Exercise("99.times", "", reference, cases, hints=("one", "two"), limit_s=1.0)


def why(verdict: Verdict) -> str:
    assert verdict.status == "failed" and verdict.difference is not None
    return f"{verdict.difference.got} | {verdict.difference.expected} | {verdict.difference.why}"


def test_right() -> None:
    assert judge(EXERCISE, lambda x, k: k * x).status == "passed"
    assert judge(EXERCISE, np.multiply).tried == 2


def test_stubs_are_not_yet() -> None:
    def stub(x: Any, k: Any) -> Any: ...

    def refuses(x: Any, k: Any) -> Any:
        raise NotImplementedError

    assert judge(EXERCISE, stub).status == "not yet"
    assert judge(EXERCISE, refuses).status == "not yet"


def test_the_seed_decides_the_inputs() -> None:
    seen: list[float] = []

    def times(x: Any, k: Any) -> Any:
        seen.append(float(x[0]))
        return x * k

    for seed in (1, 1, 2):
        judge(EXERCISE, times, seed)
    assert seen[1] == seen[3] != seen[5]


def test_error_is_shown_with_the_learners_line() -> None:
    def times(x: Any, k: Any) -> Any:
        return x @ np.ones(7)

    text = why(judge(EXERCISE, times))
    assert text.startswith("ValueError: matmul") and "return x @ np.ones(7)" in text


def test_exit_is_an_error_like_others() -> None:
    def times(x: Any, k: Any) -> Any:
        sys.exit(3)

    assert why(judge(EXERCISE, times)).startswith("SystemExit: 3")


def test_ctrl_c_comes_out() -> None:
    def times(x: Any, k: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(EXERCISE, times)


def test_endless_loop_is_stopped() -> None:
    def times(x: Any, k: Any) -> Any:
        while k > 0:
            with contextlib.suppress(Exception):
                print("still here")

    verdict = judge(dataclasses.replace(EXERCISE, limit_s=0.2), times)
    text = why(verdict)
    assert text.startswith("nothing within 0.2 seconds") and "Does every loop come to an end?" in text
    assert "When the time was up, it was in line" in text
    assert verdict.printed.startswith("still here\n") and len(verdict.printed) <= 1000


def test_endless_recursion_is_an_error() -> None:
    def times(x: Any, k: Any) -> Any:
        return times(x, k)

    assert why(judge(EXERCISE, times)).startswith("RecursionError")


def test_changed_input_is_seen_and_the_case_stays_whole() -> None:
    mine = np.array([1.0, 2.0])
    exercise = dataclasses.replace(EXERCISE, cases=lambda rng: [Case((mine, 3))])

    def times(x: Any, k: Any) -> Any:
        x *= k
        return x

    text = why(judge(exercise, times))
    assert "x = [3, 6] after the call | x = [1, 2], as before" in text
    assert "changed its input `x`" in text
    assert mine.tolist() == [1.0, 2.0]


def test_wrong_signature() -> None:
    text = why(judge(EXERCISE, lambda x: x))
    assert "times(x) | times(x, k) | It takes other arguments: too many positional arguments." in text


def test_odd_results() -> None:
    class Strange:
        def __array__(self, *args: Any, **kwargs: Any) -> Any:
            raise RuntimeError("no")

    assert "is there a `return`?" in why(judge(EXERCISE, lambda x, k: None))
    assert "cannot be compared" in why(judge(EXERCISE, lambda x, k: Strange()))
    assert "should be numbers" in why(judge(EXERCISE, lambda x, k: (value for value in x)))


def test_random_numbers_of_the_learner_are_left_alone() -> None:
    np.random.seed(5)
    first = np.random.rand()
    np.random.seed(5)
    judge(EXERCISE, reference)
    assert np.random.rand() == first


def test_a_class_is_put_to_use() -> None:
    class Good:
        def __init__(self, k: int) -> None:
            self.k = k

        def __call__(self, x: np.ndarray) -> np.ndarray:
            return x * self.k

    class Bad(Good):
        def __call__(self, x: np.ndarray) -> np.ndarray:
            return x + self.k

    exercise = Exercise(
        "99.Times",
        "",
        Good,
        lambda rng: [Case((3,), hidden=None)],
        ("", ""),
        use=lambda answer, k: answer(k)(np.ones(2)),
    )
    assert judge(exercise, Good).status == "passed"
    assert "differs in 2 of 2 values" in why(judge(exercise, Bad))
