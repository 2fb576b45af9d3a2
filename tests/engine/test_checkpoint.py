"""Checkpoints survive kills and full disks; weights that do not fit are listed."""

import os

import pytest
import torch
from torch import nn

from course_lib.config.errors import CheckpointError
from course_lib.engine import checkpoint
from course_lib.engine.checkpoint import load_weights, save_checkpoint, save_checkpoints
from course_lib.models.files import load_checkpoint


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "last.pt"
    save_checkpoint({"model": nn.Linear(3, 2).state_dict(), "epoch": 1}, path)
    return path


def test_round_trip(saved):
    state = load_checkpoint(saved)
    assert state["epoch"] == 1
    assert state["model"]["weight"].shape == (2, 3)


def test_a_failed_write_keeps_the_old_file(saved, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CheckpointError, match=r"No space left on device.*The older .*last.pt is kept"):
        save_checkpoint({"model": {}, "epoch": 2}, saved)
    assert load_checkpoint(saved)["epoch"] == 1
    assert [file.name for file in saved.parent.iterdir()] == ["last.pt"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_really_full_disk(tmp_path, monkeypatch):
    really_open = open
    monkeypatch.setattr(checkpoint, "open", lambda path, mode: really_open("/dev/full", mode), raising=False)
    with pytest.raises(CheckpointError, match=r"could not write .*last.pt: .*No space left on device"):
        save_checkpoint({"model": {"weight": torch.zeros(100_000)}}, tmp_path / "last.pt")
    assert not list(tmp_path.iterdir())


def test_a_link_that_a_kill_left_is_not_written_through(saved):
    os.link(saved, saved.with_name(".last.pt.partial"))
    os.link(saved, saved.with_name("best.pt"))
    save_checkpoints({"model": {}, "epoch": 2}, saved.parent, ["best.pt", "last.pt"])
    epochs = {file.name: load_checkpoint(file)["epoch"] for file in saved.parent.iterdir()}
    assert epochs == {"last.pt": 2, "best.pt": 2, "previous.pt": 1}


def test_weights_of_another_model_change_nothing():
    net = nn.Linear(3, 2)
    before = net.weight.detach().clone()
    other = nn.Linear(3, 5).state_dict() | {"bias": torch.zeros(2)}
    with pytest.raises(CheckpointError, match=r"x.pt is of another model: 1 of its 2 entries fit") as caught:
        load_weights(net, other, "x.pt")
    assert "weight: (5, 3) in the file, (2, 3) in the model" in str(caught.value)
    assert torch.equal(net.weight, before)


def test_partial_loading_reports_what_did_not_fit():
    net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    pretrained = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1000)).state_dict() | {"extra": torch.zeros(1)}
    report = load_weights(net, pretrained, "x.pt", partial=True)
    assert torch.equal(net[0].weight, pretrained["0.weight"])
    assert report == [
        "1.weight: (1000, 4) in the file, (2, 4) in the model",
        "1.bias: (1000,) in the file, (2,) in the model",
        "extra: not in the model",
    ]
