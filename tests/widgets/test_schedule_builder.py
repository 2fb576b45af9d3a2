"""The schedule builder, driven as a browser drives it."""

import sys
from io import BytesIO
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from course_lib.config import Config, load_config
from course_lib.engine import Trainer
from course_lib.widgets.schedule_builder import ScheduleBuilder, Try, outcome
from course_lib.widgets.training_job import TrainingJob

TINY = {
    "model.backbone.widths": (4,),
    "model.head.in_channels": 4,
    "train_dataloader.dataset.num_samples": 64,
    "train_dataloader.batch_size": 16,
    "val_dataloader.dataset.num_samples": 20,
    "optim_wrapper.optimizer": {"_delete_": True, "type": "SGD", "lr": 0.1, "momentum": 0.9},
    "train_cfg.max_epochs": 3,
}


@pytest.fixture
def cfg() -> Config:
    return load_config("lessons/small_cnn_shapes", TINY)


def test_begins_with_the_constant_rate(cfg: Config) -> None:
    widget = ScheduleBuilder(cfg)
    assert widget.num_steps == 12 and widget.nodes == [] and "param_scheduler = []" in widget.text.value
    assert np.allclose(widget.curve.lr_line.get_ydata(), 0.1) and len(widget.curve.lr_line.get_ydata()) == 12
    assert np.allclose(widget.curve.momentum_line.get_ydata(), 0.9)
    assert Image.open(BytesIO(widget.still())).format == "PNG"
    assert len(cfg.param_scheduler) == 2  # the config is never changed


def test_add_move_and_remove(cfg: Config) -> None:
    widget = ScheduleBuilder(cfg)
    empty = widget.still()
    widget.new.value = "CosineAnnealingLR"
    widget.add_button.click()
    falling = np.array(widget.curve.lr_line.get_ydata())
    assert falling[0] == 0.1 and (np.diff(falling) < 0).all() and widget.still() != empty
    widget.add("LinearLR")
    warm_up = widget.rows.children[1]
    assert widget.curve.lr_line.get_ydata()[0] == pytest.approx(0.001)
    warm_up.sliders["start_factor"].value = 0.5
    assert widget.curve.lr_line.get_ydata()[0] == pytest.approx(0.05)
    assert "type=&#x27;LinearLR&#x27;" in widget.text.value and "start_factor=0.5" in widget.text.value
    warm_up.remove_button.click()
    assert [node["type"] for node in widget.nodes] == ["CosineAnnealingLR"]
    assert np.allclose(widget.curve.lr_line.get_ydata(), falling)
    widget.lr.value = 1.0
    assert np.allclose(widget.curve.lr_line.get_ydata(), 10 * falling)


def test_the_momentum_moves_too(cfg: Config) -> None:
    widget = ScheduleBuilder(cfg)
    widget.add("OneCycleMomentum")
    momentum = widget.curve.momentum_line.get_ydata()
    assert momentum[0] == pytest.approx(0.95) and 0.85 <= min(momentum) < 0.86


def test_mistakes_show_and_forbid_training(cfg: Config) -> None:
    widget = ScheduleBuilder(cfg)
    widget.add("LinearLR")
    before, sliders = widget.still(), widget.rows.children[0].sliders
    sliders["begin"].value = 5
    assert "LinearLR: begin=5 must be smaller than end=2." in widget.mistake.value
    assert widget.train_button.disabled and widget.still() == before and not widget.trouble.value
    widget.train(background=False)
    assert widget.tries == []
    sliders["end"].value = 9
    assert not widget.mistake.value and not widget.train_button.disabled
    sliders["begin"].value = sliders["end"].value = 12
    assert "begin=12 must be smaller than end=12." in widget.mistake.value
    widget.remove(widget.rows.children[0])
    widget.add("LinearMomentum")
    widget.rows.children[0].sliders["end_factor"].value = 1.1
    widget.rows.children[0].sliders["start_factor"].value = 1.1
    assert not widget.mistake.value
    widget.add("LinearMomentum")
    widget.rows.children[1].sliders["end_factor"].value = 1.05
    assert "the momentum goes from" in widget.mistake.value and "it must stay below 1" in widget.mistake.value


def test_the_race_is_with_the_constant_rate(cfg: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    rates: dict[Trainer, dict[int, float]] = {}  # by step, for each training
    set_rates = Trainer.set_rates

    def listen(trainer: Trainer) -> None:
        set_rates(trainer)
        rates.setdefault(trainer, {})[trainer.step] = trainer.optimizer.param_groups[0]["lr"]

    monkeypatch.setattr(Trainer, "set_rates", listen)
    widget = ScheduleBuilder(cfg)
    widget.add("CosineAnnealingLR")
    widget.train_button.click()
    widget.wait()
    constant, yours = ([by_step[step] for step in range(12)] for by_step in rates.values())
    assert constant == [0.1] * 12 and yours == pytest.approx(list(widget.curve.lr_line.get_ydata()))
    assert [each.name for each in widget.tries] == ["constant rate 0.1", "1 · lr 0.1, Cosine"]
    assert "the constant rate 0.1" in widget.state.value and "points" in widget.state.value
    assert "Your best" in widget.best.value
    assert not widget.train_button.disabled and widget.stop_button.disabled

    # from now on only the new one is trained
    widget.lr.value = 0.3
    widget.train_button.click()
    widget.wait()
    assert len(rates) == 3 and widget.tries[-1].name == "2 · lr 0.3, Cosine"


def test_stop_ends_the_race_and_it_can_begin_anew(cfg: Config) -> None:
    cfg.train_cfg.max_epochs = 50_000
    widget = ScheduleBuilder(cfg)
    widget.train_button.click()
    assert widget.train_button.disabled and not widget.stop_button.disabled
    widget.train_button.click()  # a second press changes nothing
    widget.stop_button.click()
    widget.wait()
    assert [each.job.ended for each in widget.tries] == ["stopped"]
    assert "there is nothing to compare" in widget.state.value and not widget.train_button.disabled


def test_in_colab_it_trains_in_the_foreground(cfg: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    cfg.train_cfg.max_epochs = 1
    widget = ScheduleBuilder(cfg)
    widget.train_button.click()
    assert [each.job.ended for each in widget.tries] == ["done", "done"]
    assert all(each.job.thread is None for each in widget.tries)
    assert "+0.0 points. Try again." in widget.state.value  # the same training twice


def test_what_fails_in_the_thread_is_shown(cfg: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def fit(trainer: Trainer) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(Trainer, "fit", fit)
    widget = ScheduleBuilder(cfg)
    widget.train_button.click()
    widget.wait()
    assert "ZeroDivisionError: by zero" in widget.state.value and not widget.train_button.disabled


def test_outcome(cfg: Config) -> None:
    def tried(name: str, accuracy: float, ended: str = "done") -> Try:
        job = TrainingJob(cfg)
        job.records, job.ended = [{"step": 1, "epoch": 1.0, "val/accuracy/top1": accuracy}], ended
        return Try(name, job)

    constant = tried("constant rate 0.1", 40)
    assert outcome([constant, tried("1", 46)], 5)[0].endswith("constant rate 0.1 40.0 %: +6.0 points. Goal reached!")
    assert outcome([constant, tried("1", 43)], 5)[0].endswith("+3.0 points. Better, but the goal is 5.")
    assert outcome([constant, tried("1", 30)], 5)[0].endswith("-10.0 points. Try again.")
    assert "nothing to compare" in outcome([constant, tried("1", 46, "stopped")], 5)[0]
    assert "nothing to compare" in outcome([constant], 5)[0]
