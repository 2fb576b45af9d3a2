"""Values to try: how they are read, and what they are combined to."""

import pytest

from course_lib.config.errors import ConfigError
from course_lib.sweep.grid import combinations, parse_grid, split_values


def test_values_are_read_like_those_of_cfg_options() -> None:
    grid = parse_grid(
        ["lr=1e-3, 0.1", "a.mean=[1, 2],[3, 4]", "b=dict(type='SGD', lr=1),dict(type='Adam')", "c=x,true"]
    )
    assert grid == {
        "lr": [1e-3, 0.1],
        "a.mean": [[1, 2], [3, 4]],
        "b": [{"type": "SGD", "lr": 1}, {"type": "Adam"}],
        "c": ["x", True],
    }


def test_one_list_is_one_value() -> None:
    assert parse_grid(["scale=[1,2]"]) == {"scale": [[1, 2]]}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1,2", ["1", "2"]),
        ("(1,2),3", ["(1,2)", "3"]),
        ("'a,b',c", ["'a,b'", "c"]),
        ('"it\'s, so",[[1,2],{3,4}]', ['"it\'s, so"', "[[1,2],{3,4}]"]),
        ("1,", ["1", ""]),
    ],
)
def test_commas_within_brackets_and_quotes_belong_to_the_value(text: str, parts: list[str]) -> None:
    assert split_values(text) == parts


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["lr"], r"--grid lr is no KEY=V1,V2\. For example"),
        (["=1,2"], "is no KEY=V1,V2"),
        (["lr=1,,2"], "--grid lr=1,,2: a value is missing"),
        (["lr=1", "lr=2"], "--grid names lr twice; write its values behind one another: lr=1,2"),
        (["randomness.seed=1,2"], "a sweep sets randomness.seed itself; use --seeds"),
        (["work_dir=a,b"], "use --work-dir"),
    ],
)
def test_what_is_no_grid(options: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_grid(options)


def test_all_combinations_the_last_path_fastest() -> None:
    assert combinations({"a": [1, 2], "b": ["x", "y"]}) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]
    assert combinations({}) == [{}]


def test_some_of_many_are_drawn_and_more_hold_these() -> None:
    grid = {"a": list(range(10)), "b": list(range(10))}
    few, more = combinations(grid, 5), combinations(grid, 20)
    assert len(few) == 5 and len(more) == 20
    assert all(trial in more for trial in few) and few == combinations(grid, 5)
    assert len({trial["a"] for trial in more}) > 2  # and not the first two rows
    assert combinations(grid, 1000) == combinations(grid)
