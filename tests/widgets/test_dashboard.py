"""The training dashboard, driven as a browser drives it."""

import sys
import time
from collections.abc import Callable
from io import BytesIO
from types import ModuleType

import pytest
from PIL import Image

from course_lib.config import Config, load_config
from course_lib.widgets.compare_runs import CompareRuns
from course_lib.widgets.dashboard import ACCURACY, TrainingDashboard, newest, status, tiles_html
from course_lib.widgets.training_job import TrainingJob

TINY = {
    "model.backbone.widths": (4,),
    "model.head.in_channels": 4,
    "train_dataloader.dataset.num_samples": 80,
    "train_dataloader.batch_size": 20,
    "val_dataloader.dataset.num_samples": 20,
    "train_cfg.max_epochs": 2,
}
LONG = 100_000


@pytest.fixture
def cfg() -> Config:
    return load_config("lessons/small_cnn_shapes", TINY)


def disabled(board: TrainingDashboard) -> list[bool]:
    return [button.disabled for button in (board.train_button, board.pause_button, board.stop_button)]


def until(board: TrainingDashboard, holds: Callable[[], bool]) -> None:
    """Wait for something that the training's thread brings about."""
    ends_at = time.monotonic() + 60
    while not holds():
        assert board.running and time.monotonic() < ends_at, board.job.state
        time.sleep(0.01)


def test_before_the_first_training(cfg: Config) -> None:
    board = TrainingDashboard(cfg, goal=70)
    assert "Not trained yet" in board.state.value and disabled(board) == [False, True, True]
    assert [panel["title"] for panel in board.view.panels] == [
        "Loss",
        "Validation accuracy (%)",
        "Learning rate",
        "Pictures a second",
    ]
    assert board.view.panels[1]["goal"] == 70 and board.trainer is None
    assert board.still().startswith(b"\x89PNG") and board.runs == {}


def test_trains_to_the_end_and_again_with_another_config(cfg: Config) -> None:
    board = TrainingDashboard(cfg, goal=0)
    board.train_button.click()
    board.wait()
    assert "goal reached!" in board.state.value and disabled(board) == [False, True, True]
    records = board.runs["run 1"]
    assert records[-1][ACCURACY] == newest(records, ACCURACY)
    assert f"{records[-1][ACCURACY]:.1f} %" in board.tiles.value
    assert all(panel["lines"][0]["points"] for panel in board.view.panels)
    cfg.optim_wrapper.optimizer.lr = 0.005
    assert board.train_button.description == "Train again"
    board.train_button.click()
    board.wait()
    assert [line["name"] for line in board.view.panels[0]["lines"]] == ["run 1", "run 2"]
    assert board.trainer.optimizer.param_groups[0]["initial_lr"] == 0.005
    assert [button.description for button in CompareRuns(board.runs).buttons] == ["run 1", "run 2"]
    assert board.trouble.value == ""


def test_pauses_resumes_and_stops(cfg: Config) -> None:
    cfg.train_cfg.max_epochs = LONG
    board = TrainingDashboard(cfg)
    board.train_button.click()
    until(board, lambda: board.job.state == "training")
    board.train_button.click()  # a second press changes nothing
    assert len(board.jobs) == 1 and disabled(board) == [True, False, False]
    board.pause_button.click()
    until(board, lambda: "Paused after epoch" in board.state.value)
    assert board.pause_button.description == "Resume"
    step = board.trainer.step
    board.job.thread.join(0.3)
    assert board.trainer.step == step and board.running
    board.pause_button.click()
    assert board.pause_button.description == "Pause"
    count = len(board.job.records)
    until(board, lambda: len(board.job.records) >= count + 2)
    assert board.trainer.step > step
    board.stop_button.click()
    board.wait()
    assert "Stopped after step" in board.state.value and disabled(board) == [False, True, True]
    assert not board.running and board.pause_button.description == "Pause"


def test_a_config_s_mistakes_stand_in_the_widget(cfg: Config) -> None:
    cfg.model.head.in_channels = 5
    cfg.train_cfg.max_epochs = 0
    board = TrainingDashboard(cfg)
    board.train_button.click()
    board.wait()
    assert "model.head.in_channels" in board.state.value and "train_cfg.max_epochs" in board.state.value
    assert disabled(board) == [False, True, True] and board.runs == {}
    cfg.model.head.in_channels, cfg.train_cfg.max_epochs = 4, 1
    board.train_button.click()
    board.wait()
    assert "Trained to its end." in board.state.value and list(board.runs) == ["run 2"]


def test_a_divergence_stands_in_the_widget(cfg: Config) -> None:
    cfg.optim_wrapper.optimizer.lr = 1e30
    board = TrainingDashboard(cfg)
    board.train_button.click()
    board.wait()
    assert "the loss became" in board.state.value and "Try a tenth of the learning rate" in board.state.value
    assert board.trouble.value == "" and not board.train_button.disabled


def test_in_colab_it_trains_in_the_foreground(cfg: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    board = TrainingDashboard(cfg)
    seen = []
    board.state.observe(lambda change: seen.append((change["new"], board.pause_button.disabled)), "value")
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    board.train_button.click()
    assert board.job.thread is None and board.job.ended == "done" and "Trained to its end." in board.state.value
    assert any("own stop button ends it" in text for text, _ in seen)
    assert all(pause_disabled for _, pause_disabled in seen)


def test_without_anywidget_it_is_a_picture(cfg: Config) -> None:
    board = TrainingDashboard(cfg, interactive=False)
    before = bytes(board.image.value)
    assert Image.open(BytesIO(before)).format == "PNG"
    board.train(background=False)
    assert board.view is None and board.image in board.children and board.image.value != before
    assert board._repr_png_() == board.still() == board.image.value


def test_what_is_said_of_each_state(cfg: Config) -> None:
    job = TrainingJob(cfg)
    assert "Not trained yet" in status(job, 85, 0)[0]
    job.started = True
    assert "Making the pictures" in status(job, 85, 0)[0]
    job.records.append({"step": 1200, "epoch": 1.5, "loss": 1.0})
    assert status(job, 85, 12.3)[0] == "Training: epoch 1.5, step 1,200, 12 s"
    job.control.pause()
    assert "Pausing" in status(job, 85, 0)[0]
    job.control.holding = True
    assert "Paused after epoch 1.5" in status(job, 85, 0)[0]
    job.control.stop()
    assert "Stopping" in status(job, 85, 0)[0]
    job.ended = "stopped"
    assert status(job, 85, 0)[0] == "Stopped after step 1,200. Nothing was measured."
    job.records.append({"step": 1200, "epoch": 1.5, ACCURACY: 84.96})
    assert status(job, 85, 0)[0] == "Stopped after step 1,200. 85.0 % of the validation is right."
    job.trouble = "a <tag>\nand more"
    assert status(job, 85, 0)[0] == "a &lt;tag&gt;<br>and more"


def test_tiles() -> None:
    records = [{"step": 1, "lr": 0.0123, "loss": 2.34567, "pictures_per_s": 1234.5}, {"step": 1, ACCURACY: 51.25}]
    assert all(text in tiles_html(records) for text in ("2.346", "0.0123", "1,234", "51.2 %"))
    assert tiles_html([]).count("–") == 4
