"""Whatever happens meanwhile, the older file stays until the new one is whole, and nothing else is left."""

import os
from pathlib import Path

import pytest

from course_lib.config.whole_files import whole_file, write_whole


@pytest.mark.parametrize("own_name", [False, True])
def test_the_new_file_takes_the_place_of_the_old_one(tmp_path: Path, own_name: bool) -> None:
    path = tmp_path / "run.json"
    for text in ("first", "second: ≈"):
        write_whole(path, text, own_name=own_name)
        assert path.read_text(encoding="utf-8") == text
    assert os.listdir(tmp_path) == ["run.json"]


@pytest.mark.parametrize("error", [OSError, RuntimeError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "run.json"
    write_whole(path, "old")
    with pytest.raises(error), whole_file(path) as partial:
        partial.write_text("half of the n")
        assert path.read_text() == "old"
        raise error
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["run.json"]


def test_what_a_kill_left_is_not_written_through(tmp_path: Path) -> None:
    path, other = tmp_path / "last.pt", tmp_path / "best.pt"
    write_whole(other, "best")
    with whole_file(path) as partial:
        its_name = partial.name
        partial.write_text("last")
    os.link(other, tmp_path / its_name)
    write_whole(path, "newer")
    assert other.read_text() == "best" and sorted(os.listdir(tmp_path)) == ["best.pt", "last.pt"]


def test_two_processes_take_two_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "progress.json"
    with whole_file(path, own_name=True) as mine:
        mine.write_text("mine")
        with monkeypatch.context() as other_process:
            other_process.setattr(os, "getpid", lambda: -1)
            write_whole(path, "theirs", own_name=True)
        assert path.read_text() == "theirs"
    assert path.read_text() == "mine" and os.listdir(tmp_path) == ["progress.json"]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "run.json", "text")
