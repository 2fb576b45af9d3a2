"""From finished trainings to published weights, in a folder of the test's own."""

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from course_lib import Inferencer, builders
from course_lib.cli import main
from course_lib.config import CheckpointError, load_config
from course_lib.config.own_weights import own_weights
from course_lib.engine import load_checkpoint
from course_lib.zoo import publish


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """LeNet on digits for two epochs with seeds 1 and 0, and once with another learning rate; a folder each."""
    folder = tmp_path_factory.mktemp("runs")
    cfg = load_config(None, {"train_cfg.max_epochs": 2})
    del cfg["work_dir"]
    (folder / "net_digits.py").write_text(cfg.dump())
    for name, options in {
        "one": {"randomness.seed": 1},
        "zero": {"randomness.seed": 0},
        "other": {"randomness.seed": 2, "optim_wrapper.optimizer.lr": 0.02},
    }.items():
        options["work_dir"] = str(folder / name)
        builders.build_trainer(load_config(folder / "net_digits.py", options)).fit()
    return folder


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the package's weights."""
    monkeypatch.setattr("course_lib.config.own_weights.WEIGHTS", tmp_path)
    monkeypatch.setattr("course_lib.zoo.publishing.WEIGHTS", tmp_path)
    return tmp_path


def value(run: Path) -> float:
    return json.loads((run / "run.json").read_text())["metrics"]["accuracy/top1"]


def test_the_record(runs: Path, published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(runs / "net_digits.py")
    assert main(["models", "publish", config, str(runs / "one"), str(runs / "zero")]) == 0
    made = own_weights()["net_digits"]
    values = [value(runs / "zero"), value(runs / "one")]
    assert made.seeds == (0, 1) and made.values == pytest.approx(values, abs=1e-3)
    assert made.result in capsys.readouterr().out
    assert made.mean == pytest.approx(sum(values) / 2, abs=1e-3)
    assert (len(made.cpu_minutes), len(made.classes), made.pictures) == (2, 10, made.first_pictures[1])
    assert 100 * made.first_pictures[0] / made.first_pictures[1] == pytest.approx(values[0])  # fewer than 500 pictures
    lines = [json.loads(line) for line in made.log.read_text().splitlines()]
    assert [(line["seed"], line.get("epoch")) for line in lines] == [
        (0, None), (0, 1), (0, 2), (1, None), (1, 1), (1, 2),
    ]  # fmt: skip
    assert lines[2]["val/accuracy/top1"] == values[0] and "loss" in lines[2]


def test_the_file_is_the_first_seeds_and_enough_to_predict(runs: Path, published: Path) -> None:
    made = publish(str(runs / "net_digits.py"), [runs / "one", runs / "zero"])
    last = load_checkpoint(runs / "zero" / "checkpoints" / "last.pt")["model"]
    found = load_checkpoint("zoo://net_digits")
    assert all(torch.equal(weight, last[name]) for name, weight in found["model"].items()) and set(last) == set(
        found["model"]
    )
    assert Inferencer("zoo://net_digits", device="cpu").classes == list(made.classes)
    with safe_open(made.path, "pt") as file:
        (note,) = file.metadata().values()
    assert str(runs) not in note  # no path of the computer that trained it
    assert str(runs) not in made.log.read_text()


def test_publishing_again_changes_nothing(runs: Path, published: Path) -> None:
    files = []
    for _ in range(2):
        made = publish(str(runs / "net_digits.py"), [runs / "one", runs / "zero"])
        files.append((made.path.read_bytes(), made.log.read_bytes(), (published / "index.json").read_bytes()))
    assert files[0] == files[1]


def test_weights_are_added_to_those_that_are_there(runs: Path, published: Path) -> None:
    first = publish(str(runs / "net_digits.py"), [runs / "zero"])
    (runs / "again_digits.py").write_text((runs / "net_digits.py").read_text())
    publish(str(runs / "again_digits.py"), [runs / "zero"])
    assert list(own_weights()) == ["again_digits", "net_digits"] and own_weights()["net_digits"] == first


def test_what_is_refused(runs: Path, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = str(runs / "net_digits.py")
    with pytest.raises(CheckpointError, match=r"other was trained by another config than .*net_digits\.py"):
        publish(config, [runs / "zero", runs / "other"])
    with pytest.raises(CheckpointError, match=r"each training must have a seed of its own; these have \[0, 0\]"):
        publish(config, [runs / "zero", runs / "zero"])
    with pytest.raises(CheckpointError, match=r"nowhere holds no finished training"):
        publish(config, [runs / "nowhere"])
    monkeypatch.setattr("course_lib.zoo.publishing.LIMIT_BYTES", 1000)
    with pytest.raises(CheckpointError, match=r"would take [\d,]+ bytes, more than 1,000"):
        publish(config, [runs / "zero"])
    assert list(published.iterdir()) == []
