"""``course models list``: what it finds, and what it says where nothing fits."""

import argparse
import json

import pytest

from course_lib.cli import models
from course_lib.config.errors import ConfigError


def course(*words: str) -> int:
    parser = argparse.ArgumentParser("course")
    models.add_parser(parser.add_subparsers())
    args = parser.parse_args(["models", "list", *words])
    return args.run(args)


def test_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert course() == 0
    out = capsys.readouterr().out
    assert "  _base_/models/resnet18 " in out
    assert "11,689,512 parameters" in out
    lenet = next(line for line in out.splitlines() if line.split()[:1] == ["LeNet5"])
    assert "LeNet-5 for 32×32 pictures" in lenet
    assert [title in out for title in (models.TITLES["part"], models.TITLES["backbone"])] == [True, True]


@pytest.mark.parametrize("pattern", ["ResNet*", "resnet"])
def test_pattern_and_json(pattern: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert course(pattern, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    names = {item["name"]: item for item in found}
    assert {"_base_/models/resnet152", "ResNet", "ResNet_CIFAR"} <= set(names)
    assert "_base_/models/lenet5" not in names
    assert names["ResNet"]["kind"] == "backbone"
    assert all(item["about"] for item in found)


def test_nothing_fits() -> None:
    with pytest.raises(ConfigError, match=r"no model's name fits 'resnt18'\. Did you mean 'resnet18'\?"):
        course("resnt18")


def test_a_command_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser("course")
    models.add_parser(parser.add_subparsers())
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(["models"])
    assert caught.value.code == 2
    assert "ACTION" in capsys.readouterr().err
