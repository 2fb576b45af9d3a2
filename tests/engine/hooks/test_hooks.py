"""Each hook on a stand-in for the trainer's few fields that it reads."""

import json
import time
from types import SimpleNamespace

import pytest
import torch

from course_lib.config.errors import ConfigError, CourseError, DivergenceError
from course_lib.engine import CheckpointHook, FiniteLossHook, Hook, LogHook, ProgressHook, World
from course_lib.engine.hooks.best import Best
from course_lib.engine.hooks.log import drop_after


def make_trainer(tmp_path=None, **fields):
    defaults = {"step": 0, "epoch": 0, "batch": 0, "last_lr": 0.1, "work_dir": tmp_path, "device": "cpu", "seed": 0}
    defaults |= {
        "max_epochs": 3,
        "max_steps": 15,
        "measured_at": -1,
        "batch_size": 8,
        "updated": True,
        "mean_loss": 0.5,
        "stopped": None,
        "train_loader": range(5),
        "config_text": None,
        "last_checkpoint": None,
        "world": World(),
    }
    return SimpleNamespace(**(defaults | fields))


def test_a_misspelt_moment_is_an_error_when_the_class_is_made():
    with pytest.raises(CourseError, match=r"Mine.after_epochs would never be called. Did you mean 'after_epoch'\?"):

        class Mine(Hook):
            def after_epochs(self, trainer):
                pass


def test_the_log_averages_between_its_lines(tmp_path):
    hook, trainer = LogHook(interval=2), make_trainer(tmp_path)
    hook.before_train(trainer)
    hook.before_epoch(trainer)
    for trainer.step, value in enumerate([1.0, 3.0, 5.0, 7.0], start=1):
        hook.after_step(trainer, {"loss": torch.tensor(value)})
    trainer.epoch = 1
    hook.after_validate(trainer, {"accuracy/top1": 90.0})
    hook.after_epoch(trainer)
    records = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [record.get("loss") for record in records] == [2.0, 6.0, None]
    assert records[0]["epoch"] == 1 and records[0]["lr"] == 0.1 and records[0]["pictures_per_s"] > 0
    assert records[2] == {"step": 4, "epoch": 1, "val/accuracy/top1": 90.0}
    text = (tmp_path / "train.log").read_text()
    assert "validation at step 4  accuracy/top1 90.0000" in text and "epoch 1/3  loss 0.5000" in text


def test_a_resumed_log_forgets_what_came_after_the_checkpoint(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n{"step": 2}\n{"step": 3}\n{"st')
    drop_after(path, 2, 0)
    assert path.read_text() == '{"step": 1}\n{"step": 2}\n'
    drop_after(tmp_path / "none.jsonl", 2, 0)


def test_a_resumed_log_forgets_a_validation_that_the_checkpoint_does_not_know(tmp_path):
    path = tmp_path / "metrics.jsonl"
    lines = ['{"step": 2, "val/loss": 1}\n', '{"step": 4, "loss": 1}\n', '{"step": 4, "val/loss": 1}\n']
    path.write_text("".join(lines))
    drop_after(path, 4, 4)
    assert path.read_text() == "".join(lines)
    drop_after(path, 4, 2)
    assert path.read_text() == "".join(lines[:2])


def test_the_log_times_the_batches_since_the_line_before_or_the_epochs_start(tmp_path, monkeypatch):
    hook, trainer = LogHook(interval=4), make_trainer(tmp_path)
    hook.before_train(trainer)
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(time, "monotonic", lambda: clock.now)
    for epoch in range(2):  # of three batches, a second each; between them 100 seconds pass
        clock.now += 100
        hook.before_epoch(trainer)
        for batch in range(3):
            clock.now += 1
            trainer.step = 3 * epoch + batch + 1
            hook.after_step(trainer, {"loss": torch.tensor(1.0)})
    record = json.loads((tmp_path / "metrics.jsonl").read_text())
    assert record["step"] == 4 and record["pictures_per_s"] == 8.0


def test_the_logs_sums_are_part_of_a_checkpoint():
    hook, trainer = LogHook(interval=10), make_trainer(step=1)
    hook.after_step(trainer, {"loss": torch.tensor(2.0)})
    other = LogHook(interval=10)
    other.load_state_dict(hook.state_dict())
    assert other.state_dict() == {"sums": {"loss": 2.0}, "count": 1}


@pytest.mark.parametrize(
    ("name", "rule", "values", "best"),
    [
        ("accuracy/top1", None, [50.0, 60.0, 55.0, float("nan")], [True, True, False, False]),
        ("loss", None, [2.0, 1.0, 1.5, 0.5], [True, True, False, True]),
        ("accuracy/top1", "less", [50.0, 60.0, 40.0, 40.0], [True, False, True, False]),
    ],
)
def test_what_is_best(name, rule, values, best):
    judge = Best(name, rule)
    assert [judge.beaten_by({name: value, "other": 0.0}) for value in values] == best


def test_an_unknown_metric_to_save_by():
    with pytest.raises(ConfigError, match=r"save_best='acuracy'.*Did you mean 'accuracy'"):
        CheckpointHook(save_best="acuracy").after_validate(make_trainer(), {"accuracy": 1.0})


def test_the_first_metric_where_there_is_none():
    judge = Best("auto")
    assert not judge.beaten_by({})
    with pytest.raises(ConfigError, match=r"monitor='auto' is the first metric, but this validation has none"):
        judge.of({})
    CheckpointHook().after_validate(make_trainer(), {})  # has no best one then


def test_an_epoch_that_the_steps_cut_off_has_no_number(tmp_path):
    hook = CheckpointHook(interval=2, keep=1, save_best=None)
    trainer = make_trainer(tmp_path, notify=lambda moment: None, max_steps=12, epoch=2, step=10)
    trainer.state_dict = lambda: {"step": trainer.step}
    hook.after_epoch(trainer)
    trainer.step, trainer.batch = 12, 2
    hook.after_epoch(trainer)
    hook.after_train(trainer)
    files = {file.name: torch.load(file)["step"] for file in (tmp_path / "checkpoints").iterdir()}
    assert files == {"epoch_2.pt": 10, "last.pt": 12, "previous.pt": 10}


def test_numbered_checkpoints_are_kept_up_to_a_number(tmp_path):
    hook = CheckpointHook(interval=1, keep=2)
    trainer = make_trainer(tmp_path, state_dict=lambda: {"model": {}}, notify=lambda moment: None)
    for trainer.epoch in range(1, 6):
        hook.after_validate(trainer, {"accuracy": float(trainer.epoch)})
        hook.after_epoch(trainer)
    names = sorted(file.name for file in (tmp_path / "checkpoints").iterdir())
    assert names == ["best.pt", "epoch_4.pt", "epoch_5.pt", "last.pt", "previous.pt"]


def test_checkpoints_by_steps_wait_for_the_update(tmp_path):
    hook = CheckpointHook(interval=2, by_epoch=False, keep=1, save_best=None)
    trainer = make_trainer(tmp_path, notify=lambda moment: None, train_loader=range(100))
    trainer.state_dict = lambda: {"step": trainer.step}
    for trainer.step in range(1, 8):
        trainer.batch, trainer.updated = trainer.step, trainer.step % 3 == 0
        hook.after_step(trainer, {})
    files = {file.name: torch.load(file)["step"] for file in (tmp_path / "checkpoints").iterdir()}
    assert files == {"step_6.pt": 6, "last.pt": 6, "previous.pt": 3}


def test_an_infinite_loss_keeps_a_checkpoint_from_being_written():
    hook, trainer = FiniteLossHook(interval=100), make_trainer(step=4)
    hook.after_step(trainer, {"loss": torch.tensor(1.0)})
    hook.before_save(trainer)
    trainer.step = 5
    hook.after_step(trainer, {"loss": torch.tensor(float("inf"))})
    with pytest.raises(DivergenceError, match=r"became inf at step 5 \(epoch 1\) with lr 0.1.*No checkpoint"):
        hook.before_save(trainer)


def test_the_epoch_line_needs_no_terminal(capsys):
    hook, trainer = ProgressHook(bar=False), make_trainer()
    hook.before_epoch(trainer)
    hook.after_step(trainer, {"loss": torch.tensor(1.0)})
    trainer.epoch = 1
    hook.after_validate(trainer, {"accuracy/top1": 87.5})
    hook.after_epoch(trainer)
    assert capsys.readouterr().out.startswith("epoch 1/3  loss 0.5000  accuracy/top1 87.50  lr 0.1  ")


def test_the_bar_shows_loss_and_rate(capsys):
    hook, trainer = ProgressHook(bar=True, refresh_s=0.0), make_trainer()
    hook.before_epoch(trainer)
    hook.after_step(trainer, {"loss": torch.tensor(1.25)})
    hook.close()
    assert "loss 1.2500, lr 0.1" in capsys.readouterr().err
