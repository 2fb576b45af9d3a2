"""``course predict`` with a classifier that looks at the brightness, and whole with one trained for a moment."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from course_lib import Config, inference
from course_lib.cli import main
from course_lib.inference import Inferencer


class Brightness(nn.Module):
    """Says 'light' of a picture as surely as it is light."""

    def predict(self, batch: dict[str, Tensor]) -> Tensor:
        light = batch["images"].mean(dim=(1, 2, 3))
        return torch.stack((1 - light, light), dim=1)


CONFIG = Config.fromstring("""
data_preprocessor = dict(mean=[0.0, 0.0, 0.0], std=[255.0, 255.0, 255.0])
test_dataloader = dict(dataset=dict(type='CustomDataset', data_root='no/where', pipeline=[
    dict(type='LoadImageFromFile'), dict(type='Resize', scale=4), dict(type='PackInputs')]))
""")


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def light_or_dark(checkpoint: str, **options: Any) -> Inferencer:
        inferencer = Inferencer(Brightness(), **{**options, "config": CONFIG, "device": "cpu"})
        inferencer.classes = ["dark", "light"]
        return inferencer

    monkeypatch.setattr(inference, "Inferencer", light_or_dark)
    (tmp_path / "more").mkdir()
    Image.new("RGB", (8, 8), (255, 255, 255)).save(tmp_path / "white.png")
    Image.new("L", (8, 8), 51).save(tmp_path / "more" / "grey.JPG")
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    return tmp_path


def test_classes_and_their_scores(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "x.pt", str(photos / "white.png")]) == 0
    assert capsys.readouterr().out == f"{photos / 'white.png'}\n  100.0 %  light\n    0.0 %  dark\n"


def test_a_folder_and_json(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "x.pt", str(photos), "--topk", "1", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["path"].endswith("more/grey.JPG") and first["names"] == ["dark"]
    assert first["scores"] == pytest.approx([0.8], abs=0.01)
    assert (second["labels"], second["scores"]) == ([1], [1.0])


def test_broken_files_are_named_and_the_others_go_on(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "cut.png").write_bytes((photos / "white.png").read_bytes()[:40])
    words = [str(photos / name) for name in ("cut.png", "white.png", "missing.png")]
    assert main(["predict", "x.pt", *words]) == 0
    printed = capsys.readouterr()
    assert [line for line in printed.out.splitlines() if not line.startswith(" ")] == [words[1]]
    skipped = printed.err.splitlines()
    assert len(skipped) == 2 and all(line.startswith("skipped: ") for line in skipped)
    assert "cut.png" in skipped[0] and "missing.png" in skipped[1]


def test_no_picture_at_all_is_a_failure(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "x.pt", str(photos / "notes.txt"), "--json"]) == 1
    assert capsys.readouterr().out == "[]\n"
    (photos / "empty").mkdir()
    assert main(["predict", "x.pt", str(photos / "empty")]) == 2
    assert "empty holds no picture" in capsys.readouterr().err


def test_counts_that_are_none(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "x.pt", str(photos), "--topk", "0"]) == 2
    assert "--topk must be 1 or more, not 0." in capsys.readouterr().err
    assert main(["predict", "x.pt", str(photos), "--workers", "-1"]) == 2
    assert "--workers" in capsys.readouterr().err


def test_pictures_are_drawn(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "cut.png").write_bytes((photos / "white.png").read_bytes()[:40])
    assert main(["predict", "x.pt", str(photos), "--out", str(photos / "sheet.png")]) == 0
    assert Image.open(photos / "sheet.png").width > 200
    assert main(["predict", "x.pt", str(photos / "white.png"), "--out", str(photos / "sheet.jp")]) == 2
    assert "sheet.jp" in capsys.readouterr().err
    assert main(["predict", "x.pt", str(photos / "white.png"), "--out", "no/such.png"]) == 2
    said = capsys.readouterr()
    assert said.out == ""  # before the work
    assert said.err == "error: --out no/such.png: the picture cannot be written: there is no folder no.\n"


def test_a_trained_classifier_reads_a_digit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from sklearn.datasets import load_digits

    options = ["--cfg-options", "train_cfg.max_epochs=4", "--device", "cpu"]
    assert main(["train", "--work-dir", str(tmp_path), *options]) == 0
    digits = load_digits()
    paths = []
    for index in range(10):
        path = tmp_path / f"{index}.png"
        Image.fromarray((digits.images[index] * 255 / 16).astype("uint8")).save(path)
        paths.append(str(path))
    capsys.readouterr()
    checkpoint = str(tmp_path / "checkpoints" / "best.pt")
    assert main(["predict", checkpoint, *paths, "--json", "--device", "cpu"]) == 0
    found = [prediction["labels"][0] for prediction in json.loads(capsys.readouterr().out)]
    assert sum(label == truth for label, truth in zip(found, range(10), strict=True)) >= 8
