"""``course config …``: what each action prints, and its exit codes."""

from pathlib import Path

import pytest

from course_lib.cli import main
from course_lib.config import Config

OLD = """
model = dict(
    type='ImageClassifier',
    backbone=dict(type='ResNet', depth=18, num_stages=4, out_indices=(3,), style='pytorch'),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=5, in_channels=512, loss=dict(type='CrossEntropyLoss')))
data = dict(samples_per_gpu=32, workers_per_gpu=2)
optimizer = dict(type='SGD', lr=0.1, momentum=0.9)
optimizer_config = dict(grad_clip=None)
lr_config = dict(policy='step', step=[30, 60])
runner = dict(type='EpochBasedRunner', max_epochs=90)
"""


def test_print_gives_a_config_that_loads_to_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--cfg-options", "optim_wrapper.optimizer.lr=0.5"]
    assert main(["config", "print", "lessons/lenet_digits", *options]) == 0
    text = capsys.readouterr().out
    assert Config.fromstring(text).optim_wrapper.optimizer.lr == 0.5
    again = tmp_path / "lenet_digits.py"
    again.write_text(text, encoding="utf-8")
    assert main(["config", "print", str(again)]) == 0
    assert capsys.readouterr().out == text


def test_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", "lessons/lenet_digits"]) == 0
    assert capsys.readouterr().out == "lessons/lenet_digits: ok\n"
    words = ["config", "check", "lessons/lenet_digits", "--cfg-options", "model.backbone.type=LeNet", "x.y=1"]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: 2 mistakes; nothing was started.\n")
    assert "--cfg-options: model.backbone.type: " in said and "'LeNet5'" in said


def test_explain_prints_python(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "explain", "lessons/lenet_digits"]) == 0
    text = capsys.readouterr().out
    compile(text, "explained.py", "exec")
    assert "from course_lib.models" in text and "LeNet5(" in text


def test_upgrade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = tmp_path / "old.py"
    old.write_text(OLD, encoding="utf-8")
    assert main(["config", "upgrade", str(old)]) == 0
    printed = capsys.readouterr()
    new = Config.fromstring(printed.out)
    assert new.optim_wrapper.optimizer == {"type": "SGD", "lr": 0.1, "momentum": 0.9}
    assert new.param_scheduler[0].milestones == [30, 60] and printed.err == ""

    out = tmp_path / "new.py"
    assert main(["config", "upgrade", str(old), "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == printed.out
    assert capsys.readouterr().out == f"written to {out}\n"
    assert main(["config", "upgrade", str(out)]) == 0
    assert capsys.readouterr().err == f"{out} is of the 1.x dialect already.\n"


def test_upgrade_of_a_ready_made_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "upgrade", "lessons/lenet_digits"]) == 0
    said = capsys.readouterr()
    assert "type='LeNet5'" in said.out and said.err == "lessons/lenet_digits is of the 1.x dialect already.\n"


def test_an_upgrade_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = tmp_path / "old.py"
    old.write_text(OLD, encoding="utf-8")
    assert main(["config", "upgrade", str(old), "--out", str(tmp_path / "no" / "new.py")]) == 2
    assert "new.py cannot be written: No such file or directory." in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for action in ("print", "check", "explain", "upgrade"):
        assert main(["config", action, str(tmp_path / "missing.py")]) == 2
        assert "missing.py" in capsys.readouterr().err


def test_check_says_what_the_name_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", "resnet/resnet18_8xb32_in1k", "--name"]) == 0
    printed = capsys.readouterr().out
    assert "8xb32     the training: 32 pictures a step on each of 8 devices, 256 in all\n" in printed
    assert printed.endswith("resnet/resnet18_8xb32_in1k: ok\n")


def test_check_compares_the_name_with_the_config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--cfg-options", "train_dataloader.batch_size=64"]
    assert main(["config", "check", "resnet/resnet18_8xb32_in1k", "--name", *options]) == 2
    said = "--cfg-options: train_dataloader.batch_size: the name 'resnet18_8xb32_in1k' says b32, but this is 64."
    assert said in capsys.readouterr().err
    odd = tmp_path / "mine.py"
    odd.write_text(OLD, encoding="utf-8")
    assert main(["config", "check", str(odd), "--name"]) == 2
    assert "the name 'mine' does not say which data set" in capsys.readouterr().err
