"""The index of the kit's own weights, and files that are not what it says."""

import json
from pathlib import Path

import pytest

from course_lib.config import CheckpointError
from course_lib.config import own_weights as module
from course_lib.config.own_weights import own_weights, own_weights_file

ENTRY = {
    "config": "zoo/net_shapes",
    "command": "course train zoo/net_shapes --seed 0",
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",  # of b"abc", FIPS 180-2
    "size_bytes": 3,
    "num_params": 5,
    "classes": ["ring", "star"],
    "metric": "accuracy/top1",
    "pictures": 10,
    "seeds": [0, 1, 2],
    "values": [90.0, 92.0, 94.0],
    "cpu_minutes": [1.5, 1.4],
    "first_pictures": [9, 10],
    "versions": {},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The weights' folder, with weights 'net_shapes'."""
    monkeypatch.setattr(module, "WEIGHTS", tmp_path)
    (tmp_path / "index.json").write_text(json.dumps({"net_shapes": ENTRY}))
    (tmp_path / "net_shapes.safetensors").write_bytes(b"abc")
    return tmp_path


def test_mean_and_spread(folder: Path) -> None:
    weights = own_weights()["net_shapes"]
    assert (weights.mean, weights.spread, weights.result) == (92.0, 2.0, "92.00 ± 2.00")
    assert weights.classes == ("ring", "star")
    assert weights.path == folder / "net_shapes.safetensors" and weights.log == folder / "net_shapes.jsonl"


def test_one_training_has_no_spread(folder: Path) -> None:
    (folder / "index.json").write_text(json.dumps({"net_shapes": {**ENTRY, "seeds": [0], "values": [90.0]}}))
    weights = own_weights()["net_shapes"]
    assert (weights.spread, weights.result) == (0.0, "90.00")


def test_a_whole_file(folder: Path) -> None:
    assert own_weights_file("net_shapes") == folder / "net_shapes.safetensors"


def test_a_damaged_file_is_refused(folder: Path) -> None:
    (folder / "net_shapes.safetensors").write_bytes(b"abd")
    with pytest.raises(CheckpointError) as caught:
        own_weights_file("net_shapes")
    found = "a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9"
    assert str(caught.value) == (
        f"{folder / 'net_shapes.safetensors'} is damaged: its sha256 is {found}, expected was {ENTRY['sha256']}. "
        "Install course-lib again."
    )


def test_missing_files_and_names(folder: Path) -> None:
    with pytest.raises(CheckpointError, match=r"the kit has no weights zoo://net_shape\. Did you mean 'net_shapes'\?"):
        own_weights_file("net_shape")
    (folder / "net_shapes.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"net_shapes\.safetensors is missing, which came with the kit\. Install"):
        own_weights_file("net_shapes")
    (folder / "index.json").unlink()
    assert own_weights() == {}
