"""Differences in words."""

from typing import Any

import numpy as np
import pytest
import torch

from course_lib.homework.compare import Case, close, exact, first_difference, same, short

CASE = Case(())


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.array([1.0, 2.0]), [1, 2]),
        ([1, 2], np.array([1, 2])),
        (torch.tensor([0.1, 0.2]), np.array([0.1, 0.2])),
        ((np.zeros(2), 3), (np.zeros(2), 3.0)),
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "x"}]}),
        (float("nan"), float("nan")),
        (None, None),
        (True, True),
        ([], np.zeros(0)),
        (1 + 1e-9, 1),
    ],
)
def test_equal(got: Any, expected: Any) -> None:
    assert close(CASE, got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected", "why"),
    [
        (None, 3, "The function returned None: is there a `return`?"),
        ("a", 3, "The result should be numbers; it is of type"),
        ([True], np.array([1]), "The result should be numbers; it is True and False."),
        ([1], np.array([True]), "The result should be True and False; it is numbers."),
        (np.zeros((2, 3)), np.zeros((3, 2)), "has the shape (2, 3); expected is (3, 2). It is transposed."),
        (np.array([1.0, -2.0]), np.array([-1.0, 2.0]), "The result has the wrong sign everywhere."),
        (4, 3, "The result is 4, expected is 3."),
        (np.array([1, 2, 3]), np.array([1, 5, 3]), "differs in 1 of 3 values; the first is at [1]: 2 instead of 5."),
        (np.zeros(3), (np.zeros(2), 0.0), "should be a tuple of 2 values; it is an array of shape (3,)."),
        (3, (1, 2), "The result should be a tuple of 2 values; it is of type int."),
        ((1,), (1, 2), "The result should hold 2 values; it holds 1."),
        ((1, None), (1, 2), "result[1] is None."),
        ({"a": 1, "c": 2}, {"a": 1, "b": 2}, "lacks the key 'b' and has the key 'c', which should not be there."),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "['a']['b'] is 1, expected is 2."),
        ([1], {"a": 1}, "The result should be a dict; it is of type list."),
        ("lenet", "resnet", "The result is 'lenet', expected is 'resnet'."),
        (3, None, "The result is 3, expected is None."),
        ([[1, 2], [3]], np.zeros((2, 2)), "should be numbers; it is of type object."),
    ],
)
def test_different(got: Any, expected: Any, why: str) -> None:
    assert why in first_difference(got, expected, tolerance=1e-5)


def test_exact_sees_every_digit() -> None:
    assert exact(CASE, 0.1 + 0.2, 0.3) is not None
    assert close(CASE, 0.1 + 0.2, 0.3) is None


def test_same() -> None:
    assert same([np.zeros(2), {"a": 1}], [np.zeros(2), {"a": 1}])
    assert not same([np.zeros(2)], [np.ones(2)])
    assert not same((1,), [1])
    assert not same({"a": 1}, {"a": 1, "b": 2})
    assert not same(torch.zeros(2), torch.ones(2))
    # objects that do not define equality cannot be told apart
    assert same(np.random.default_rng(0), np.random.default_rng(0))


def test_short() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError

    assert short(np.array([1.0, -0.5])) == "[1, -0.5]"
    assert short(np.zeros((50, 64))).endswith("shape (50, 64)")
    assert short((np.array([1, 2]), np.float64(0.25))) == "([1, 2], 0.25)"
    assert short({"a": True}) == "{'a': True}"
    assert short(torch.tensor(2.5)) == "2.5"
    assert short(Odd()) == "<Odd>"
    assert len(short("x" * 1000)) <= 240
