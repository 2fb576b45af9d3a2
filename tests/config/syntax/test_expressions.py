"""The values of expressions: Python's own results for what is data, an error with the remedy for what is wrong."""

import pytest

from course_lib.config import Config, ConfigError, to_plain

EXPRESSIONS = [
    "None",
    "[True, False, 1, -2.5, 1e-3, 'text', ('one',), ()]",
    "dict(a=1, b=dict(c=[dict(d=2)]))",
    "{'a': 1, 'b-c': 2, 3: 'three'}",
    "dict(known, z=1)",
    "dict([('b', 2), ('a-b', [1])], z=1)",
    "dict(z=1, **known)",
    "{**known, 'a': 5}",
    "[*items, 4, *items[:1]]",
    "1 + 2 * 3 - 4 / 8 + 9 // 2 + 9 % 4 + 2 ** 5",
    "-3 + +4",
    "not items",
    "'a' + 'b' * 3",
    "[0] * 3 + [1]",
    "(1, 2) + (3,) * 2",
    "f'{items[0]:03d}-{known[\"a\"]!r:>5}-{1.5:.2f}-{{x}}'",
    "'%s/%03d' % ('run', 7)",
    "items[1] + items[-1] + items[::-1][0]",
    "'abc'[1:]",
    "1 < 2 < 3 and 2 not in items or 'never'",
    "'yes' if items[0] == 1 else 'no'",
    "0 or 'default'",
    "[dict(k=k) for k in items if k > 1]",
    "{f'k{k}': [j * k for j in items] for k in (1, 2)}",
    "float('inf')",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_data_has_the_value_that_python_gives_it(expression: str) -> None:
    names = {"items": [1, 2, 3], "known": {"a": 1, "b": 2}}
    cfg = Config.fromstring(f"items = [1, 2, 3]\nknown = dict(a=1, b=2)\nresult = {expression}\n")
    expected = eval(expression, dict(names))
    assert to_plain(cfg.result) == expected
    assert type(to_plain(cfg.result)) is type(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train_pipeline = []\nx = train_pipelin", "Did you mean 'train_pipeline'?"),
        ("x = true", "Did you mean 'True'?"),
        ("m = dict(depth=18)\nx = m.dept", "Did you mean 'depth'?"),
        ("m = dict(depth=18)\nx = m['dept']", "Did you mean 'depth'?"),
        ("x = [1, 2][5]", "list index out of range"),
        ("x = 'a' - 1", "does not work"),
        ("x = (-8) ** 0.5", "no real number"),
        ("x = [*5]", "* spreads a list, not 5 (int)"),
        ("x = dict(**[1])", "** spreads a dict; '[1]' is [1] (list)"),
        ("x = {(1, 2): 3}", "a key is a string or a whole number"),
        ("x = {'lr': 1, 'lr': 2}", "'lr' stands twice"),
        ("x = dict(lr=1, lr=2)", "'lr' stands twice"),
        (
            "o = dict(lr=1)\nx = dict(lr=2, **o)",
            "'lr' stands twice in one dict(...). To change a value of another dict",
        ),
        ("o = dict(lr=1)\nx = dict(**o, lr=2)", "{**other, 'name': value}"),
        ("x = _base_.model", "this file has no _base_"),
        ("_base_ = 3", "_base_ is the path of a config"),
    ],
)
def test_a_wrong_value_is_an_error_with_the_remedy(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.fromstring(text, "my.py")
    assert message in str(caught.value)
    assert f"my.py:{len(text.splitlines())}: " in str(caught.value)


def test_means_are_rounded_as_in_the_model_zoo() -> None:
    assert Config.fromstring("mean = [103.53, 116.28]\nfill = [round(x) for x in mean]").fill == [104, 116]
    with pytest.raises(ConfigError, match=r"my.py:1: .*round\('a'\).* does not work"):
        Config.fromstring("x = round('a')", "my.py")
