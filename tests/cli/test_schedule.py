import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from course_lib.cli import schedule
from course_lib.cli.schedule import key_steps, report
from course_lib.config.errors import ConfigError, DataError


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    schedule.add_parser(parser.add_subparsers())
    args = parser.parse_args(["schedule", *words])
    return args.run(args)


def test_key_steps_are_first_highest_last_and_the_jumps() -> None:
    lr = np.repeat([0.1, 0.01, 0.001], [7, 5, 8])
    assert key_steps(lr, epoch_len=10) == [0, 7, 10, 12, 19]


def test_many_epochs_are_spread_evenly() -> None:
    assert key_steps(np.ones(1000), epoch_len=10) == [0, 130, 260, 390, 520, 650, 780, 910, 999]


def test_a_rate_that_falls_in_every_step_has_no_list_of_jumps() -> None:
    assert key_steps(0.5 ** np.arange(100), epoch_len=50) == [0, 50, 99]


def test_report_names_steps_epochs_rates_and_momenta() -> None:
    lines = report(np.array([0.1, 0.2]), 2, momentum=np.array([0.9, 0.8])).splitlines()
    assert [line.split() for line in lines[-3:]] == [
        ["step", "epoch", "lr", "momentum"],
        ["0", "0", "0.1", "0.9"],
        ["1", "0.5", "0.2", "0.8"],
    ]


def test_the_default_config_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "lr.png"
    assert command("lessons/lenet_digits", "--out", str(out)) == 0
    printed = capsys.readouterr().out
    assert "steps an epoch" in printed and f"picture: {out}" in printed
    assert out.read_bytes().startswith(b"\x89PNG")


def test_the_scaled_rate_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "scaled.py"
    config.write_text(
        f"_base_ = '{Path(schedule.__file__).parents[1]}/configs/lessons/lenet_digits.py'\n"
        "train_dataloader = dict(batch_size=64)\n"
        "optim_wrapper = dict(optimizer=dict(lr=0.25))\n"
        "auto_scale_lr = dict(base_batch_size=32, enable=True)\n",
        encoding="utf-8",
    )
    assert command(str(config), "--epoch-len", "7", "--json") == 0
    scaled = json.loads(capsys.readouterr().out)["lr"]
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("enable=True", "enable=False"), encoding="utf-8")
    assert command(str(config), "--epoch-len", "7", "--json") == 0
    assert scaled == pytest.approx([2 * lr for lr in json.loads(capsys.readouterr().out)["lr"]])
    config.write_text(text, encoding="utf-8")
    assert command(str(config), "--epoch-len", "7") == 0
    assert "auto_scale_lr: lr 0.25 was set for batches of 32; yours are 64: scaled by" in capsys.readouterr().out


def test_an_epoch_is_as_long_as_its_sampler_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "weighted.py"
    config.write_text(
        f"_base_ = '{Path(schedule.__file__).parents[1]}/configs/lessons/lenet_digits.py'\n"
        "sampler = dict(_delete_=True, type='WeightedSampler', num_samples=320)\n"
        "train_dataloader = dict(batch_size=64, sampler=sampler)\n",
        encoding="utf-8",
    )
    assert command(str(config), "--json") == 0
    assert json.loads(capsys.readouterr().out)["epoch_len"] == 5


def test_json_holds_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("lessons/lenet_digits", "--epoch-len", "7", "--json") == 0
    values = json.loads(capsys.readouterr().out)
    assert values["epoch_len"] == 7
    assert len(values["lr"]) % 7 == 0 and max(values["lr"]) > 0


def test_mistakes_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--epoch-len must be 1 or more, not 0."):
        command("lessons/lenet_digits", "--epoch-len", "0")
    with pytest.raises(ConfigError, match=r"--out .*x.png: the picture cannot be written"):
        command("lessons/lenet_digits", "--epoch-len", "1", "--out", str(tmp_path / "missing" / "x.png"))


def test_a_rate_is_found_and_nothing_is_kept_of_the_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["lessons/lenet_digits", "--find", "--steps", "40", "--device", "cpu", "--to", "0.5"]
    assert command(*words, "--out", "lr.png") == 0
    printed = capsys.readouterr().out
    assert "the loss falls fastest\n" in printed and "    0.003  the config's\n" in printed
    assert [file.name for file in tmp_path.iterdir()] == ["lr.png"]
    assert command(*words, "--json", "--cfg-options", "train_dataloader.batch_size=32") == 0
    values = json.loads(capsys.readouterr().out)
    assert 1e-4 < values["steepest"] < 0.03 and len(values["lr"]) == len(values["loss"]) <= 40


def test_a_search_that_ends_too_early_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("lessons/lenet_digits", "--find", "--steps", "20", "--device", "cpu", "--to", "1e-3") == 0
    printed = capsys.readouterr().out
    assert "where the test ended\n" in printed
    assert printed.endswith("The loss still fell at the highest rate; go on with --to 0.01.\n")
    with pytest.raises(ConfigError, match="the rates must rise from above 0"):
        command("lessons/lenet_digits", "--find", "--device", "cpu", "--from", "1", "--to", "0.1")


def test_where_the_batches_cannot_be_counted_their_number_can_be_given() -> None:
    with pytest.raises(DataError, match=r"(?s)pictures make no batch of 5000\.\n.*say how many .* --epoch-len N\."):
        command(
            "lessons/lenet_digits",
            "--cfg-options",
            "train_dataloader.batch_size=5000",
            "train_dataloader.drop_last=True",
        )
