"""The record of a run: what it says of commit and config, and that it can be read back."""

import json
import subprocess
from pathlib import Path

import pytest
import torch

from course_lib.config import load_config
from course_lib.engine.record import circumstances, commit, read_record, summary, write_record


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    return subprocess.run(
        ["git", "-C", folder, *who, *words], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_the_commit_of_the_folders_repository(tmp_path: Path) -> None:
    assert commit(tmp_path) is None
    inside = tmp_path / "work_dirs" / "run"
    inside.mkdir(parents=True)
    (tmp_path / "model.py").write_text("a = 1\n")
    git(tmp_path, "init")
    assert commit(inside) is None  # nothing is committed yet
    git(tmp_path, "add", "model.py")
    git(tmp_path, "commit", "-m", "first")
    head = git(tmp_path, "rev-parse", "HEAD")
    (inside / "new.txt").write_text("what a run writes is no change")
    assert commit(inside) == {"commit": head, "dirty": False}
    (tmp_path / "model.py").write_text("a = 2\n")
    assert commit(inside) == {"commit": head, "dirty": True}


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit(tmp_path) is None


def test_the_digest_is_the_configs(tmp_path: Path) -> None:
    cfg = load_config(None, {"randomness.seed": 3})
    found = circumstances(torch.device("cpu"), tmp_path, cfg.dump())
    assert found["config_digest"] == cfg.digest() != load_config().digest()
    assert found["versions"]["torch"] == torch.__version__ and found["cpu_threads"] == torch.get_num_threads()
    assert json.loads(json.dumps(found)) == found
    line = summary(found)
    assert f"torch {torch.__version__}" in line and line.endswith(f"config {cfg.digest()}") and "\n" not in line


def test_one_line_tells_of_changes() -> None:
    plain = circumstances(torch.device("cpu"), Path.cwd())
    told = summary(plain | {"git": {"commit": "0123456789abcdef", "dirty": True}})
    assert told.endswith(", git 0123456789ab with changes") and "config" not in told


def test_it_can_be_read_back_and_damage_is_no_record(tmp_path: Path) -> None:
    assert read_record(tmp_path) is None
    write_record(tmp_path, {"ended": "done"})
    assert read_record(tmp_path) == {"ended": "done"}
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]
    (tmp_path / "run.json").write_text("[1")
    assert read_record(tmp_path) is None
