"""Damaged and hostile files of weights are named, not run."""

import os
import pickle

import pytest
import torch
from torch import nn

from course_lib.config.errors import CheckpointError
from course_lib.models.files import load_checkpoint


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "last.pt"
    torch.save({"model": nn.Linear(3, 2).state_dict(), "epoch": 1}, path)
    return path


def test_a_missing_file_names_the_nearest(saved):
    with pytest.raises(CheckpointError, match=r"there is no checkpoint .*lastt.pt. Did you mean .*last.pt"):
        load_checkpoint(saved.with_name("lastt.pt"))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_file_is_named(saved, share):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(CheckpointError, match=r"last.pt is (truncated or )?no checkpoint"):
        load_checkpoint(saved)


class Payload:
    def __reduce__(self):
        return os.system, ("touch hostile-code-ran",)


@pytest.mark.parametrize("write", [torch.save, lambda value, path: path.write_bytes(pickle.dumps(value))])
def test_a_hostile_pickle_does_not_run(tmp_path, monkeypatch, write):
    monkeypatch.chdir(tmp_path)
    write({"model": Payload()}, tmp_path / "evil.pt")
    with pytest.raises(CheckpointError, match=r"could run code|no checkpoint"):
        load_checkpoint(tmp_path / "evil.pt")
    assert not (tmp_path / "hostile-code-ran").exists()


def test_bare_weights_and_other_tools_checkpoints_load(tmp_path):
    weights = nn.Linear(3, 2).state_dict()
    torch.save(weights, tmp_path / "bare.pth")
    torch.save({"state_dict": weights, "meta": {}}, tmp_path / "other.pth")
    assert load_checkpoint(tmp_path / "bare.pth")["model"].keys() == weights.keys()
    assert load_checkpoint(tmp_path / "other.pth")["model"].keys() == weights.keys()


@pytest.mark.parametrize(
    "meta",
    [{"cfg": "model = 1", "dataset_meta": {"classes": ("a", "b")}}, {"config": "model = 1", "CLASSES": ["a", "b"]}],
)
def test_what_other_tools_say_of_a_model_comes_under_our_names(tmp_path, meta):
    torch.save({"state_dict": nn.Linear(3, 2).state_dict(), "meta": meta}, tmp_path / "other.pth")
    state = load_checkpoint(tmp_path / "other.pth")
    assert (state["config"], state["classes"]) == ("model = 1", ["a", "b"])
    torch.save({"state_dict": nn.Linear(3, 2).state_dict(), "meta": {"epoch": 3}}, tmp_path / "bare.pth")
    assert "config" not in load_checkpoint(tmp_path / "bare.pth")


def test_safetensors_load_and_broken_ones_are_named(tmp_path):
    from safetensors.torch import save_file

    save_file(nn.Linear(3, 2).state_dict(), tmp_path / "net.safetensors")
    assert load_checkpoint(tmp_path / "net.safetensors")["model"]["bias"].shape == (2,)
    (tmp_path / "cut.safetensors").write_bytes(b"\x00" * 10)
    with pytest.raises(CheckpointError, match=r"cut.safetensors is truncated"):
        load_checkpoint(tmp_path / "cut.safetensors")


def test_a_folder_or_a_name_in_place_of_a_file(saved):
    with pytest.raises(CheckpointError, match=r"is a folder, not a checkpoint\. Did you mean .*last\.pt\?"):
        load_checkpoint(saved.parent)
    inside = saved.parent / "checkpoints" / "best.pt"
    inside.parent.mkdir()
    with pytest.raises(CheckpointError, match=r"is a folder, not a checkpoint\.$"):
        load_checkpoint(inside.parent)
    saved.rename(inside)
    with pytest.raises(CheckpointError, match=r"Did you mean .*checkpoints.best\.pt\?"):
        load_checkpoint(saved.parent)
    with pytest.raises(CheckpointError, match=r"resnet-mini_shapes\. Did you mean zoo://resnet-mini_shapes\?"):
        load_checkpoint("resnet-mini_shapes")
