"""``course evaluate``: the figures of the training's own last validation, from its checkpoint."""

import json
from pathlib import Path

import pytest

from course_lib.cli import main


@pytest.fixture(scope="module")
def work_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    words = ["--work-dir", str(folder), "--device", "cpu", "--cfg-options", "train_cfg.max_epochs=2"]
    assert main(["train", *words]) == 0
    return folder


def test_it_gives_what_the_training_measured(work_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (work_dir / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    measured = [json.loads(line) for line in lines if "val/" in line][-1]["val/accuracy/top1"]
    words = ["evaluate", "lessons/lenet_digits", str(work_dir / "checkpoints" / "last.pt"), "--device", "cpu"]
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy/top1"] == pytest.approx(measured)
    assert main(words) == 0
    assert f"accuracy/top1  {measured:.2f}\n" in capsys.readouterr().out


def test_the_config_of_the_work_folder_will_do(work_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(work_dir / "config.py"), str(work_dir / "checkpoints" / "last.pt")]) == 0
    assert "accuracy/top1" in capsys.readouterr().out


def test_several_views_of_each_picture(work_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["evaluate", "lessons/lenet_digits", str(work_dir / "checkpoints" / "last.pt"), "--json"]
    assert main(words) == 0
    alone = json.loads(capsys.readouterr().out)
    assert main([*words, "--tta"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) != alone  # digits are not symmetric
    assert "tta: the config has no tta_pipeline" in printed.err


def test_mistakes(work_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = str(work_dir / "checkpoints" / "lsat.pt")
    assert main(["evaluate", "lessons/lenet_digits", checkpoint, "--device", "cpu"]) == 2
    said = capsys.readouterr().err
    assert f"there is no checkpoint {checkpoint}" in said and "Did you mean" in said and "last.pt" in said
    assert main(["evaluate", "lessons/lenet_digits", checkpoint, "--cfg-options", "model.typ=1"]) == 2
    assert "model.typ" in capsys.readouterr().err
