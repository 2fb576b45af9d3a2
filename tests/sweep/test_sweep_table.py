"""The list of trials, as text, CSV and JSON."""

import csv
from pathlib import Path

import numpy as np

from course_lib.sweep.table import Row, read_rows, short_names, sort_rows, table, told, write_tables

LR, BATCH = "optim_wrapper.optimizer.lr", "train_dataloader.batch_size"


def row(trial: int, values: list[float], **fields: object) -> Row:
    known = {"state": "done", "steps": 23, "lr": 0.1, "batch_size": 64, "metric": "accuracy/top1", "minutes": 1.25}
    return Row(trial, {LR: 0.1 * trial}, values=values, best=values, **(known | fields))  # type: ignore[arg-type]


ROWS = [
    row(1, [80.0, 82.0, 87.0]),
    row(2, [90.0, 91.0, 92.0]),
    row(3, [95.0], state="failed", reason="seed 1: DivergenceError: the loss became nan"),
    row(4, [], state="done"),
]


def test_mean_and_spread_are_numpys() -> None:
    assert ROWS[0].mean == np.mean([80, 82, 87])
    assert ROWS[0].spread is not None and np.isclose(ROWS[0].spread, np.std([80, 82, 87], ddof=1))
    assert ROWS[2].spread is None and ROWS[3].mean is None


def test_the_best_is_first_and_what_failed_is_last() -> None:
    assert [each.trial for each in sort_rows(ROWS)] == [2, 1, 4, 3]
    losses = [row(1, [0.5], rule="less"), row(2, [0.3], rule="less")]
    assert [each.trial for each in sort_rows(losses)] == [2, 1]


def test_the_text_names_what_was_tried_and_why_something_failed() -> None:
    lines = table(ROWS).splitlines()
    assert lines[0].split() == ["trial", "lr", "steps", "batch_size", "accuracy/top1", "best", "minutes"]
    assert lines[1].split() == ["2", "0.2", "23", "64", "91.00", "±", "1.00", "91.00", "1.2"]
    assert lines[4].split() == ["3", "0.3", "23", "64", "failed", "95.00", "1.2"]
    assert lines[-1] == "trial 3 failed: seed 1: DivergenceError: the loss became nan"
    assert len({len(line) for line in lines[:5]}) == 1


def test_frozen_stages_are_shown_where_a_backbone_has_them() -> None:
    assert "frozen_stages" in table([row(1, [1.0], frozen_stages=-1)])
    assert "frozen_stages" not in table([row(1, [1.0])])


def test_the_files_hold_every_number(tmp_path: Path) -> None:
    write_tables(tmp_path, ROWS)
    assert read_rows(tmp_path) == sort_rows(ROWS)
    with open(tmp_path / "trials.csv", encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["trial"] for line in lines] == ["2", "1", "4", "3"]
    assert float(lines[0][LR]) == 0.2 and float(lines[0]["mean"]) == 91.0 and lines[0]["runs"] == "3"
    assert lines[3]["reason"].startswith("seed 1: ") and lines[2]["mean"] == ""
    assert sorted(file.name for file in tmp_path.iterdir()) == ["trials.csv", "trials.json"]


def test_names_are_as_short_as_they_can_be() -> None:
    assert short_names([LR, BATCH]) == ["lr", "batch_size"]
    assert short_names(["model.head.depth", "model.backbone.depth"]) == ["head.depth", "backbone.depth"]
    assert short_names([]) == []
    assert told({LR: 1e-3, BATCH: 64}) == "lr=0.001, batch_size=64"
