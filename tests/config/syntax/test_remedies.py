"""What cannot stand in a config, with its line and what to write instead."""

import pytest

from course_lib.config import Config, ConfigError

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
