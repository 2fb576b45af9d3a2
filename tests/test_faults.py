"""What goes wrong from outside while a training runs: each ends with a clear line, and nothing hangs."""

import json
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib import builders
from course_lib.config import Config, CourseError, DataError
from course_lib.engine import CheckpointHook, Hook, LogHook, RecordHook, load_checkpoint

TEXT = """
model = dict(
    type='ImageClassifier',
    backbone=dict(type='SmallCNN', widths=(8, 16)),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=2, in_channels=16),
)
data_preprocessor = dict(mean=[128.0], std=[64.0])
train_pipeline = [dict(type='LoadImageFromFile'), dict(type='RandomFlip', prob=0.5), dict(type='PackInputs')]
train_dataloader = dict(
    batch_size=4, num_workers={workers}, way='sample',
    dataset=dict(type='CustomDataset', data_root='{root}', pipeline=train_pipeline),
)
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.01))
train_cfg = dict(by_epoch=True, max_epochs=3)
work_dir = '{root}/../run'
device = 'cpu'
"""


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twelve small pictures in two classes."""
    for index in range(12):
        folder = tmp_path / "photos" / "ab"[index % 2]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(index).integers(256, size=(16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index}.png")
    return tmp_path / "photos"


def trainer_on(photos: Path, hooks: list[Hook], workers: int = 0):
    return builders.build_trainer(Config.fromstring(TEXT.format(root=photos, workers=workers)), hooks=hooks)


class AtEpoch(Hook):
    """Does something before an epoch."""

    def __init__(self, epoch: int, action) -> None:
        self.epoch, self.action = epoch, action

    def before_epoch(self, trainer):
        if trainer.epoch == self.epoch:
            self.action(trainer)


def test_a_picture_that_breaks_in_the_second_epoch_is_named(photos):
    broken = photos / "a" / "4.png"
    hooks = [CheckpointHook(), AtEpoch(1, lambda trainer: broken.write_bytes(broken.read_bytes()[:60]))]
    trainer = trainer_on(photos, hooks)
    with pytest.raises(DataError, match=r"a/4\.png"):
        trainer.fit()
    assert load_checkpoint(trainer.last_checkpoint)["epoch"] == 1


def test_a_picture_that_vanishes_is_named_by_a_worker_too(photos):
    trainer = trainer_on(photos, [AtEpoch(1, lambda trainer: (photos / "b" / "7.png").unlink())], workers=1)
    with pytest.raises(DataError, match=r"b/7\.png"):
        trainer.fit()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_a_worker_that_is_killed_ends_the_training_with_a_line(photos):
    def kill(trainer):
        workers = trainer.train_loader.source.loader._iterator._workers
        os.kill(workers[0].pid, signal.SIGKILL)
        workers[0].join()

    trainer = trainer_on(photos, [CheckpointHook(), AtEpoch(1, kill)], workers=1)
    with pytest.raises(CourseError, match=r"a loader's worker process .*ended.*memory"):
        trainer.fit()
    assert load_checkpoint(trainer.last_checkpoint)["epoch"] == 1


def test_a_clock_that_jumps_back_disturbs_nothing(photos, monkeypatch):
    ticks = iter(range(10**9, 0, -3600))
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    trainer = trainer_on(photos, [LogHook(interval=1), RecordHook(), CheckpointHook()])
    result = trainer.fit()
    assert result.elapsed_s >= 0 and result.epochs == 3
    lines = [json.loads(line) for line in (trainer.work_dir / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == list(range(1, 10))
    assert all(line["pictures_per_s"] > 0 for line in lines)
    assert json.loads((trainer.work_dir / "run.json").read_text())["elapsed_s"] >= 0


def test_weights_stay_finite_where_a_checkpoint_cannot_be_written(photos, monkeypatch):
    """The disk is full for one checkpoint: the run ends with a line, and goes on from the one before."""
    real = torch.save

    def full(state, file):
        if state["epoch"] == 2:
            raise OSError(28, "No space left on device")
        real(state, file)

    monkeypatch.setattr(torch, "save", full)
    trainer = trainer_on(photos, [CheckpointHook()])
    with pytest.raises(CourseError, match=r"could not write .*last\.pt.*No space left on device.*is kept"):
        trainer.fit()
    monkeypatch.undo()
    rest = trainer_on(photos, [CheckpointHook()])
    assert rest.resume() and rest.epoch == 1
    assert rest.fit().epochs == 3
