"""The progress file survives damage, kills and folders that cannot be written."""

import json
import os
from pathlib import Path

import pytest

from course_lib.homework import progress


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_counts() -> None:
    progress.add("02.predict", False, "x")
    progress.add("02.predict", True, "y")
    record, trouble = progress.add("02.predict", False, "z")
    assert (record.attempts, record.failed, record.passed, record.digest, trouble) == (3, 2, True, "y", "")
    assert progress.read()[0] == {"02.predict": record}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"exercises": 3}', '{"exercises": {"a": 1}}', '{"exercises": {"a": {"attempts": "3"}}}']
)
def test_damaged_file_is_kept_aside(home: Path, text: str) -> None:
    home.mkdir()
    (home / "progress.json").write_text(text)
    record, trouble = progress.add("02.predict", False, "x")
    assert record.attempts == 1 and "kept as progress.broken.json" in trouble
    assert (home / "progress.broken.json").read_text() == text
    assert progress.read() == ({"02.predict": record}, "")


def test_nothing_half_written_is_left(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    progress.add("02.predict", False, "x")
    before = (home / "progress.json").read_text()

    def fails(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    record, trouble = progress.add("02.predict", True, "y")
    assert record.passed and "could not be saved (No space left on device" in trouble
    assert (home / "progress.json").read_text() == before
    assert os.listdir(home) == ["progress.json"]


def test_home_that_is_a_file(home: Path) -> None:
    home.write_text("no folder")
    record, trouble = progress.add("02.predict", True, "y")
    assert record.passed and "could not be saved" in trouble


def test_home_is_the_clones_from_every_folder_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_HOME")
    for folder in ("clone/course_lib", "clone/notebooks", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    for folder, expected in (("clone", "clone"), ("clone/notebooks", "clone"), ("elsewhere", "elsewhere")):
        monkeypatch.chdir(tmp_path / folder)
        assert progress.home() == tmp_path / expected / "work_dirs"


def test_file_is_readable_json(home: Path) -> None:
    progress.add("02.split", True, "d")
    assert list(json.loads((home / "progress.json").read_text())["exercises"]) == ["02.split"]
