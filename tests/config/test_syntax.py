"""The reader of config files: Python's own results for what is data, an error with its line for all else."""

from pathlib import Path
from typing import Any

import pytest

from course_lib.config import Config, ConfigError, to_plain
from course_lib.config.syntax import MAX_VALUES, count_values

EXPRESSIONS = [
    "None",
    "[True, False, 1, -2.5, 1e-3, 'text', ('one',), ()]",
    "dict(a=1, b=dict(c=[dict(d=2)]))",
    "{'a': 1, 'b-c': 2, 3: 'three'}",
    "dict(known, z=1)",
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


def test_all_forms_of_assignment() -> None:
    cfg = Config.fromstring('"""A docstring."""\na = b = 1\nc: int = 2\nc += 3  # a comment\nd = [1]\nd += [2]\n')
    assert cfg == {"a": 1, "b": 1, "c": 5, "d": [1, 2]}


def test_a_list_that_grows_grows_everywhere_as_in_python() -> None:
    cfg = Config.fromstring("steps = [1]\nset = dict(pipeline=steps)\nsteps += [2]\n")
    assert cfg["set"].pipeline == [1, 2]
    assert cfg["set"].pipeline is cfg.steps


def test_a_name_used_twice_is_one_object() -> None:
    cfg = Config.fromstring("p = [dict(type='Flip')]\ntrain = dict(pipeline=p)\nval = dict(pipeline=p)\n")
    assert cfg.train.pipeline is cfg.val.pipeline is cfg.p
    assert cfg.used == {"p"}


def test_an_imported_type_is_its_name_and_nothing_is_imported() -> None:
    text = (
        "from course_lib.models import NoSuchNet\nfrom mmpretrain.models import ResNet as R\nimport torch.nn as nn\n"
        "import torch\na = dict(type=NoSuchNet)\nb = [R, nn.ReLU]\nc = torch.optim.SGD\nd = (R, [R for i in [1]])\n"
    )
    cfg = Config.fromstring(text)
    assert cfg == {"a": {"type": "NoSuchNet"}, "b": ["ResNet", "ReLU"], "c": "SGD", "d": ("ResNet", ["ResNet"])}
    assert all(type(name) is str for name in [cfg.a.type, *cfg.b, cfg.c, cfg.d[0], cfg.d[1][0]])


FORBIDDEN = [
    ("import os", "'import os'", "Only class names of course_lib"),
    ("from os import system", "'from os import system'", "Only class names"),
    ("from mmpretrain.models import *", "import *", "no star"),
    ("from .base import *", "'from .base import *'", "_base_ = ['other.py']"),
    ("with read_base():\n    x = 1", "'with read_base():'", "Inherit with _base_ = ['other.py']"),
    ("print('hello')", "print", "course config print"),
    ("x = open('f')", "open('f')", "only dict(...)"),
    ("x = eval('1')", "eval", "only dict(...)"),
    ("x = __import__('os').system('true')", "system", "Only dict(...) can be called"),
    ("x = ().__class__", "().__class__", "Only a dict has named parts"),
    ("x = 'a'.join(['b'])", "join", "f-string"),
    ("x = len([1])", "len", "Write the number"),
    ("x = ResNet(depth=18)", "ResNet(depth=18)", "Write dict(type=ResNet, ...)"),
    ("x = lambda: 1", "lambda: 1", "Python module"),
    ("def f():\n    pass", "def f", "Python module"),
    ("async def f():\n    pass", "async def f", "which is data"),
    ("class A:\n    pass", "class A", "type='MyClass'"),
    ("for i in [1]:\n    x = i", "for i", "list comprehension"),
    ("while True:\n    x = 1", "while True", "Write the values out"),
    ("if True:\n    x = 1", "if True", "a if condition else b"),
    ("try:\n    x = 1\nexcept Exception:\n    x = 2", "try:", "which is data"),
    ("del known", "del known", "Leave the name out"),
    ("assert True", "assert True", "which is data"),
    ("raise ValueError", "raise ValueError", "which is data"),
    ("global known", "global known", "which is data"),
    ("x = {1, 2}", "{1, 2}", "Write a list"),
    ("x = b'bytes'", "b'bytes'", "which is data"),
    ("x = 1j", "1j", "which is data"),
    ("x = ...", "...", "which is data"),
    ("x = (y := 1)", "y := 1", "which is data"),
    ("x = ~1", "~1", "which is data"),
    ("x = 1 << 9", "1 << 9", "which is data"),
    ("x = (i for i in [1])", "for i in", "which is data"),
    ("known.a = 2", "known.a", "model = dict(backbone=dict(depth=50))"),
    ("known['a'] = 2", "known['a']", "Set one plain name"),
    ("known.update(a=1)", "known.update", "{**other, 'name': value}"),
    ("1 + 1", "'1 + 1'", "Set a name"),
    ("x, y = 1, 2", "x, y", "Set one plain name"),
    ("dict = 3", "'dict'", "Take another name"),
]


@pytest.mark.parametrize(("statement", "shown", "remedy"), FORBIDDEN)
def test_what_is_no_data_is_an_error_with_line_and_remedy(statement: str, shown: str, remedy: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.fromstring(f"known = dict(a=1)\n\n{statement}\n", "my.py")
    message = str(caught.value)
    assert message.startswith("my.py:3: ")
    assert shown in message
    assert remedy in message


def test_a_config_that_tries_to_run_code_does_not_run_it(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    attempts = [
        f"x = open({str(trace)!r}, 'w')",
        f"from pathlib import Path\nx = Path({str(trace)!r}).touch()",
        f"x = __import__('os').mkdir({str(trace)!r})",
        f"x = [c for c in ().__class__.__base__.__subclasses__()]\ny = open({str(trace)!r}, 'w')",
        f"class A:\n    open({str(trace)!r}, 'w')",
        f"x: open({str(trace)!r}, 'w') = 1",
        f"x = f'{{open({str(trace)!r}, chr(119))}}'",
    ]
    for attempt in attempts:
        file = tmp_path / "hostile.py"
        file.write_text(attempt)
        try:
            cfg = Config.fromfile(file)
        except ConfigError:
            continue
        assert cfg == {"x": 1}  # an annotation is not looked at
    assert not trace.exists()


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


def test_a_syntax_error_shows_the_line() -> None:
    with pytest.raises(ConfigError) as caught:
        Config.fromstring("a = 1\nmodel = dict(depth=18 width=3)\n", "my.py")
    assert str(caught.value).startswith("my.py:2: this is not Python: ")
    assert "    model = dict(depth=18 width=3)\n" in str(caught.value)


def test_every_wrong_statement_is_reported_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Config.fromstring("a = open('x')\nb = dict(c=a)\nimport os\nd = 1 / 0\n", "my.py")
    assert [str(mistake.origin) for mistake in caught.value.mistakes] == ["my.py:1", "my.py:3", "my.py:4"]
    assert "'1 / 0' does not work: division by zero." in str(caught.value)


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


def test_file_names_in_templates() -> None:
    cfg = Config.fromstring(
        "a = '{{ fileDirname }}/data'\nb = '{{fileBasenameNoExtension}}'\nc = '{{x}}'\n", "d/net.py"
    )
    assert cfg == {"a": "d/data", "b": "net", "c": "{{x}}"}
