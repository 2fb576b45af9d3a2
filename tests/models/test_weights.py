"""Weights from files: what loads, and what is said about what does not."""

import logging
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from course_lib.config.errors import CheckpointError, ConfigError
from course_lib.models import initialize, load_pretrained


def network() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))


def same(one: nn.Module, other: nn.Module) -> bool:
    return all(torch.equal(value, other.state_dict()[name]) for name, value in one.state_dict().items())


@pytest.mark.parametrize(
    "wrap", [lambda state: state, lambda state: {"state_dict": state}, lambda state: {"model": state}]
)
def test_bare_and_wrapped_state_dicts(wrap, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    source, target = network(), network()
    torch.save(wrap(source.state_dict()), tmp_path / "w.pth")
    load_pretrained(target, str(tmp_path / "w.pth"))
    assert same(source, target)


def test_safetensors_and_file_urls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = network(), network()
    save_file(source.state_dict(), tmp_path / "w.safetensors")
    load_pretrained(target, str(tmp_path / "w.safetensors"))
    assert same(source, target)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    torch.save(source.state_dict(), tmp_path / "w.pth")
    target = network()
    load_pretrained(target, (tmp_path / "w.pth").as_uri())
    assert same(source, target)


def test_old_files_without_batch_counters_and_left_over_entries(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = {name: value for name, value in network().state_dict().items() if "tracked" not in name}
    torch.save({**state, "fc.weight": torch.zeros(1)}, tmp_path / "w.pth")
    with caplog.at_level(logging.WARNING):
        load_pretrained(network(), str(tmp_path / "w.pth"))
    assert "no place in Sequential, left out: fc.weight" in caplog.text


def test_weights_of_another_model_change_nothing(tmp_path: Path) -> None:
    torch.save({"0.weight": torch.ones(4, 1, 3, 3), "head.fc": torch.ones(1)}, tmp_path / "w.pth")
    target = network()
    before = {name: value.clone() for name, value in target.state_dict().items()}
    with pytest.raises(CheckpointError) as caught:
        load_pretrained(target, str(tmp_path / "w.pth"))
    text = str(caught.value)
    assert "of another model than this Sequential: 6 of 7 entries do not fit" in text
    assert "0.bias: missing in the file" in text
    assert "0.weight: (4, 1, 3, 3) in the file, (2, 1, 3, 3) in the model" in text
    assert "only in the file: head.fc" in text
    assert all(torch.equal(value, before[name]) for name, value in target.state_dict().items())


def test_wrong_prefix(tmp_path: Path) -> None:
    torch.save({f"backbone.{name}": value for name, value in network().state_dict().items()}, tmp_path / "w.pth")
    load_pretrained(network(), str(tmp_path / "w.pth"), prefix="backbone.")
    with pytest.raises(CheckpointError, match=r"no entry begins with 'backbon\.'\. Did you mean 'backbone'\?"):
        load_pretrained(network(), str(tmp_path / "w.pth"), prefix="backbon")


class Hostile:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):  # type: ignore[no-untyped-def]
        return (Path.touch, (self.path,))


def test_files_that_are_no_weights(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    (tmp_path / "hostile.pth").write_bytes(pickle.dumps(Hostile(trap), protocol=2))
    torch.save(network().state_dict(), tmp_path / "whole.pth")
    (tmp_path / "cut.pth").write_bytes((tmp_path / "whole.pth").read_bytes()[:700])
    (tmp_path / "empty.pth").touch()
    (tmp_path / "text.safetensors").write_text("not weights")
    torch.save([1, 2], tmp_path / "list.pth")
    for name in ("hostile.pth", "cut.pth", "empty.pth", "text.safetensors", "list.pth"):
        with pytest.raises(CheckpointError, match=name):
            load_pretrained(network(), str(tmp_path / name))
    assert not trap.exists()


def test_addresses_that_cannot_be_found(tmp_path: Path) -> None:
    (tmp_path / "resnet50.pth").touch()
    with pytest.raises(
        CheckpointError, match=r"there is no checkpoint .*resnet5\.pth\. Did you mean .*resnet50\.pth\?"
    ):
        load_pretrained(network(), str(tmp_path / "resnet5.pth"))
    with pytest.raises(CheckpointError, match=r"open-mmlab:// is not known; give a path, https://"):
        load_pretrained(network(), "open-mmlab://resnet50")
    with pytest.raises(CheckpointError, match=r"torchvision has no model 'resnet51'\. Did you mean 'resnet5"):
        load_pretrained(network(), "torchvision://resnet51")


def test_pretrained_needs_a_checkpoint() -> None:
    with pytest.raises(ConfigError, match="type='Pretrained' needs checkpoint="):
        initialize(network(), {"type": "Pretrained"})
    with pytest.raises(ConfigError, match=r"init_cfg.chekpoint: there is no such setting. Did you mean 'checkpoint'\?"):
        initialize(network(), {"type": "Pretrained", "chekpoint": "a.pth"})


@pytest.mark.parametrize(
    ("cfg", "spread"),
    [
        ({"type": "Kaiming", "mode": "fan_in", "nonlinearity": "linear"}, (1 / 400) ** 0.5),
        ({"type": "Kaiming", "distribution": "uniform"}, (2 / 300) ** 0.5),
        ({"type": "Xavier"}, (2 / 700) ** 0.5),
        ({"type": "Xavier", "gain": 2.0, "distribution": "uniform"}, 2 * (2 / 700) ** 0.5),
    ],
)
def test_spreads_that_follow_from_the_size_of_a_layer(cfg: dict[str, object], spread: float) -> None:
    torch.manual_seed(0)
    layer = torch.nn.Sequential(torch.nn.Linear(400, 300))
    initialize(layer, {**cfg, "layer": "Linear", "bias": 1.0})
    assert layer[0].weight.std().item() == pytest.approx(spread, rel=0.02)
    assert bool((layer[0].bias == 1).all())


def test_a_distribution_that_there_is_not() -> None:
    with pytest.raises(ConfigError, match=r"init_cfg.distribution: 'unifrom' is not one of .*Did you mean 'uniform'"):
        initialize(network(), {"type": "Xavier", "layer": "Linear", "distribution": "unifrom"})
