"""KEY=VALUE of the command line."""

import math
from typing import Any

import pytest

from course_lib.config import ConfigError, parse_options
from course_lib.config.options import option_value

OPTIONS = [
    ("1", 1),
    ("1e-3", 1e-3),
    ("-0.5", -0.5),
    ("0.1*2", 0.2),
    ("None", None),
    ("True", True),
    ("true", True),
    ("resnet", "resnet"),
    ("'x'", "x"),
    ("'1'", "1"),
    ("", ""),
    ("[1,2]", [1, 2]),
    ("[a,b]", ["a", "b"]),
    ("(1,2)", (1, 2)),
    ("()", ()),
    ("1,2", [1, 2]),
    ("(1,2),(3,4)", [(1, 2), (3, 4)]),
    ("a,b", ["a", "b"]),
    ("dict(type=SGD, lr=0.1)", {"type": "SGD", "lr": 0.1}),
    ("{'type': 'SGD', 'betas': (0.9, 0.99)}", {"type": "SGD", "betas": (0.9, 0.99)}),
    ("data/flowers", "data/flowers"),
    ("./a-b.pth", "./a-b.pth"),
    ("lenet-5", "lenet-5"),
    ("C:\\data", "C:\\data"),
    ("a#b", "a#b"),
    ("open('x')", "open('x')"),
    ("10**10**10", "10**10**10"),
    ("a=b", "a=b"),
    ("float('inf')", math.inf),
]


@pytest.mark.parametrize(("text", "expected"), OPTIONS)
def test_option_values(text: str, expected: Any) -> None:
    value = option_value(text)
    assert value == expected
    assert type(value) is type(expected)


def test_parse_options() -> None:
    assert parse_options(["a.b=1", "c=[1,2]", "d.e='x'", "f=(1,2)", "lr=1e-3", "g=resnet", "h=1,2", "u=k=v"]) == {
        "a.b": 1,
        "c": [1, 2],
        "d.e": "x",
        "f": (1, 2),
        "lr": 1e-3,
        "g": "resnet",
        "h": [1, 2],
        "u": "k=v",
    }
    with pytest.raises(ConfigError, match=r"'lr' is no KEY=VALUE. For example: model.backbone.depth=50"):
        parse_options(["lr"])
