"""A training in a thread: to its end, to the end of its time, paused between two steps, stopped, failed."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from course_lib.config import Config, ConfigError, load_config
from course_lib.widgets.training_job import TrainingJob

TINY = {
    "model.backbone.widths": (4,),
    "model.head.in_channels": 4,
    "train_dataloader.dataset.num_samples": 80,
    "train_dataloader.batch_size": 20,
    "val_dataloader.dataset.num_samples": 20,
    "train_cfg.max_epochs": 2,
}


@pytest.fixture
def cfg(tmp_path: Path) -> Config:
    return load_config("lessons/small_cnn_shapes", TINY | {"work_dir": str(tmp_path / "runs")})


def measured(job: TrainingJob) -> list[dict[str, Any]]:
    return [record for record in job.records if "val/accuracy/top1" in record]


def watched(cfg: Config, act: Callable[[TrainingJob], None]) -> TrainingJob:
    """A job that calls ``act`` at each change."""
    job = TrainingJob(cfg, lambda: act(job))
    return job


def test_trains_to_the_end_and_writes_nothing(cfg: Config, tmp_path: Path) -> None:
    job = TrainingJob(cfg)
    assert job.state == "ready"
    job.run()
    assert [(record["step"], record["epoch"]) for record in measured(job)] == [(4, 1.0), (8, 2.0)]
    assert job.records[0]["step"] == 1 and job.records[0]["epoch"] == 0.25
    assert {"loss", "lr", "pictures_per_s"} <= job.records[0].keys() and job.records[0]["pictures_per_s"] > 0
    assert job.records[-1] is measured(job)[-1] and job.state == job.ended == "done"
    assert not list(tmp_path.iterdir()) and cfg.work_dir is not None


def test_ends_when_the_time_is_up_and_measures_all_the_same(cfg: Config) -> None:
    job = TrainingJob(cfg, seconds=0)
    job.run()
    assert [record["step"] for record in job.records] == [1, 1]
    assert len(measured(job)) == 1 and job.ended == "done"


def test_a_paused_training_takes_no_step_and_ends_as_if_it_had_never_waited(cfg: Config) -> None:
    unbroken = TrainingJob(cfg)
    unbroken.run()
    states, held = [], threading.Event()

    def act(job: TrainingJob) -> None:
        states.append(job.state)
        if len(states) == 1:
            job.control.pause()
        if job.state == "paused":
            held.set()

    job = watched(cfg, act)
    job.start(background=True)
    assert held.wait(60) and job.trainer is not None
    assert job.state == "paused" and job.trainer.step == 1
    job.thread.join(0.3)
    assert job.trainer.step == 1 and job.thread.is_alive()
    job.control.resume()
    job.wait()
    assert states[:2] == ["training", "paused"] and job.state == "done"
    assert measured(job) == measured(unbroken)
    ours, theirs = job.trainer.model.state_dict(), unbroken.trainer.model.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_pauses_do_not_use_up_the_time(cfg: Config) -> None:
    job = TrainingJob(cfg, lambda: None, seconds=30)
    held = threading.Event()
    job.on_change = lambda: held.set() if job.state == "paused" else None
    job.control.pause()
    job.start(background=True)
    assert held.wait(60)
    hook = next(hook for hook in job.trainer.hooks if hasattr(hook, "ends_at"))
    ends_at = hook.ends_at
    job.thread.join(0.3)
    job.control.resume()
    job.wait()
    assert hook.ends_at - ends_at > 0.25


@pytest.mark.parametrize("paused", [False, True])
def test_stops_after_the_step_it_is_at_and_out_of_a_pause(cfg: Config, paused: bool) -> None:
    cfg.train_cfg.max_epochs = 100_000

    def act(job: TrainingJob) -> None:
        if job.state == "training" and job.records[-1]["step"] >= 5:
            if paused:
                job.control.pause()
            else:
                job.control.stop()
        elif job.state == "paused":
            job.control.stop()

    job = watched(cfg, act)
    job.start(background=True)
    job.thread.join(60)
    assert not job.thread.is_alive() and job.ended == "stopped"
    assert job.records[-1] is measured(job)[-1] and job.records[-1]["step"] == job.trainer.step


def test_stopped_before_it_began_takes_one_step(cfg: Config) -> None:
    job = TrainingJob(cfg)
    job.control.stop()
    job.control.pause()  # too late
    job.run()
    assert job.trainer.step == 1 and job.ended == "stopped"


def test_reports_all_mistakes_before_it_begins(cfg: Config) -> None:
    cfg.model.head.in_channels = 5
    cfg.train_cfg.max_epochs = 0
    with pytest.raises(ConfigError) as caught:
        TrainingJob(cfg).run()
    assert [mistake.path for mistake in caught.value.mistakes] == ["train_cfg.max_epochs", "model.head.in_channels"]
    job = TrainingJob(cfg)
    job.start(background=True)
    job.wait()
    assert job.state == "failed" and job.trouble == str(caught.value) and job.records == []


def test_a_divergence_is_kept_as_words(cfg: Config) -> None:
    cfg.optim_wrapper.optimizer.lr = 1e30
    job = TrainingJob(cfg)
    job.start(background=True)
    job.wait()
    assert job.state == "failed" and job.trouble.startswith("the loss became")


def test_a_drawing_that_fails_ends_the_training_with_words(cfg: Config) -> None:
    def act(job: TrainingJob) -> None:
        if not job.ended:
            raise ZeroDivisionError("no pencil")

    job = watched(cfg, act)
    job.start(background=True)
    job.wait()
    assert job.state == "failed" and job.trouble == "ZeroDivisionError: no pencil"
