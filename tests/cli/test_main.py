"""``course`` itself: finding the command, exit codes, and that every help and every example in it is right."""

import argparse
import importlib
import re
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from course_lib import cli
from course_lib.cli import COMMANDS, main, overview, parse
from course_lib.config.errors import ConfigError, CourseError, DataError, Mistake, Origin

NAMES = [name for group in COMMANDS.values() for name in group]
SHARED = {"__init__", "__main__", "browser", "parsing", "source"}
PARTS = {"homework_submit", "models_flops", "models_publish"}  # actions of a command that have a file of their own


def all_parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A command's parser and those of its actions."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from all_parsers(below)


def command_parsers(name: str) -> list[argparse.ArgumentParser]:
    subparsers = argparse.ArgumentParser(prog="course").add_subparsers()
    importlib.import_module(f"course_lib.cli.{name}").add_parser(subparsers)
    return list(all_parsers(subparsers.choices[name]))


def examples(text: str) -> list[str]:
    """The command lines of a help's example block."""
    block = re.split(r"examples?:", text)[-1]
    return [part.strip() for line in block.splitlines() for part in line.split("&&") if part.strip()]


def test_every_module_is_a_command() -> None:
    folder = Path(cli.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} - SHARED - PARTS == set(NAMES)


def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == main([]) == 0
    printed = capsys.readouterr().out
    assert all(f"\n  {name} " in printed for name in NAMES)
    for example in examples(overview()):
        if "--help" not in example:
            parse(shlex.split(example)[1:])


@pytest.mark.parametrize("name", NAMES)
def test_every_help_has_examples_that_can_be_typed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([name, "--help"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: course {name}")
    listed = []
    for parser in command_parsers(name):
        found = examples(parser.epilog or "")
        assert found or any(isinstance(action, argparse._SubParsersAction) for action in parser._actions), parser.prog
        listed += found
    assert listed
    for example in listed:
        assert example.startswith("course "), example
        assert callable(parse(shlex.split(example, comments=True)[1:]).run)


def test_a_mistyped_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trian"]) == 2
    assert capsys.readouterr().err == "error: there is no command 'trian'. Did you mean 'train'?\n"


def test_a_mistyped_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["train", "lenet.py", "--sede", "1"])
    assert caught.value.code == 2
    assert "course train: error: unknown arguments: --sede 1 (did you mean --seed?)\n" in capsys.readouterr().err


def test_words_for_another_program_are_passed_on_in_their_order() -> None:
    assert parse(["test", "tests/config", "-k", "merge", "-x"]).passed_on == ["tests/config", "-k", "merge", "-x"]
    assert parse(["lab", "--no-browser", "--port", "1"]).passed_on == ["--no-browser", "--port", "1"]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ConfigError("no such thing"), 2, "error: no such thing\n"),
        (DataError("data/x.png is broken"), 1, "error: data/x.png is broken\n"),
        (CourseError("the loss became NaN"), 1, "error: the loss became NaN\n"),
        (
            ConfigError([Mistake("a.b", "is wrong.", Origin("x.py", 3)), Mistake("c", "is missing.")]),
            2,
            "error: 2 mistakes; nothing was started.\n  x.py:3: a.b: is wrong.\n  c: is missing.\n",
        ),
        (
            RuntimeError("out of memory"),
            1,
            "error: RuntimeError: out of memory\n(The same command with --debug shows where it happened.)\n",
        ),
        (KeyboardInterrupt(), 130, "interrupted\n"),
    ],
)
def test_exit_codes_and_plain_words(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(words: list[str]) -> int:
        raise error

    monkeypatch.setattr(cli, "run", fail)
    assert main(["train"]) == code
    assert capsys.readouterr().err == said


def test_debug_shows_where(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(words: list[str]) -> int:
        assert words == ["train"], "the commands need not know --debug"
        raise ConfigError("no such thing")

    monkeypatch.setattr(cli, "run", fail)
    assert main(["train", "--debug"]) == 2
    said = capsys.readouterr().err
    assert "Traceback" in said and 'raise ConfigError("no such thing")' in said


def test_python_dash_m_and_a_reader_that_has_gone() -> None:
    command = [sys.executable, "-m", "course_lib.cli", "--help"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1
    process.stderr.close()


def test_a_console_that_knows_only_ascii() -> None:
    command = [sys.executable, "-m", "course_lib.cli", "--help"]
    done = subprocess.run(command, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, text=True)
    assert done.returncode == 0 and "usage: course COMMAND ?" in done.stdout


def test_a_warning_is_said_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def warn(words: list[str]) -> int:
        print(warnings.formatwarning("no picture was found", UserWarning, "custom.py", 75), end="")
        return 0

    monkeypatch.setattr(cli, "run", warn)
    usual = warnings.formatwarning
    assert main(["train"]) == 0
    assert capsys.readouterr().out == "warning: no picture was found\n"
    assert main(["train", "--debug"]) == 0
    assert "custom.py:75: UserWarning: no picture was found" in capsys.readouterr().out
    assert warnings.formatwarning is usual
