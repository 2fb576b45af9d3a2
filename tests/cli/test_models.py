"""``course models``: what ``list`` finds and ``flops`` counts, and what they say where that cannot be."""

import argparse
import json

import pytest

from course_lib.cli import main, models
from course_lib.config.errors import ConfigError
from course_lib.config.own_weights import own_weights


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


def test_what_has_learned_already(capsys: pytest.CaptureFixture[str]) -> None:
    assert course("*mini_*", "--json") == 0
    about = {
        item["name"]: item["about"] for item in json.loads(capsys.readouterr().out) if item["kind"] == "pretrained"
    }
    assert set(about) == set(own_weights())
    for name, weights in own_weights().items():
        assert weights.result in about[name] and f"{weights.num_params:,} parameters" in about[name]
    assert course("resnet-mini_shapes") == 0
    out = capsys.readouterr().out
    assert (
        models.TITLES["pretrained"] in out
        and "7 classes, 390,855 parameters, 1.6 MB; from zoo/resnet-mini_shapes" in out
    )


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


def flops(*words: str) -> int:
    return main(["models", "flops", *words])


def test_flops_of_a_ready_made_config(capsys: pytest.CaptureFixture[str]) -> None:
    assert flops("resnet/resnet50_b32_imagenet", "--depth", "1") == 0
    out = capsys.readouterr().out
    assert out.startswith("resnet/resnet50_b32_imagenet, for one picture of 3×224×224:")
    assert "25.6 M  100.0 %     4.09 G  100.0 %     11.1 M  100.0 %" in out
    assert "├─ backbone (ResNet)" in out and "layer1" not in out
    assert "half of what torch counts as FLOPs" in out


def test_flops_of_a_part_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert flops("_base_/models/lenet5", "--size", "32", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["shape"] == [1, 32, 32]
    whole = found["layers"][0]
    assert whole == {
        "name": "",
        "kind": "ImageClassifier",
        "params": 61_706,
        "macs": 416_520,
        "activations": 4704 + 1600 + 120 + 84 + 10,
    }
    assert [layer["name"] for layer in found["layers"]].count("backbone.features.0") == 1


def test_flops_asks_for_another_picture(capsys: pytest.CaptureFixture[str]) -> None:
    part = "_base_/models/resnet18"
    assert flops(part, "--shape", "3", "448", "224", "--json") == 0
    tall = json.loads(capsys.readouterr().out)["layers"][0]["macs"]
    assert flops(part, "--json") == 0
    square = json.loads(capsys.readouterr().out)
    assert square["shape"] == [3, 224, 224]
    head = 512 * 1000  # the only part whose work does not grow with the picture
    assert tall - head == 2 * (square["layers"][0]["macs"] - head)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["_base_/models/lenet5", "--shape", "1", "64", "64"], "the model cannot take a picture of 1×64×64: "),
        (["_base_/models/vit/vit-base-p16", "--size", "225"], "For a picture of another shape: --shape C H W."),
        (["_base_/models/resnet18", "--size", "0"], "--size must be 1 or more."),
        (["_base_/models/resnet18", "--depth", "-1"], "--depth must be 0 or more."),
        (["_base_/models/resnet18", "--size", "8", "--shape", "3", "8", "8"], "give one."),
        (["_base_/datasets/mnist"], "_base_/datasets/mnist has no model to count."),
        (["_base_/models/resnet18", "--cfg-options", "model.backbone.depht=3"], "Did you mean 'depth'?"),
        (["resnet/resnet50_b32_imagnet"], "Did you mean 'resnet/resnet50_b32_imagenet'?"),
    ],
)
def test_flops_says_what_is_wrong(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert flops(*words) == 2
    assert said in capsys.readouterr().err
