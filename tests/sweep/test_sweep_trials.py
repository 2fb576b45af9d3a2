"""Whole sweeps over real digits, a few steps each: what is done, what goes on, what fails."""

import json
from pathlib import Path
from typing import Any

import pytest

from course_lib import builders
from course_lib.config import ConfigError, load_config
from course_lib.engine import load_checkpoint, read_record
from course_lib.engine.record import write_record
from course_lib.sweep import Plan, combinations, sweep
from course_lib.sweep.trials import is_done

LR = "optim_wrapper.optimizer.lr"
FEW = {
    "device": "cpu",
    "train_cfg.max_epochs": 2,
    "train_dataloader.dataset": {
        "_delete_": True,
        "type": "Subset",
        "indices": 192,
        "dataset": {"type": "Digits", "split": "train", "pipeline": [{"type": "Resize", "scale": 32}]},
    },
    "param_scheduler": [],
}


def plan(folder: Path, grid: dict[str, list[Any]], **fields: Any) -> Plan:
    return Plan(None, folder, combinations(grid), FEW, **fields)


def test_every_combination_is_a_training_and_a_row(tmp_path: Path) -> None:
    told: list[str] = []
    rows = sweep(plan(tmp_path, {LR: [0.003, 0.001], "train_dataloader.batch_size": [64, 96]}), told.append)
    assert told[1] == "\ntrial 2 of 4: lr=0.003, batch_size=96"
    assert [(row.lr, row.batch_size, row.steps, row.state) for row in rows] == [
        (0.003, 64, 6, "done"),
        (0.003, 96, 4, "done"),
        (0.001, 64, 6, "done"),
        (0.001, 96, 4, "done"),
    ]
    for row in rows:
        record = read_record(tmp_path / f"trial_{row.trial:02}")
        assert record is not None and row.values == [record["metrics"]["accuracy/top1"]]
        assert (tmp_path / f"trial_{row.trial:02}" / "checkpoints" / "last.pt").is_file()
    assert len(json.loads((tmp_path / "trials.json").read_text())) == 4


def test_what_is_done_is_not_done_again_and_a_grid_may_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sweep(plan(tmp_path, {LR: [0.003, 0.001]}))
    built: list[float] = []
    real = builders.build_trainer
    monkeypatch.setattr(
        builders, "build_trainer", lambda cfg: built.append(cfg.optim_wrapper.optimizer.lr) or real(cfg)
    )
    grown = sweep(plan(tmp_path, {LR: [0.01, 0.003, 0.001]}))
    assert built == [0.01]
    assert [row.trial for row in grown] == [3, 1, 2]
    assert [row.values for row in grown[1:]] == [row.values for row in first]


def test_a_trial_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    whole = sweep(plan(tmp_path / "whole", {LR: [0.003]}))
    options = {**FEW, LR: 0.003, "work_dir": str(tmp_path / "cut" / "trial_01")}
    trainer = builders.build_trainer(load_config(None, options))
    trainer.max_epochs, trainer._listeners["after_train"] = 1, []  # as a kill leaves it
    trainer.fit()
    folder = tmp_path / "cut" / "trial_01"
    assert not is_done(folder)  # the record says that it still runs
    rows = sweep(plan(tmp_path / "cut", {LR: [0.003]}))
    record = read_record(folder)
    assert record is not None and record["began_at_step"] == 3 and len(record["earlier"]) == 1
    assert rows[0].values == whole[0].values and rows[0].steps == 6


def test_a_trial_that_diverges_is_a_row_and_the_rest_goes_on(tmp_path: Path) -> None:
    sgd = {"optim_wrapper.optimizer": [{"type": "SGD", "lr": 1e38, "_delete_": True}, {"type": "SGD", "lr": 0.1}]}
    rows = sweep(plan(tmp_path, sgd))
    assert [row.state for row in rows] == ["failed", "done"]
    assert rows[0].reason.startswith("DivergenceError: the loss became ") and rows[0].mean is None
    assert is_done(tmp_path / "trial_01")  # it would diverge again
    assert [row.state for row in sweep(plan(tmp_path, sgd))] == ["failed", "done"]


def test_seeds_and_folds_make_a_mean_and_a_spread(tmp_path: Path) -> None:
    rows = sweep(plan(tmp_path, {LR: [0.003]}, seeds=(0, 1), folds=2))
    assert len(rows) == 1 and len(rows[0].values) == 4 and rows[0].spread is not None
    folders = sorted(folder.name for folder in (tmp_path / "trial_01").iterdir())
    assert folders == ["seed_0_fold_0", "seed_0_fold_1", "seed_1_fold_0", "seed_1_fold_1"]
    states = [load_checkpoint(tmp_path / "trial_01" / name / "checkpoints" / "last.pt") for name in folders]
    assert len({state["config"] for state in states}) == 4
    assert rows[0].steps == 2 * 2  # 96 of the 192 pictures, 64 a batch


def test_mistakes_of_all_trials_are_told_before_the_first_is_started(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        sweep(plan(tmp_path, {"model.backbone.type": ["LeNet5", "LeNet6", "Lenett"]}))
    assert len(caught.value.mistakes) == 2 and "Did you mean 'LeNet5'?" in str(caught.value)
    assert not (tmp_path / "trial_01").exists()


def test_a_folder_with_another_configs_trials_is_refused(tmp_path: Path) -> None:
    sweep(plan(tmp_path, {LR: [0.003]}))
    other = Plan(None, tmp_path, [{LR: 0.003}], {**FEW, "train_dataloader.batch_size": 32})
    with pytest.raises(
        ConfigError, match=r"(?s)config was changed.*- .*batch_size=64.*or begin another sweep: --work-dir"
    ):
        sweep(other)


@pytest.mark.parametrize(
    ("ended", "error", "done"),
    [
        ("done", False, True),
        ("no better than 90 for 5 validations", False, True),
        ("interrupted", False, False),
        (None, False, False),
        ("DivergenceError: the loss became nan", True, True),
        ("CheckpointError: the disk is full", True, False),
    ],
)
def test_what_counts_as_done(tmp_path: Path, ended: str | None, error: bool, done: bool) -> None:
    write_record(tmp_path, {"ended": ended, "error": error})
    assert is_done(tmp_path) is done


def test_a_folder_without_a_record_is_not_done(tmp_path: Path) -> None:
    assert not is_done(tmp_path)
