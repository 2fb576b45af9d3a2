"""``course cam``, ``course confusion`` and ``course embed`` on a network that was trained for a moment."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib import builders
from course_lib.cli import cam, main, schedule
from course_lib.config import Config
from course_lib.engine import save_checkpoint

CONFIG = """
shapes = dict(type='Shapes', num_samples=60, size=16, pipeline=[dict(type='PackInputs')])
data_preprocessor = dict(mean=[127.5] * 3, std=[63.0] * 3)
model = dict(
    type='ImageClassifier',
    backbone=dict(type='SmallCNN', widths=(8, 12)),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=10, in_channels=12))
train_dataloader = dict(batch_size=20, dataset=dict(split='train', **shapes))
val_dataloader = dict(batch_size=25, dataset=dict(split='test', **shapes))
val_evaluator = dict(type='Accuracy', topk=(1,))
optim_wrapper = dict(optimizer=dict(type='Adam', lr=0.02))
train_cfg = dict(by_epoch=True, max_epochs=3)
"""
VIT = """
model = dict(type='ImageClassifier',
    backbone=dict(type='VisionTransformer', img_size=16, patch_size=4, arch=dict(
        embed_dims=12, num_layers=2, num_heads=2, feedforward_channels=24)),
    head=dict(type='VisionTransformerClsHead', num_classes=10, in_channels=12))
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with shapes.py, its best.pt, an untrained vit.pt, and the pictures 0.png … 2.png."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "shapes.py").write_text(CONFIG, encoding="utf-8")
    assert main(["train", str(folder / "shapes.py"), "--work-dir", str(folder), "--device", "cpu"]) == 0
    (folder / "checkpoints" / "last.pt").rename(folder / "last.pt")
    cfg = Config.fromstring(CONFIG + VIT)
    torch.manual_seed(0)
    state = {"model": builders.build_model(cfg.model).state_dict(), "config": cfg.dump(), "classes": []}
    save_checkpoint(state, folder / "vit.pt")
    dataset = builders.build_dataset(cfg.val_dataloader.dataset)
    for index in range(3):
        Image.fromarray(dataset.raw(index)["img"].permute(1, 2, 0).numpy()).save(folder / f"{index}.png")
    return folder


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def test_cam_draws_pictures_and_says_what_they_show(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(trained / f"{index}.png") for index in range(3)]
    out = trained / "cams.png"
    assert main(["predict", str(trained / "last.pt"), *files, "--topk", "1", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    for method in ("grad-cam", "grad-cam++", "cam"):
        assert main(["cam", str(trained / "last.pt"), *files, "--out", str(out), "--method", method]) == 0
        lines = capsys.readouterr().out.splitlines()
        expected = [
            line for each in said for line in (each["path"], f"  {each['names'][0]}  {100 * each['scores'][0]:.1f} %")
        ]
        assert lines == [*expected, "", f"picture: {out}"]
        assert size_of(out)[0] >= 800


def test_cam_for_a_class_and_a_layer(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["cam", str(trained / "last.pt"), str(trained / "0.png"), "--out", str(trained / "one.png")]
    assert main([*words, "--class", "star", "--layer", "backbone.blocks.0"]) == 0
    by_name = capsys.readouterr().out
    assert "star" in by_name
    assert main([*words, "--class", "5", "--layer", "backbone.blocks.0.0"]) == 0  # a class by its number


def test_rollout_of_a_vit_with_classes_that_have_no_names(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["cam", str(trained / "vit.pt"), str(trained / "0.png"), "--out", str(trained / "vit.png")]
    assert main([*words, "--method", "rollout"]) == 0
    assert main([*words, "--class", "7"]) == 0
    assert "7  10.0 %" in capsys.readouterr().out  # zeros in the head: every class is as likely
    assert main([*words, "--class", "70"]) == 2
    assert "there is no class 70: the model has 10, 0 … 9." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--class", "sta"], "--class: the classifier has no class 'sta'. Did you mean 'star'?"),
        (["--class", "12"], "--class: the classifier has no class '12'."),
        (["--layer", "backbone.block.1"], "has no layer 'backbone.block.1'. Did you mean 'backbone.blocks.1'?"),
        (["--method", "rollout"], "ImageClassifier has no layer of attention over all tokens, as a ViT has."),
        (["--method", "rollout", "--class", "star"], "knows no class: leave --class out."),
        (["--method", "rollout", "--layer", "backbone"], "leave --layer out."),
        (["--out", "no/such/folder.png"], "--out no/such/folder.png: the picture cannot be written"),
    ],
)
def test_wrong_words_for_cam(trained: Path, more: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cam", str(trained / "last.pt"), str(trained / "0.png"), *more]) == 2
    assert message in capsys.readouterr().err


def test_cam_leaves_out_a_broken_picture(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "b.png").write_bytes((trained / "1.png").read_bytes())
    assert main(["cam", str(trained / "last.pt"), str(tmp_path), "--out", str(trained / "one.png")]) == 0
    said = capsys.readouterr()
    assert said.err == f"skipped: {tmp_path / 'a.png'} is empty (0 bytes).\n"
    assert "b.png\n" in said.out and "a.png" not in said.out
    (tmp_path / "b.png").unlink()
    assert main(["cam", str(trained / "last.pt"), str(tmp_path)]) == 2
    assert "a.png is empty" in capsys.readouterr().err


def test_a_sheet_has_an_end(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cam, "MOST", 3)
    for index in range(5):
        (tmp_path / f"{index:02}.png").write_bytes((trained / "1.png").read_bytes())
    assert main(["cam", str(trained / "last.pt"), str(tmp_path), "--out", str(trained / "many.png")]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "the first 3 of 5 pictures:" and len(printed) == 1 + 2 * 3 + 2


def test_confusion_agrees_with_evaluate(
    trained: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [str(trained / "shapes.py"), str(trained / "last.pt")]
    out = trained / "matrix.png"
    assert main(["evaluate", *words, "--json"]) == 0
    accuracy = json.loads(capsys.readouterr().out)["accuracy/top1"]
    assert main(["confusion", *words, "--out", str(out), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    matrix = np.array(found["matrix"])
    assert found["pictures"] == matrix.sum() == 60 and found["accuracy"] == pytest.approx(accuracy)
    assert 100 * np.trace(matrix) / 60 == pytest.approx(accuracy) and 0 <= found["ece"] <= 100
    first, second = found["confused"][:2]
    assert first["count"] == matrix[first["label"], first["predicted"]] >= second["count"]
    scores = [each["score"] for each in found["mistakes"]]
    assert scores == sorted(scores, reverse=True) and len(scores) == min(24, 60 - np.trace(matrix))
    assert set(found["files"]) == {"matrix", "mistakes", "calibration"}
    assert [size_of(Path(path))[0] > 300 for path in found["files"].values()] == [True] * 3

    monkeypatch.setattr(schedule, "save", lambda figure, path: None)  # drawn and looked at above
    assert main(["confusion", *words, "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{accuracy:.2f} % of 60 right; expected calibration error {found['ece']:.2f} %")
    assert lines[3].split()[:3] == [found["classes"][first["label"]], "→", found["classes"][first["predicted"]]]
    assert f"picture: {trained / 'matrix_mistakes.png'}" in lines


def test_embed_draws_points_and_asks_neighbours(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["embed", str(trained / "shapes.py"), str(trained / "last.pt"), "--out", str(trained / "points.png")]
    assert main([*words, "--count", "20", "--json", "--k", "3"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["features"] == 12 and found["chosen"] == list(range(0, 60, 3)) and len(found["points"]) == 20
    assert main([*words, "--pictures", "--k", "3"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("60 pictures, 12 features each\n")
    assert f"{found['knn_accuracy']:.2f} % right by the 3 most similar other pictures" in printed
    assert size_of(trained / "points.png") == (720, 666)


def test_overrides_reach_the_network_and_the_data(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["embed", str(trained / "shapes.py"), str(trained / "last.pt"), "--out", str(trained / "o.png"), "--json"]
    assert main([*words, "--cfg-options", "val_dataloader.dataset.num_samples=30"]) == 0
    assert json.loads(capsys.readouterr().out)["pictures"] == 30
    wider = ["model.backbone.widths=(8,14)", "model.head.in_channels=14"]
    assert main([*words, "--cfg-options", *wider]) == 2
    assert "head.fc.weight" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["confusion", "embed"])
def test_wrong_words_for_whole_data_sets(trained: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = str(trained / "lats.pt")
    assert main([command, str(trained / "shapes.py"), checkpoint]) == 2
    assert f"there is no checkpoint {checkpoint}" in capsys.readouterr().err
    assert main([command, str(trained / "shapes.py"), checkpoint, "--cfg-options", "model.nekc=1"]) == 2
    assert "model.nekc" in capsys.readouterr().err
    assert main([command, str(trained / "shapes.py"), checkpoint, "--cfg-options", "val_dataloader=None"]) == 2
    assert "neither a test_dataloader nor a val_dataloader" in capsys.readouterr().err


def test_embed_s_numbers(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", str(trained / "shapes.py"), str(trained / "last.pt"), "--count", "3"]) == 2
    assert "--count must be 4 or more and --k 1 or more, not 3 and 5." in capsys.readouterr().err
