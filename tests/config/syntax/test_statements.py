"""The statements of a config file; what would run code is refused, and every wrong one is told."""

from pathlib import Path

import pytest

from course_lib.config import Config, ConfigError


def test_all_forms_of_assignment() -> None:
    cfg = Config.fromstring('"""A docstring."""\na = b = 1\nc: int = 2\nc += 3  # a comment\nd = [1]\nd += [2]\n')
    assert cfg == {"a": 1, "b": 1, "c": 5, "d": [1, 2]}


def test_a_list_that_grows_grows_everywhere_as_in_python() -> None:
    cfg = Config.fromstring("steps = [1]\nset = dict(pipeline=steps)\nsteps += [2]\n")
    assert cfg["set"].pipeline == [1, 2]
    assert cfg["set"].pipeline is cfg.steps


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
