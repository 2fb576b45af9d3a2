import argparse
import json
from pathlib import Path

import pytest

from course_lib.cli import curves
from course_lib.cli.curves import run_names, summary, table
from course_lib.config.errors import ConfigError, DataError

RECORDS = [
    {"step": 10, "epoch": 1, "lr": 0.1, "loss": 2.0},
    {"step": 10, "epoch": 1, "val/accuracy/top1": 90.0},
    {"step": 20, "epoch": 2, "lr": 0.1, "loss": 1.0},
    {"step": 20, "epoch": 2, "val/accuracy/top1": 80.0},
    {"step": 30, "epoch": 3, "lr": 0.1, "loss": float("nan")},
]


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    curves.add_parser(parser.add_subparsers())
    args = parser.parse_args(["curves", *words])
    return args.run(args)


@pytest.fixture
def work_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "digits"
    folder.mkdir()
    (folder / "metrics.jsonl").write_text("".join(json.dumps(record) + "\n" for record in RECORDS), encoding="utf-8")
    return folder


def test_best_and_last_values_of_a_run() -> None:
    row = summary("a", RECORDS)
    assert (row["steps"], row["epochs"]) == (30, 3)
    assert row["values"]["val/accuracy/top1"] == {"best": 90.0, "best_epoch": 1, "last": 80.0}
    assert row["values"]["loss"]["best"] == 1.0  # what is not finite is never the best
    assert table([row]).splitlines()[2].split() == ["val/accuracy/top1", "90.0000", "1", "80.0000"]


def test_a_run_without_records_says_so() -> None:
    assert table([summary("a", [])]).splitlines()[1] == "a    nothing recorded yet"


def test_names_take_as_many_parents_as_tell_the_runs_apart() -> None:
    assert run_names([Path("work_dirs/a"), Path("work_dirs/b/metrics.jsonl")]) == ["a", "b"]
    assert run_names([Path("x/a"), Path("y/a")]) == ["x/a", "y/a"]


def test_the_picture_is_written_and_the_table_printed(work_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = work_dir / "all.png"
    assert command(str(work_dir), "--out", str(out)) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("run     value") and f"picture: {out}" in printed
    assert out.read_bytes().startswith(b"\x89PNG")


def test_json(work_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(str(work_dir), "--out", str(work_dir / "c.png"), "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["run"] == "digits" and row["values"]["val/accuracy/top1"]["best"] == 90.0


def test_mistakes_are_named(work_dir: Path) -> None:
    with pytest.raises(DataError, match=r"no_such: there is no log to read"):
        command(str(work_dir / "no_such"))
    with pytest.raises(ConfigError, match=r"--smoothing must be 0 or more and less than 1, not 1."):
        command(str(work_dir), "--smoothing", "1")
    with pytest.raises(ConfigError, match=r"--metric: no .* 'acuracy/top1'. Did you mean 'accuracy/top1'"):
        command(str(work_dir), "--metric", "acuracy/top1")
    with pytest.raises(ConfigError, match=r"--out .*: the picture cannot be written: Format 'doc' is not supported"):
        command(str(work_dir), "--out", str(work_dir / "c.doc"))
