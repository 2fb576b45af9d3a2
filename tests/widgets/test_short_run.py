"""A training that ends when the time is up, when it is stopped, or when the config says so."""

import threading
from pathlib import Path
from typing import Any

import pytest

from course_lib.config import Config, ConfigError, load_config
from course_lib.widgets.short_run import train_for

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


def test_trains_to_the_end_and_writes_nothing(cfg: Config, tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []
    records = train_for(cfg, 60, threading.Event(), seen.append)
    assert seen == records
    measured = [record for record in records if "val/accuracy/top1" in record]
    assert [(record["step"], record["epoch"]) for record in measured] == [(4, 1.0), (8, 2.0)]
    assert records[0]["step"] == 1 and records[0]["epoch"] == 0.25 and {"loss", "lr"} <= records[0].keys()
    assert records[-1] is measured[-1]
    assert not list(tmp_path.iterdir())


def test_the_same_twice(cfg: Config) -> None:
    first, second = (train_for(cfg, 60, threading.Event())[-1] for _ in range(2))
    assert first == second


def test_ends_when_the_time_is_up_and_measures_all_the_same(cfg: Config) -> None:
    records = train_for(cfg, 0, threading.Event())
    assert [record["step"] for record in records] == [1, 1]
    assert "val/accuracy/top1" in records[-1]


def test_stops_from_outside(cfg: Config) -> None:
    stop = threading.Event()
    cfg.train_cfg.max_epochs = 10_000

    def on_record(record: dict[str, Any]) -> None:
        if record["step"] >= 5:
            stop.set()

    thread = threading.Thread(target=train_for, args=(cfg, 600, stop, on_record), daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_reports_all_mistakes_before_it_begins(cfg: Config) -> None:
    cfg.model.head.in_channels = 5
    cfg.train_cfg.max_epochs = 0
    with pytest.raises(ConfigError) as caught:
        train_for(cfg, 60, threading.Event())
    assert [mistake.path for mistake in caught.value.mistakes] == ["train_cfg.max_epochs", "model.head.in_channels"]
