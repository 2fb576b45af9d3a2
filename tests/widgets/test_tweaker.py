"""The config tweaker, driven as a browser drives it."""

import sys
import threading
from io import BytesIO
from types import ModuleType
from typing import Any

import pytest
from PIL import Image

from course_lib.config import Config, DivergenceError, load_config
from course_lib.widgets.training_job import TrainingJob
from course_lib.widgets.tweaker import ConfigTweaker, Goal, Run, outcome
from course_lib.widgets.tweaks import Knob

TINY = {
    "model.backbone.widths": (4,),
    "model.head.in_channels": 4,
    "train_dataloader.dataset.num_samples": 64,
    "val_dataloader.dataset.num_samples": 20,
    "train_cfg.max_epochs": 1,
}


@pytest.fixture
def cfg() -> Config:
    return load_config("lessons/small_cnn_shapes", TINY)


def test_shows_what_a_control_changes(cfg: Config) -> None:
    widget = ConfigTweaker(cfg)
    assert (
        "The config as it is" in widget.change.value and "course train lessons/small_cnn_shapes" in widget.change.value
    )
    widget.controls["lr"].value = "0.1"
    assert "lr=0.1" in widget.change.value
    assert widget.tweaked.optim_wrapper.optimizer.lr == 0.1 and cfg.optim_wrapper.optimizer.lr == 0.02
    widget.controls["widths"].value = "32, 64, 128"
    assert "94,762 parameters: 20,000 or more" in widget.verdict.value
    assert "10.3 M multiplications a picture" in widget.verdict.value
    assert widget.changed == "widths 32, 64, 128, lr 0.1"
    widget.controls["backbone"].value = "MLP"
    assert widget.controls["widths"].disabled and widget.changed == "MLP, lr 0.1"
    assert widget.tweaked.model.backbone.type == "MLP"
    widget.reset()
    assert widget.values == {} and widget.changed == "as it is"


def test_shows_every_mistake_and_does_not_train(cfg: Config) -> None:
    two_mistakes = {"model.backbone.width": 6, "train_cfg.max_epochs": 0}
    choices: dict[str, dict[str, Any]] = {"4": {}, "5": {"model.backbone.widths": (5,)}, "6": two_mistakes}
    widget = ConfigTweaker(cfg, [Knob("widths", choices, "4")])
    widget.controls["widths"].value = "5"
    assert "Write in_channels=5." in widget.verdict.value and widget.train_button.disabled
    widget.controls["widths"].value = "6"
    assert "Did you mean &#x27;widths&#x27;?" in widget.verdict.value and "train_cfg.max_epochs" in widget.verdict.value
    widget.controls["widths"].value = "4"
    assert not widget.train_button.disabled


def test_trains_in_the_background_over_the_last_curves(cfg: Config) -> None:
    widget = ConfigTweaker(cfg, goal=Goal(accuracy=0.5, max_parameters=1000))
    empty = widget.still()
    assert Image.open(BytesIO(empty)).format == "PNG"
    widget.train_button.click()
    widget.wait()
    widget.controls["lr"].value = "0.001"
    widget.train_button.click()
    widget.wait()
    assert [(run.name, run.ended) for run in widget.runs] == [("1 · as it is", "done"), ("2 · lr 0.001", "done")]
    assert all(run.parameters == 3 * 4 * 9 + 2 * 4 + 4 * 10 + 10 for run in widget.runs)
    assert "Goal reached!" in widget.state.value
    assert widget.still() != empty and "2 · lr 0.001" in widget.table.value
    assert not widget.train_button.disabled and widget.stop_button.disabled


def test_stop_button_ends_the_training(cfg: Config) -> None:
    cfg.train_cfg.max_epochs = 100_000
    widget = ConfigTweaker(cfg, seconds=600)
    widget.train_button.click()
    assert widget.running and not widget.stop_button.disabled and widget.train_button.disabled
    widget.train_button.click()  # a second press changes nothing
    widget.stop_button.click()
    assert widget.job.thread is not None
    widget.job.thread.join(60)
    assert not widget.job.thread.is_alive() and [run.ended for run in widget.runs] == ["stopped"]


def test_in_colab_it_trains_in_the_foreground(cfg: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    widget = ConfigTweaker(cfg)
    widget.train_button.click()
    assert widget.job.thread is None and widget.runs[0].ended == "done"


@pytest.mark.parametrize("error", [DivergenceError("the loss became nan at step 3."), ZeroDivisionError("by zero")])
def test_an_error_in_the_thread_is_shown(cfg: Config, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def run(job: TrainingJob) -> None:
        raise error

    monkeypatch.setattr(TrainingJob, "run", run)
    widget = ConfigTweaker(cfg)
    widget.train()
    widget.wait()
    assert str(error) in widget.state.value and widget.runs[0].ended == "failed" and not widget.train_button.disabled


def test_no_thread_is_left_behind(cfg: Config) -> None:
    before = threading.active_count()
    widget = ConfigTweaker(cfg)
    widget.train()
    widget.wait()
    assert threading.active_count() <= before + 1


def test_outcome() -> None:
    goal = Goal(85, 10_000)
    assert str(goal) == "Goal: beat 85 % with fewer than 10,000 parameters."

    def said(accuracy: float, parameters: int) -> str:
        return outcome(Run("1", parameters, 1, [{"step": 1, "epoch": 1, "val/accuracy/top1": accuracy}]), goal)[0]

    assert "Goal reached!" in said(86, 9_999)
    assert "now make it smaller" in said(86, 10_000)
    assert "now make it better" in said(85, 9_999)
    assert said(50, 20_000) == "50.0 % with 20,000 parameters."
    assert "nothing to measure" not in said(1, 1)
    assert outcome(Run("1", 5), goal)[0] == "Stopped before there was anything to measure."
