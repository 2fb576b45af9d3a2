"""The freeze slider: parameters against a hand count, and the widget driven by its sliders and buttons."""

import sys
from io import BytesIO
from types import ModuleType

import pytest
from PIL import Image

from course_lib.config import Config, ConfigError, load_config
from course_lib.engine import Trainer
from course_lib.sweep import Row
from course_lib.widgets.freeze_slider import FreezeSlider, accuracies, count_parts, num_trainable
from course_lib.widgets.freeze_view import percent

TINY = {
    "load_from": None,
    "model.backbone.stem_channels": 2,
    "model.backbone.base_channels": 4,
    "model.head.in_channels": 16,
    "train_dataloader.dataset.dataset.num_samples": 6,
    "train_dataloader.batch_size": 6,
    "val_dataloader.dataset.num_samples": 9,
    "train_cfg.max_iters": 2,
}
ROWS = [
    Row(1, {}, "done", steps=40, lr=0.05, frozen_stages=-1, values=[80.0, 82.0]),
    Row(2, {}, "done", steps=10, lr=0.05, frozen_stages=-1, values=[70.0]),
    Row(3, {}, "done", steps=40, lr=0.8, frozen_stages=3, values=[91.0]),
    Row(4, {}, "failed", steps=3, lr=0.8, frozen_stages=-1),
]


@pytest.fixture
def cfg() -> Config:
    return load_config("lessons/finetune_shapes", TINY)


@pytest.fixture
def slider(cfg: Config) -> FreezeSlider:
    return FreezeSlider(cfg, ROWS, rates=(0.05, 0.2), scratch=37.0)


def test_parameters_by_hand(cfg: Config) -> None:
    def conv_and_norm(before: int, after: int, kernel: int = 3) -> int:
        return before * after * kernel**2 + 2 * after

    def stage(before: int, after: int) -> int:  # two basic blocks; the first has a shortcut of 1 × 1
        return conv_and_norm(before, after) + 3 * conv_and_norm(after, after) + conv_and_norm(before, after, kernel=1)

    parts = {"stem": conv_and_norm(3, 2), "stage 1": stage(2, 4), "stage 2": stage(4, 8), "stage 3": stage(8, 16)}
    assert count_parts(cfg) == parts | {"head": 16 * 3 + 3}
    assert num_trainable(cfg, 3) == 16 * 3 + 3 and num_trainable(cfg, -1) == sum(count_parts(cfg).values())
    assert cfg.model.backbone.frozen_stages == -1


def test_the_lessons_network_has_291_parameters_beyond_its_backbone() -> None:
    cfg = load_config("lessons/finetune_shapes")
    assert num_trainable(cfg, -1) == 390_467 and num_trainable(cfg, 3) == 291


@pytest.mark.parametrize("kind", ["SmallCNN", "VisionTransformer"])
def test_a_backbone_that_has_no_stages(cfg: Config, kind: str) -> None:
    settings = {"widths": (16,)} if kind == "SmallCNN" else {"arch": "deit-tiny", "img_size": 32, "patch_size": 8}
    cfg.model.backbone = {"type": kind, **settings}
    with pytest.raises(ConfigError, match=f"a backbone with stages that can be frozen; {kind} is none"):
        FreezeSlider(cfg)


def test_what_a_sweep_says() -> None:
    assert accuracies(ROWS) == accuracies(ROWS[::-1]) == {(-1, 0.05): 81.0, (3, 0.8): 91.0}


@pytest.mark.parametrize(("share", "text"), [(1, "100 %"), (0.757, "76 %"), (0.0512, "5.1 %"), (0.00075, "0.07 %")])
def test_shares_in_percent(share: float, text: str) -> None:
    assert percent(share) == text


def test_the_picture_shows_what_is_frozen(slider: FreezeSlider) -> None:
    assert Image.open(BytesIO(slider.still())).format == "PNG" and slider._repr_png_() == slider.still()
    shown, before = slider.picture, slider.still()
    words = [word.get_text() for _, word, _ in shown.boxes]
    assert words == ["trains"] * 5 and "100 %" in shown.share.get_text() and not shown.question.get_visible()
    assert slider.rates == [0.05, 0.2, 0.8] and slider.rate.value == 0.05  # the rows' rate has joined them

    slider.frozen.value = 2
    assert slider.still() != before and not slider.trouble.value
    assert [word.get_text() for _, word, _ in shown.boxes] == ["frozen ❄"] * 3 + ["trains"] * 2
    assert [box.get_facecolor() == shown.boxes[0][0].get_facecolor() for box, _, _ in shown.boxes] == [True] * 3 + [
        False
    ] * 2
    trained = slider.parts["stage 3"] + slider.parts["head"]
    assert shown.share.get_text().startswith(f"{trained:,} of {sum(slider.parts.values()):,} parameters train")
    assert shown.bar.get_x() + shown.bar.get_width() == pytest.approx(1) and shown.question.get_visible()
    assert shown.bar.get_width() == pytest.approx(trained / sum(slider.parts.values()))
    assert "frozen_stages 2, lr 0.05: not tried yet" in slider.state.value

    slider.rate.value = 0.8
    assert (
        list(shown.lines[0.8].get_xdata()) == [3] and shown.lines[0.8].get_alpha() == 1 > shown.lines[0.05].get_alpha()
    )
    slider.frozen.value = 3
    assert "frozen_stages 3, lr 0.8: 91 %." in slider.state.value and slider.train_button.disabled


def test_a_guess_trains_and_is_compared(slider: FreezeSlider) -> None:
    slider.frozen.value, slider.guess.value = 3, 100
    slider.train_button.click()
    slider.wait()
    accuracy = slider.found[3, 0.05]
    assert slider.job is not None and slider.job.trainer is not None and 0 <= accuracy < 90
    assert slider.job.trainer.model.backbone.frozen_stages == 3
    assert slider.guesses == [(100.0, accuracy)] and f"off by {100 - accuracy:.0f} points." in slider.state.value
    assert "1 guess, off by" in slider.score.value and slider.train_button.disabled and slider.stop_button.disabled
    assert list(slider.picture.lines[0.05].get_xdata()) == [-1, 3]
    slider.train()  # once is enough
    assert len(slider.guesses) == 1 and slider.cfg.model.backbone.frozen_stages == -1

    slider.rate.value, slider.guess.value = 0.2, 30
    slider.train_button.click()
    slider.wait()
    assert slider.job.trainer.optimizer.param_groups[0]["initial_lr"] == 0.2 and len(slider.guesses) == 2


def test_the_goal_is_a_streak(slider: FreezeSlider) -> None:
    assert slider.streak == 0 and slider.score.value == ""
    slider.guesses = [(80.0, 82.0), (40.0, 80.0), (80.0, 85.0), (85.0, 80.5)]
    slider.show()
    assert slider.streak == 2 and "Goal reached" not in slider.score.value
    assert "4 guesses, off by 13 points on average; 2 in a row within 5." in slider.score.value
    slider.guesses.append((33.0, 33.3))
    slider.show()
    assert slider.streak == 3 and "3 in a row within 5. Goal reached!" in slider.score.value


def test_stopped_trainings_do_not_count(slider: FreezeSlider) -> None:
    slider.cfg.train_cfg.max_iters = 50_000
    slider.frozen.value = 0
    slider.train_button.click()
    slider.frozen.value = 1  # another setting can be looked at meanwhile
    assert slider.train_button.disabled and not slider.stop_button.disabled and "training …" in slider.state.value
    slider.train_button.click()  # the browser lets nobody press it; a second press changes nothing
    assert slider.at_work == (0, 0.05)
    slider.stop_button.click()
    slider.wait()
    assert slider.guesses == [] and (0, 0.05) not in slider.found and not slider.train_button.disabled
    assert "frozen_stages 1, lr 0.05: not tried yet" in slider.state.value


def test_in_colab_it_trains_in_the_foreground(slider: FreezeSlider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    slider.frozen.value = 3
    slider.train_button.click()
    assert slider.job is not None and slider.job.thread is None and (3, 0.05) in slider.found


def test_what_fails_in_the_thread_is_shown(slider: FreezeSlider, monkeypatch: pytest.MonkeyPatch) -> None:
    def fit(trainer: Trainer) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(Trainer, "fit", fit)
    slider.frozen.value = 3
    slider.train_button.click()
    slider.wait()
    assert "ZeroDivisionError: by zero" in slider.state.value and not slider.train_button.disabled
    assert slider.guesses == []
