"""What users get wrong, through the command line: the exit code, the words, and that nothing is lost."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.cli import main
from course_lib.config import load_config

FAST = ["--cfg-options", "train_cfg.max_epochs=1"]
PHOTOS = """
_base_ = '{base}'
model = dict(
    type='ImageClassifier',
    backbone=dict(type='SmallCNN', widths=(8, 16)),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=2, in_channels=16),
)
pipeline = [dict(type='LoadImageFromFile'), dict(type='Resize', scale=(16, 16)), dict(type='PackInputs')]
train_dataloader = dict(
    batch_size=4, on_error='{on_error}', dataset=dict(type='CustomDataset', data_root='{root}', pipeline=pipeline))
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.1))
train_cfg = dict(by_epoch=True, max_epochs=1)
"""


def train(*words: str) -> int:
    return main(["train", *words])


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def checkpoint(tmp_path):
    assert train("--work-dir", "run", *FAST) == 0
    return tmp_path / "run" / "checkpoints" / "last.pt"


def gradient(size: int = 20) -> np.ndarray:
    """A picture (H, W, 3) with something in it."""
    return np.stack([np.add.outer(np.arange(size), np.arange(size)) * 6 % 256] * 3, axis=2).astype(np.uint8)


@pytest.fixture
def photos(tmp_path):
    """Two classes of pictures of every kind that can be decoded."""
    picture = Image.fromarray(gradient())
    rotated = picture.getexif()
    rotated[0x0112] = 6
    kinds = {
        "plain.jpg": (picture, {}),
        "cmyk.jpg": (picture.convert("CMYK"), {}),
        "rotated.jpg": (picture, {"exif": rotated}),
        "grey.png": (picture.convert("L"), {}),
        "palette.png": (picture.convert("P"), {}),
        "alpha.png": (picture.convert("RGBA"), {}),
        "deep.png": (Image.fromarray(gradient()[..., 0].astype(np.uint16) * 257), {}),
    }
    for label in ("cats", "dogs"):
        (tmp_path / "photos" / label).mkdir(parents=True)
        for name, (image, options) in kinds.items():
            image.save(tmp_path / "photos" / label / name, **options)
    return tmp_path / "photos"


def photo_config(photos: Path, on_error: str = "refuse") -> str:
    base = Path(load_config().file).parents[1] / "_base_" / "default_runtime.py"
    path = photos.parent / "photos.py"
    path.write_text(PHOTOS.format(base=base, root=photos, on_error=on_error))
    return str(path)


def test_every_kind_of_picture_trains(photos, capsys):
    assert train(photo_config(photos), "--work-dir", "run") == 0
    assert "14 pictures" in capsys.readouterr().out


@pytest.mark.parametrize("spoil", ["empty", "truncated", "text"])
def test_broken_pictures_are_named_and_refused_or_skipped(photos, capsys, spoil):
    victim = photos / "cats" / "plain.jpg"
    content = victim.read_bytes()
    victim.write_bytes({"empty": b"", "truncated": content[: len(content) // 2], "text": b"no picture"}[spoil])
    assert train(photo_config(photos), "--work-dir", "run") == 2
    assert str(victim) in capsys.readouterr().err
    assert train(photo_config(photos, "skip"), "--work-dir", "run") == 0
    assert f"skipped: {victim}" in capsys.readouterr().out


def test_folders_that_hold_no_task(photos, tmp_path, capsys):
    (tmp_path / "none").mkdir()
    (tmp_path / "one" / "cats").mkdir(parents=True)
    Image.fromarray(gradient()).save(tmp_path / "one" / "cats" / "a.png")
    config = photo_config(photos)
    for root, words in (("none", "no picture"), ("one", "one class only"), ("photso", "photos")):
        option = f"train_dataloader.dataset.data_root={tmp_path / root}"
        assert train(config, "--cfg-options", option, "--work-dir", "run") == 2
        assert words in capsys.readouterr().err


def test_configs_that_are_wrong(tmp_path, capsys):
    (tmp_path / "runs_code.py").write_text("import os\nmodel = dict(type=os.getcwd())\n")
    (tmp_path / "circle.py").write_text("_base_ = 'circle.py'\n")
    (tmp_path / "orphan.py").write_text("_base_ = 'runs_kode.py'\n")
    for name, words in (("runs_code", "runs_code.py:1"), ("circle", "circle"), ("orphan", "Did you mean")):
        assert train(f"{name}.py") == 2
        assert words in capsys.readouterr().err
    for option, words in (
        ("model.backbone.type=LeNet", "Did you mean 'LeNet5'?"),
        ("model.backbone.num_clases=10", "Did you mean 'num_classes'?"),
        ("train_dataloader.batch_size='64'", "batch_size"),
        ("train_dataloader.batch_size=0", "at least 1"),
        ("param_schedular=[]", "Did you mean 'param_scheduler'?"),
        ("model.backbone.num_classes=3", "3 classes, but the data set"),
        ("train_cfg.max_epochs=-1", "max_epochs"),
    ):
        assert train("--cfg-options", option) == 2, option
        assert words in capsys.readouterr().err
    assert list(tmp_path.glob("work_dirs/*/checkpoints")) == []


def test_checkpoints_that_cannot_be_used(checkpoint, tmp_path, capsys):
    Image.fromarray(gradient()).save(tmp_path / "digit.png")
    assert main(["predict", str(checkpoint), "digit.png"]) == 0
    truncated = tmp_path / "truncated.pt"
    truncated.write_bytes(checkpoint.read_bytes()[:5000])
    capsys.readouterr()
    assert main(["predict", str(truncated), "digit.png"]) == 2
    assert "truncated" in capsys.readouterr().err
    assert main(["evaluate", "lessons/small_cnn_shapes", str(checkpoint)]) == 2
    assert "is of another model" in capsys.readouterr().err
    truncated.replace(tmp_path / "run" / "checkpoints" / "last.pt")
    assert train("--work-dir", "run", "--resume", *FAST) == 2
    assert "last.pt is truncated" in capsys.readouterr().err


def test_a_rate_that_explodes_stops_with_a_hint(tmp_path, capsys):
    options = ["optim_wrapper.optimizer.lr=1e38", "param_scheduler=None", "optim_wrapper.optimizer.type=SGD"]
    assert train("--work-dir", "run", "--cfg-options", *options) == 1
    error = capsys.readouterr().err
    assert "the loss became inf at step 2 (epoch 1) with lr 1e+38. Try a tenth of the learning rate" in error
    assert "No checkpoint had been written yet." in error
    assert "stopped by DivergenceError" in (tmp_path / "run" / "train.log").read_text()


def test_a_folder_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert train("--work-dir", "file/run", *FAST) == 2
    assert "the work folder file/run cannot be written" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="this system has no limit on the size of files")
def test_a_disk_that_is_full_keeps_the_last_good_checkpoint(checkpoint, capsys):
    import resource

    before = checkpoint.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        code = train("--work-dir", "run", "--resume", "--allow-changes", "--cfg-options", "train_cfg.max_epochs=2")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert code == 1
    assert "could not write run/checkpoints/last.pt" in capsys.readouterr().err
    assert checkpoint.read_bytes() == before
    assert torch.load(checkpoint, weights_only=True)["epoch"] == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C differently")
def test_ctrl_c_saves_and_exits_with_130(tmp_path):
    words = ["train", "--work-dir", "run", "--cfg-options", "train_cfg.max_epochs=500"]
    process = subprocess.Popen([sys.executable, "-m", "course_lib.cli", *words], stdout=subprocess.PIPE, text=True)
    log = tmp_path / "run" / "metrics.jsonl"
    while not log.exists() or log.read_text().count("\n") < 3:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate()
    assert process.returncode == 130
    assert "To go on:" in out and "--resume" in out
    assert torch.load(tmp_path / "run" / "checkpoints" / "last.pt", weights_only=True)["step"] > 0
