"""Weights under MMPretrain's names give its logits.

``mmpretrain.json`` holds, for a small model of each family, the names in its state dict and the logits that MMPretrain
1.2.0 computed for weights and pictures that both sides make of the names alone (``numbers``).
"""

import json
import logging
import zlib
from collections.abc import Iterator
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from course_lib.builders import build_model
from course_lib.config.nodes import ConfigDict
from course_lib.engine import load_weights
from course_lib.models import load_pretrained
from course_lib.models.files import load_checkpoint
from course_lib.models.key_names import translate
from course_lib.models.key_names_mmpretrain import MMPRETRAIN

RECORDED: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("mmpretrain.json").read_text())
ENTRIES = {
    "w": ("weight",),
    "wb": ("weight", "bias"),
    "bn": ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"),
}


def names_in(tree: Any, path: str = "") -> Iterator[str]:
    """The dotted names of a nested dict, in which ``'0-2'`` stands for three equal parts."""
    if tree is None:
        yield path
    elif isinstance(tree, str):
        yield from (f"{path}.{entry}" for entry in ENTRIES[tree])
    else:
        for key, inside in tree.items():
            first, _, last = key.partition("-")
            parts = map(str, range(int(first), int(last) + 1)) if last else [key]
            for part in parts:
                yield from names_in(inside, f"{path}.{part}" if path else part)


def numbers(name: str, shape: tuple[int, ...]) -> Tensor:
    """Numbers in 0 … 1 that look random and follow from a name, the same everywhere: float64."""
    places = torch.arange(prod(shape), dtype=torch.float64) * 12.9898 + zlib.crc32(name.encode()) % 10007
    return (places.sin() * 43758.5453).frac().abs().reshape(shape)


def weight_of(name: str, shape: tuple[int, ...]) -> Tensor:
    """A weight that keeps the activations in range and leaves nothing at zero."""
    if name.endswith("num_batches_tracked"):
        return torch.tensor(0)
    if name.endswith("running_var") or (len(shape) == 1 and name.endswith(("weight", "gamma"))):
        return (0.5 + numbers(name, shape)).float()
    if len(shape) > 1:
        return ((2 * numbers(name, shape) - 1) * (6 / prod(shape[1:])) ** 0.5).float()
    return (0.4 * numbers(name, shape) - 0.2).float()


def model_and_weights(family: str) -> tuple[nn.Module, dict[str, Tensor]]:
    """Our model, and MMPretrain's state dict for it, its shapes taken from ours."""
    model = build_model(ConfigDict(json.loads(json.dumps(RECORDED[family]["model"])))).eval()
    own = model.state_dict()
    names = list(names_in(RECORDED[family]["names"]))
    numbered = {name: torch.tensor(i) for i, name in enumerate(names)}
    ours, _ = translate(numbered, own, [replace(naming, change=None) for naming in MMPRETRAIN])
    assert set(ours) == set(own)
    theirs = {names[int(i)]: tuple(own[name].shape) for name, i in ours.items()}
    state = {name: weight_of(name, shape) for name, shape in theirs.items()}
    return model, state | {name: torch.zeros(2, 2) for name in names if name not in state}  # tables that ours makes


@pytest.mark.parametrize("family", RECORDED)
def test_the_same_logits_as_mmpretrain(family: str, tmp_path: Path) -> None:
    model, state = model_and_weights(family)
    torch.save(
        {"state_dict": {**state, "data_preprocessor.mean": torch.zeros(3, 1, 1)}, "meta": {}}, tmp_path / "w.pth"
    )
    assert load_weights(model, load_checkpoint(tmp_path / "w.pth")["model"], "w.pth") == []
    side = RECORDED[family]["side"]
    with torch.no_grad():
        logits = model((2 * numbers("images", (2, 3, side, side)) - 1).float())
    expected = torch.tensor(RECORDED[family]["logits"])
    torch.testing.assert_close(logits, expected, rtol=1e-4, atol=1e-4 * float(expected.abs().max()))


@pytest.mark.parametrize("family", ["VisionTransformer", "SwinTransformer", "MobileNetV3"])
def test_init_cfg_takes_the_backbone_alone(family: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    model, state = model_and_weights(family)
    load_weights(model, state, "w.pth")
    torch.save({"state_dict": state}, tmp_path / "w.pth")
    other, _ = model_and_weights(family)
    backbone = other.get_submodule("backbone")
    with caplog.at_level(logging.WARNING):
        load_pretrained(backbone, str(tmp_path / "w.pth"), prefix="backbone")
    assert caplog.text == ""
    for name, value in backbone.state_dict().items():
        assert torch.equal(value, model.state_dict()[f"backbone.{name}"])


def test_a_1x1_convolution_serves_a_linear_layer() -> None:
    model, state = model_and_weights("ConvNeXt")  # MMPretrain's linear_pw_conv=False
    load_weights(model, state, "w.pth")
    expected = {name: value.clone() for name, value in model.state_dict().items()}
    convs = {
        name: value[..., None, None] if "pointwise" in name and value.ndim == 2 else value
        for name, value in state.items()
    }
    load_weights(model, convs, "w.pth")
    assert all(torch.equal(value, expected[name]) for name, value in model.state_dict().items())


def test_the_weighed_channels_of_repvgg() -> None:
    theirs = {f"backbone.stem.se_layer.conv{i}.conv.weight": torch.ones(1) for i in (1, 2)}
    ours = [f"backbone.stem.se_layer.fc{i}.weight" for i in (1, 2)]
    assert list(translate(theirs, ours, MMPRETRAIN)[0]) == ours
