"""Files that would make a reader hang are refused; large honest ones are read."""

from typing import Any

import pytest

from course_lib.config import Config, ConfigError
from course_lib.config.syntax import MAX_VALUES, count_values

BOMBS = [
    "x = 10**10**10",
    "x = 2**-10**10",
    "x = 'a' * 10**12",
    "x = [0] * 10**12",
    "x = 10**12 * [0]",
    "x = '%1000000000d' % 1",
    "x = '%*d' % (1000000000, 1)",
    "x = f'{1:1000000000d}'",
    "x = f'{1:{10**9}d}'",
    "x0 = [0] * 10\n" + "\n".join(f"x{i + 1} = [x{i}] * 10" for i in range(12)),
    "x0 = 'a' * 10\n" + "\n".join(f"x{i + 1} = x{i} * 10" for i in range(12)),
    "x0 = 9\n" + "\n".join(f"x{i + 1} = x{i} * x{i}" for i in range(60)),
    "a = [0] * 1000\nb = [[[0 for i in a] for j in a] for k in a]",
    "a = [0]\nb = [a] * 1000\n" + "a += a\n" * 30,
    "x0 = [0]\n" + "\n".join(f"x{i + 1} = [x{i}]" for i in range(2000)),
    "x = " + "[" * 150 + "]" * 150,
    "x = " + "-" * 100_000 + "1",
    "x = " + "+".join(["1"] * 50_000),
    "x = '" + "a" * 10 + "\0'",
]


@pytest.mark.parametrize("text", BOMBS, ids=[text[:24] for text in BOMBS])
def test_a_bomb_is_an_error_and_does_not_hang(text: str) -> None:
    with pytest.raises(ConfigError):
        Config.fromstring(text)


def test_a_large_honest_list_can_be_read() -> None:
    names = [f"n{i}" for i in range(21_842)]
    assert Config.fromstring(f"classes = {names!r}\ntrain = dict(classes=classes)").train.classes == names


def test_count_values_counts_aliases_each_time_and_stops() -> None:
    shared = [1, 2, 3]
    assert count_values([shared, shared]) == (2 + 1) + 2 * (3 + 1)
    endless: list[Any] = []
    endless.append(endless)
    assert count_values(endless) > MAX_VALUES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = [1] * 10**9", "my.py:1: '[1] * 10**9' is too large: a config holds at most 1,000,000 values, 100 levels"),
        ("a = [0] * 350_000\nb = a", "my.py:2: 'b' is too large: "),
        (
            "x = '%5000d' % 1",
            "my.py:1: \"'%5000d' % 1\" does not work: a field of 1,000 characters or more is not allowed",
        ),
        ("x = '%*d' % (9, 1)", "a field's width is to be written out, not as '*'"),
    ],
)
def test_what_is_too_large_is_named(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.fromstring(text, "my.py")
    assert message in str(caught.value)
