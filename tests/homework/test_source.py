"""Stubs are told from answers, and digests from formatting."""

import traceback
from typing import Any

import numpy as np
import pytest

from course_lib.homework.source import answer_digest, failing_line, unfinished


def test_stubs() -> None:
    def dots(x: Any) -> Any:
        """Doc."""
        ...

    def only_doc(x: Any) -> Any:
        """Doc."""

    def passing(x: Any) -> Any:
        pass

    def returns_none(x: Any) -> Any:
        return None

    def blank_in_the_middle(x: Any) -> Any:
        score: Any = ...
        return score + x

    class Half:
        def done(self) -> int:
            return 1

        def open(self) -> None: ...

    for stub in (dots, only_doc, passing, returns_none, blank_in_the_middle):
        assert unfinished(stub), stub
    # a class made inside a function has its methods' sources, too
    assert unfinished(Half)


def test_answers() -> None:
    def adds(x: Any) -> Any:
        return x + 1

    def forgets_return(x: Any) -> Any:
        x + 1

    def uses_ellipsis(x: Any) -> Any:
        y: tuple[Any, ...] = x[..., 0]
        return y

    for answer in (adds, forgets_return, uses_ellipsis, np.sign, max, lambda x: x):
        assert not unfinished(answer), answer


def test_digest_is_of_the_code_alone() -> None:
    def one(x: int) -> int:
        return x + 1

    first = answer_digest(one)

    def one(x: int) -> int:  # type: ignore[no-redef]
        # a comment
        return x   +   1  # fmt: skip

    assert answer_digest(one) == first

    def one(x: int) -> int:  # type: ignore[no-redef]
        return x + 2

    assert answer_digest(one) != first
    assert len(answer_digest(max)) == 16


def test_failing_line_is_the_learners() -> None:
    def answer(x: Any) -> Any:
        return np.linalg.inv(x)

    try:
        answer(np.zeros((2, 2)))
    except np.linalg.LinAlgError as error:
        assert failing_line(answer, error).endswith("`return np.linalg.inv(x)`")
        assert failing_line(max, error) == ""


def test_a_frame_between_two_lines_is_in_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer() -> None: ...

    between = traceback.FrameSummary(__file__, None, "answer", lookup_line=False)
    monkeypatch.setattr(traceback, "extract_tb", lambda _: [between])
    assert failing_line(answer, TimeoutError()) == ""
