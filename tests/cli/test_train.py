"""``course train`` on real digits, cut short; what it prints, which options reach the config, exit codes."""

import json
import shlex
from pathlib import Path

import pytest

from course_lib import cli
from course_lib.cli import main, parse
from course_lib.cli.train import best_value, overrides
from course_lib.engine import Result, Trainer, load_checkpoint

ONE_EPOCH = ["--cfg-options", "train_cfg.max_epochs=1", "--device", "cpu"]


def test_without_a_config_it_trains_on_digits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    assert main(["train", "--work-dir", str(folder), *ONE_EPOCH, "--seed", "3"]) == 0
    printed = capsys.readouterr().out
    assert "lenet_digits.py\n" in printed
    assert "device       cpu\nseed         3\n" in printed
    assert "training     1,438 pictures, by the batch: " in printed and "validation   359 pictures, " in printed
    assert "accuracy/top1 " in printed and "after 1 epochs, " in printed
    assert f"curves   {folder}/curves.png\n" in printed and (folder / "curves.png").is_file()
    assert f"Next:  course predict {folder}/checkpoints/best.pt PICTURE\n" in printed
    records = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert any("val/accuracy/top1" in record for record in records)


def test_a_next_step_can_be_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "lessons/lenet_digits", "--work-dir", str(tmp_path), *ONE_EPOCH]) == 0
    steps = capsys.readouterr().out.partition("Next:")[2].splitlines()
    assert len(steps) == 2
    for step in steps:
        assert callable(parse(shlex.split(step)[1:]).run)


def test_the_best_weights_are_told_by_their_own_value(tmp_path: Path) -> None:
    best = {"monitor": "accuracy/top1", "step": 3, "epoch": 2, "metrics": {"accuracy/top1": 90.0}}
    last = Result(metrics={"accuracy/top1": 80.0}, epochs=4, steps=6, elapsed_s=1.0, work_dir=tmp_path)
    assert best_value(last) == ""
    (tmp_path / "run.json").write_text('{"started": "now"}')
    assert best_value(last) == ""
    (tmp_path / "run.json").write_text(json.dumps({"best": best}))
    assert best_value(last) == "  (accuracy/top1 90.00 after epoch 2)"
    last.metrics["accuracy/top1"] = 90.0
    assert best_value(last) == ""


def test_every_option_becomes_a_value_of_the_config() -> None:
    words = shlex.split("train x.py --work-dir w --resume --seed 7 --device cpu --amp --cfg-options a.b=1 lr=1e-3")
    assert overrides(parse(words)) == {
        "a.b": 1,
        "lr": 1e-3,
        "work_dir": "w",
        "resume": True,
        "randomness.seed": 7,
        "device": "cpu",
        "optim_wrapper.type": "AmpOptimWrapper",
    }
    assert overrides(parse(["train"])) == {}


@pytest.mark.parametrize("words", [["x.py", "--amp", "--resume"], ["--amp", "x.py", "--resume"], ["--amp", "x.py"]])
def test_the_config_may_stand_anywhere(words: list[str]) -> None:
    assert parse(["train", *words]).config == "x.py"


def test_options_may_be_given_in_several_places() -> None:
    args = parse(["train", "--cfg-options", "a=1", "b=2", "--seed", "0", "--cfg-options", "c=3"])
    assert args.cfg_options == ["a=1", "b=2", "c=3"]


def test_all_mistakes_come_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "mine.py"
    config.write_text(
        "_base_ = 'course_lib/configs/lessons/lenet_digits.py'\n"
        "model = dict(backbone=dict(tpye='LeNet5'))\n"
        "train_cfg = dict(max_epoch=3)\n".replace("course_lib", str(Path(cli.__file__).parents[1])),
        encoding="utf-8",
    )
    assert main(["train", str(config), "--work-dir", str(tmp_path / "run")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    first, *rest = printed.err.splitlines()
    assert first == f"error: {len(rest)} mistakes; nothing was started."
    assert any("mine.py:2: model.backbone.tpye: LeNet5 has no argument 'tpye'." in line for line in rest)
    assert any("mine.py:3: train_cfg.max_epoch: " in line and "'max_epochs'" in line for line in rest)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lessons/lenet_digit"], "there is no config lessons/lenet_digit. Did you mean 'lessons/lenet_digits'?"),
        (["--device", "cupa"], "there is no device 'cupa'. Did you mean"),
        (["--cfg-options", "lr"], "'lr' is no KEY=VALUE."),
    ],
)
def test_wrong_words(words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--work-dir", str(tmp_path), *words]) == 2
    assert said in capsys.readouterr().err


def test_ctrl_c_saves_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = Trainer.train_epoch

    def interrupted(trainer: Trainer) -> None:
        if trainer.epoch == 1:
            trainer.stopped = "interrupted"  # as its SIGINT handler says
        whole(trainer)

    monkeypatch.setattr(Trainer, "train_epoch", interrupted)
    words = ["train", "--work-dir", str(tmp_path), "--cfg-options", "train_cfg.max_epochs=2", "--device", "cpu"]
    assert main(words) == 130
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"Stopped: interrupted. To go on:  course {shlex.join(words)} --resume"
    state = load_checkpoint(tmp_path / "checkpoints" / "last.pt")
    assert state["epoch"] == 1 and state["batch"] == 1

    monkeypatch.undo()
    assert main(shlex.split(last.partition("  course ")[2])) == 0
    printed = capsys.readouterr().out
    assert "resumed at epoch 1, step " in printed and "epoch 2/2" in printed


def test_a_mistake_that_only_shows_in_the_middle_is_a_failed_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--cfg-options", "default_hooks.checkpoint.save_best=accuracy/top11"]
    assert main(["train", "--work-dir", str(tmp_path), *ONE_EPOCH, *options]) == 1
    assert "save_best='accuracy/top11' is no metric of this validation. Did you mean 'accuracy/top1'?" in (
        capsys.readouterr().err
    )
