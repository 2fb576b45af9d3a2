"""``course homework``: the table, and a check of a file."""

import argparse
import json
from pathlib import Path

import pytest

from course_lib.cli import homework
from course_lib.config.errors import DataError
from course_lib.homework import progress, report_card


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    return tmp_path


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    homework.add_parser(parser.add_subparsers())
    args = parser.parse_args(["homework", *words])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    progress.add("02.predict", False, "")
    progress.add("02.predict", True, "")
    progress.add("02.split", False, "")
    assert call("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["exercise", "attempts", "passed", "points"]
    assert ["02.predict", "2", "yes", "2/2"] in [line.split() for line in lines]
    assert ["02.split", "1", "not", "yet", "0/2"] in [line.split() for line in lines]
    assert lines[-1].startswith("1 of ")


def test_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("list", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"exercise": "02.predict", "attempts": 0, "passed": False, "points": 0, "of": 2} in rows


def test_list_tells_of_a_damaged_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "progress.json").write_text("{")
    assert call("list") == 0
    assert "progress.broken.json" in capsys.readouterr().out


def test_check_of_a_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "answers.py"
    file.write_text("def predict(w, b, X):\n    return [1 if x @ w + b >= 0 else -1 for x in X]\n")
    assert call("check", "02.predict", str(file)) == 0
    assert "02.predict · passed" in capfd.readouterr().out
    file.write_text("def predict(w, b, X):\n    return (X @ w + c) >= 0\n")
    assert call("check", "02.predict", str(file)) == 1
    text = capfd.readouterr().out
    assert "NameError: name 'c' is not defined" in text and "line 2, `return (X @ w + c) >= 0`" in text
    file.write_text("predict = 1\n")
    assert call("check", "02.predict", str(file)) == 2
    assert "there is no function 'predict'" in capfd.readouterr().err
    assert progress.read()[0]["02.predict"].attempts == 2


def test_report(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DataError, match="there is no check-in card yet"):
        call("report")
    report_card("02", "A line that learns from its mistakes. " * 3)
    assert call("report") == 0
    assert capsys.readouterr().out == f"1 check-in card on one page: {home / 'cards' / 'report.html'}\n"


def test_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        "def accuracy(guesses, y):",
        "    ### BEGIN SOLUTION",
        "    return (guesses == y).mean()",
        "    ### END SOLUTION",
    ]
    source = "\n".join([*lines, "check('02.accuracy', accuracy)"])
    notebook = {
        "cells": [{"cell_type": "code", "source": [source]}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (tmp_path / "master.ipynb").write_text(json.dumps(notebook))
    assert call("release", str(tmp_path / "master.ipynb"), "--out", str(tmp_path / "out")) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'out' / 'master.ipynb'}\n"
    assert "mean()" not in (tmp_path / "out" / "master.ipynb").read_text()


def test_grade(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / "ana.py").write_text("def accuracy(guesses, y):\n    return (guesses == y).mean()\n")
    assert call("grade", str(folder), "--out", str(tmp_path / "out"), "--lesson", "02", "--json") == 0
    output = capfd.readouterr()
    assert json.loads(output.out)["ana"] | {"02.split": 0} == json.loads(output.out)["ana"]
    assert json.loads(output.out)["ana"]["02.accuracy"] == 1 and "[1/1] ana: 1 of 10" in output.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["gradebook.html", "grades.csv"]
