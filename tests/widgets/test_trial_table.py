"""The trial table: its numbers against sums by hand, and the widget driven by its controls and buttons."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from course_lib.config import Config, load_config
from course_lib.sweep import Row
from course_lib.widgets.trial_table import TrialTable
from course_lib.widgets.trial_view import as_log, groups, settings_of, spread, table_html

LOG = [
    {"trial": 1, "lr": 0.1, "steps": 16, "batch_size": 32, "frozen_stages": -1, "accuracy": 50.0},
    {"trial": 2, "lr": 0.1, "steps": 48, "batch_size": 32, "frozen_stages": -1, "accuracy": 70.0},
    {"trial": 3, "lr": 0.01, "steps": 16, "batch_size": 32, "frozen_stages": -1, "accuracy": 80.0},
    {"trial": 4, "lr": 0.01, "steps": 48, "batch_size": 32, "frozen_stages": -1, "accuracy": 96.0},
    {"trial": 5, "lr": 9.0, "steps": 48, "batch_size": 32, "frozen_stages": -1, "accuracy": None},
]


@pytest.fixture
def cfg() -> Config:
    return load_config(
        "zoo/resnet-mini_shapes",
        {
            "model.backbone.stem_channels": 4,
            "model.backbone.base_channels": 4,
            "model.head.in_channels": 16,
            "train_dataloader.dataset": {"num_samples": 32, "size": 8},
            "val_dataloader.dataset": {"num_samples": 14, "size": 8},
            "train_dataloader.batch_size": 16,
            "param_scheduler": [],
        },
    )


@pytest.fixture
def table(cfg: Config) -> TrialTable:
    return TrialTable(LOG, cfg)


def pixels(table: TrialTable) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(table.still())))


def test_a_sweep_s_rows_become_a_log() -> None:
    rows = [
        Row(2, {}, "done", steps=8, lr=0.1, batch_size=16, frozen_stages=3, values=[81.25, 83.0]),
        Row(1, {}, "failed", steps=3, lr=9.0, batch_size=16, frozen_stages=3),
    ]
    known = {"steps": 8, "batch_size": 16, "frozen_stages": 3}
    assert as_log(rows) == [
        {"trial": 2, "lr": 0.1, "accuracy": 82.1} | known,
        {"trial": 1, "lr": 9.0, "accuracy": None} | known | {"steps": 3},
    ]


def test_what_matters() -> None:
    assert settings_of(LOG) == ["lr", "steps"]  # neither what was always the same nor the trial that failed
    assert groups(LOG, "lr") == {0.01: [80.0, 96.0], 0.1: [50.0, 70.0]}
    assert (spread(LOG, "lr"), spread(LOG, "steps")) == (88.0 - 60.0, 83.0 - 65.0)


def test_the_table_is_sorted_and_marks_the_best() -> None:
    def numbers(by: str) -> list[str]:
        return [line.partition("</td>")[0].rpartition(">")[2] for line in table_html(LOG, by).split("<tr")[2:]]

    assert numbers("accuracy") == ["4", "3", "2", "1", "5"]
    assert numbers("lr") == ["3", "4", "1", "2", "5"] and numbers("trial") == ["1", "2", "3", "4", "5"]
    (best,) = [line for line in table_html(LOG, "trial").split("<tr") if "font-weight:600" in line]
    assert ">96<" in best and ">failed<" in table_html(LOG, "trial")


def test_each_setting_has_its_picture(table: TrialTable) -> None:
    one = pixels(table)
    table.setting.value = "steps"
    assert (pixels(table) != one).any()
    table.setting.value = "lr"
    assert (pixels(table) == one).all()
    table.order.value = "trial"
    assert table.table.value == table_html(LOG, "trial")


def test_the_claim_is_judged(table: TrialTable) -> None:
    table.setting.value = "steps"
    table.claim_button.click()
    assert "steps moves the mean by 18.0 points. Another one moves it more." in table.answer.value
    table.setting.value = "lr"
    table.claim_button.click()
    assert "✓ Yes: lr moves the mean by 28.0 points" in table.answer.value


def test_a_trial_more(table: TrialTable) -> None:
    table.lr.value, table.frozen.value, table.epochs.value = 0.03, 2, 2
    table.train(background=False)
    new = table.trials[-1]
    assert {key: new[key] for key in new if key != "accuracy"} == {
        "trial": 6, "lr": 0.03, "steps": 4, "batch_size": 16, "frozen_stages": 2,
    }  # fmt: skip
    assert 0 <= new["accuracy"] <= 100 and f"Trial 6: {new['accuracy']:g} %." in table.state.value
    assert "The sweep's best is 96." in table.state.value and ">0.03<" in table.table.value
    assert not table.train_button.disabled and table.stop_button.disabled
    table.train(background=False)
    assert [trial["trial"] for trial in table.trials[-2:]] == [6, 7]
    assert table.job.trainer is not None and table.job.trainer.seed == 6  # the trial before had another one
    assert "frozen_stages" in settings_of(table.trials) and len(LOG) == 5  # the lesson's own log is as it was


def test_a_better_trial_is_praised_with_a_question(cfg: Config) -> None:
    poor = [{**row, "accuracy": None if row["accuracy"] is None else -1.0} for row in LOG]
    table = TrialTable(poor, cfg)
    table.epochs.value = 1
    table.train(background=False)
    assert "✓ Better than -1. But is it luck?" in table.state.value


def test_a_stopped_training_does_not_count(table: TrialTable) -> None:
    table.epochs.value = 12

    def stop(*_: Any) -> None:
        table.stop_button.click()

    table.train(background=True)
    stop()
    table.wait()
    assert len(table.trials) in (5, 6)  # it may have been faster
    assert ("Stopped; it does not count." in table.state.value) == (len(table.trials) == 5)


def test_a_mistake_shows(cfg: Config) -> None:
    cfg.train_dataloader.batch_size = "many"
    table = TrialTable(LOG, cfg)
    table.train(background=False)
    assert "batch_size" in table.state.value and not table.train_button.disabled
