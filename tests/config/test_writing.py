"""The layout of values as text."""

from typing import Any

import pytest

from course_lib.config import ConfigError
from course_lib.config.writing import WIDTH, Call, Word, assignment, write


def test_short_values_stay_on_one_line() -> None:
    value: dict[str, Any] = {"type": "ResNet", "out_indices": (3,), "none": None, "empty": {}, "x": [1.0, True]}
    assert write(value) == "dict(type='ResNet', out_indices=(3,), none=None, empty=dict(), x=[1.0, True])"


def test_keys_that_are_no_names_take_braces() -> None:
    assert write({"a.b": 1, "ok": 2}) == "{'a.b': 1, 'ok': 2}"
    assert write({"class": 1}) == "{'class': 1}"
    assert write({0: "x"}) == "{0: 'x'}"


def test_calls_and_words() -> None:
    call = Call("SGD", {"lr": 0.1, "groups": [Word("groups")]}, first=(Word("model.parameters()"),))
    assert write(call) == "SGD(model.parameters(), lr=0.1, groups=[groups])"


@pytest.mark.parametrize("length", range(60, 130))
def test_no_line_is_wider_than_it_may_be(length: int) -> None:
    inner = {"text": "x" * (length // 2), "more": {"y": "z" * (length // 4), "numbers": list(range(length))}}
    text = assignment("name", [inner, {"key": [inner]}])
    assert max(map(len, text.splitlines())) <= WIDTH
    assert eval(text.partition("=")[2]) == [inner, {"key": [inner]}]


def test_the_widest_line_is_used_in_full() -> None:
    value = ["x" * (WIDTH - len("name = ['']"))]
    assert assignment("name", value).count("\n") == 1
    assert assignment("name", [value[0] + "x"]).count("\n") == 3


def test_types_that_only_look_like_numbers_are_written_as_such() -> None:
    class Celsius(float):
        def __repr__(self) -> str:
            return "warm"

    assert write([Celsius(1.5), float("-inf"), 10**20]) == "[1.5, float('-inf'), 100000000000000000000]"


def test_objects_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"not set \{1\}"):
        write({"a": {1}})
