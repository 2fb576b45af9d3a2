"""The bounds of the rules, and their words."""

from typing import Any, get_args

import pytest

from course_lib.config.rules import AtLeast, Count, MoreThan


@pytest.mark.parametrize(
    ("bound", "inside", "outside", "words"),
    [(AtLeast(1), [1, 2.5], [0, float("nan")], "of at least 1"), (MoreThan(0), [1e-9], [0, -1], "above 0")],
)
def test_bounds(bound: Any, inside: list[float], outside: list[float], words: str) -> None:
    assert all(bound.holds(value) for value in inside)
    assert not any(bound.holds(value) for value in outside)
    assert str(bound) == words


def test_a_count_is_an_int_of_at_least_1() -> None:
    assert get_args(Count) == (int, AtLeast(1))
