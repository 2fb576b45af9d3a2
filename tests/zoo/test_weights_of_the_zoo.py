"""The weights in the package: each is whole and small, does what its record says, and can be trained again."""

import hashlib
import json
import shlex
from pathlib import Path

import pytest
import torch

from course_lib import get_model, list_models
from course_lib.builders import check_config
from course_lib.cli import parse
from course_lib.config import CONFIGS, load_config
from course_lib.config.own_weights import WEIGHTS, own_weights
from course_lib.data.datasets.files import data_folder
from course_lib.zoo.publishing import count_hits

NAMES = sorted(own_weights())
SHAPES = [name for name in NAMES if name.endswith("_shapes")]
CIFAR10 = [name for name in NAMES if name.endswith("_cifar10")]


def test_the_folder_holds_what_the_index_says_and_nothing_else() -> None:
    files = {f"{name}{end}" for name in NAMES for end in (".safetensors", ".jsonl")}
    assert {file.name for file in WEIGHTS.iterdir()} == files | {"index.json"}
    assert list_models(pretrained=True) == NAMES
    assert [file.stem for file in sorted((CONFIGS / "zoo").glob("*.py"))] == NAMES


def test_sizes() -> None:
    sizes = [file.stat().st_size for file in WEIGHTS.iterdir()]
    assert max(sizes) <= 8_000_000 and sum(sizes) <= 24_000_000


@pytest.mark.parametrize("name", NAMES)
def test_a_model_loads_and_is_as_its_record_says(name: str) -> None:
    weights = own_weights()[name]
    content = weights.path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == weights.sha256 and len(content) == weights.size_bytes
    model = get_model(name, pretrained=True)
    assert sum(parameter.numel() for parameter in model.parameters()) == weights.num_params
    assert model.head.fc.out_features == len(weights.classes)
    assert all(value.isfinite().all() for value in model.state_dict().values())


@pytest.mark.parametrize("name", NAMES)
def test_the_log_tells_the_same_numbers(name: str) -> None:
    weights = own_weights()[name]
    lines = [json.loads(line) for line in weights.log.read_text(encoding="utf-8").splitlines()]
    epochs = load_config(weights.config).train_cfg.max_epochs
    for seed, value in zip(weights.seeds, weights.values, strict=True):
        run, *trained = [line for line in lines if line["seed"] == seed]
        assert run["epochs"] == epochs and [line["epoch"] for line in trained] == list(range(1, epochs + 1))
        assert run["metrics"][weights.metric] == trained[-1][f"val/{weights.metric}"]
        assert round(run["metrics"][weights.metric], 4) == value


@pytest.mark.parametrize("name", NAMES)
def test_the_command_can_be_typed_and_its_config_has_no_mistake(name: str) -> None:
    weights = own_weights()[name]
    program, *words = shlex.split(weights.command)
    args = parse(words)
    assert (program, args.config, args.seed) == ("course", weights.config, weights.seeds[0])
    assert check_config(load_config(args.config), for_training=True) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_config_opens_with_the_measured_numbers(name: str) -> None:
    weights = own_weights()[name]
    text = " ".join((CONFIGS / f"{weights.config}.py").read_text(encoding="utf-8").split('"""')[1].split())
    assert f"{weights.result} % of {weights.pictures:,} test pictures" in text
    assert f"Of seed {weights.seeds[0]}, {weights.values[0]:.2f} %, are the weights" in text
    assert f" with seed{'s' * (len(weights.seeds) > 1)} {', '.join(str(seed) for seed in weights.seeds)}" in text


@pytest.mark.parametrize("name", SHAPES)
def test_hits_on_shapes(name: str) -> None:
    repeats(name)


@pytest.mark.parametrize("name", CIFAR10)
def test_hits_on_cifar10(name: str) -> None:
    if not (data_folder() / "cifar10").is_dir():
        pytest.skip(f"CIFAR-10 is not at hand: there is no {data_folder() / 'cifar10'} (course data prepare cifar10)")
    repeats(name)


def repeats(name: str) -> None:
    """The recorded hits among the first test pictures; rounding may turn one or two of them on another processor."""
    weights = own_weights()[name]
    right, count = weights.first_pictures
    found, pictures = count_hits(load_config(weights.config), get_model(name, pretrained=True), count)
    assert pictures == weights.pictures and found[1] == count and abs(found[0] - right) <= 2
    assert abs(100 * right / count - weights.values[0]) < 5  # the first ones are no special ones


def test_a_picture_of_each_kind() -> None:
    """From weights to names of classes in one line, with nothing but the package."""
    from course_lib import Inferencer, build_dataset

    inferencer = Inferencer("zoo://resnet-mini_shapes", device="cpu")
    shapes = build_dataset(dict(type="Shapes", split="val", num_samples=7, difficulty=0.0, classes=inferencer.classes))
    found = inferencer([shapes.raw(index)["img"] for index in range(7)], topk=1)
    assert [prediction.names[0] for prediction in found] == list(shapes.classes)


def test_fine_tuning_from_a_config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``load_from`` takes the name, leaves the other head out and says so; ``init_cfg`` takes the backbone alone."""
    from course_lib.builders import build_trainer

    options = {
        "work_dir": str(tmp_path),
        "model.head.num_classes": 3,
        "train_dataloader.dataset": dict(type="Shapes", num_samples=8, classes=["moon", "arrow", "hexagon"]),
        "val_dataloader": None,
        "val_evaluator": None,
        "param_scheduler": None,
    }
    source = get_model("resnet-mini_shapes", pretrained=True).backbone.state_dict()
    for start in (
        {"load_from": "zoo://resnet-mini_shapes"},
        {"model.backbone.init_cfg": dict(type="Pretrained", checkpoint="zoo://resnet-mini_shapes", prefix="backbone")},
    ):
        model = build_trainer(load_config("zoo/resnet-mini_shapes", options | start)).model
        assert all(torch.equal(value, source[name]) for name, value in model.backbone.state_dict().items())
    assert "load_from: head.fc.weight: (7, 96) in the file, (3, 96) in the model" in capsys.readouterr().out
