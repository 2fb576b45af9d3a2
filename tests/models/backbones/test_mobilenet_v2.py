"""MobileNetV2 against torchvision's: the same parameters, and with the same weights the same numbers."""

import math
from pathlib import Path

import pytest
import torch
from torch import nn

from course_lib.config.errors import CheckpointError, ConfigError
from course_lib.models import MobileNetV2
from course_lib.models.backbones.mobilenet_v2 import InvertedResidual

WIDEN_FACTORS = (0.35, 0.5, 0.75, 1.0, 1.4)


def theirs(widen_factor: float = 1.0) -> nn.Module:
    import torchvision

    with torch.device("meta"):  # without the cost of an initialisation that is overwritten
        network = torchvision.models.mobilenet_v2(width_mult=widen_factor)
    generator = torch.Generator().manual_seed(0)
    for name, value in network.to_empty(device="cpu").state_dict().items():
        if name.endswith("num_batches_tracked"):
            value.zero_()
        elif value.ndim > 1:  # weights that keep the numbers near 1 through any depth
            value.normal_(0, math.sqrt(2 / value[0].numel()), generator=generator)
        else:
            value.uniform_(0.1, 0.5, generator=generator)
    return network.eval()


def narrow(**changes: object) -> MobileNetV2:
    return MobileNetV2(widen_factor=0.1, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("widen_factor", WIDEN_FACTORS)
def test_same_weights_same_map_as_torchvision(widen_factor: float) -> None:
    original, network = theirs(widen_factor), MobileNetV2(widen_factor).eval()
    network.features.load_state_dict(original.get_submodule("features").state_dict())
    for seed in range(3):
        images = torch.randn(1, 3, 75, 64, generator=torch.Generator().manual_seed(seed))
        with torch.no_grad():
            (found,), expected = network(images), original.get_submodule("features")(images)
        assert expected.std() > 1e-3, "the comparison would show nothing"
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
        assert network.out_channels == expected.shape[1]


def test_same_gradients_as_torchvision() -> None:
    original, network = theirs().get_submodule("features").train(), MobileNetV2().train()
    network.features.load_state_dict(original.state_dict())
    images = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    original(images).square().mean().backward()
    network(images)[0].square().mean().backward()
    expected = {name: p.grad for name, p in original.named_parameters()}
    for name, parameter in network.features.named_parameters():
        torch.testing.assert_close(parameter.grad, expected[name], rtol=1e-4, atol=1e-6)


def test_the_sum_is_only_where_the_shape_stays() -> None:
    for in_channels, out_channels, stride in ((8, 8, 1), (8, 8, 2), (8, 16, 1)):
        block = InvertedResidual(in_channels, out_channels, stride, expand_ratio=2)
        nn.init.zeros_(list(block.modules())[-1].get_parameter("weight"))  # the last normalisation
        x = torch.randn(2, in_channels, 4, 4)
        same_shape = (in_channels, stride) == (out_channels, 1)
        assert torch.equal(block(x), x if same_shape else torch.zeros(2, out_channels, 4 // stride, 4 // stride))


def test_maps_of_the_stages() -> None:
    network = MobileNetV2(out_indices=(0, 1, 2, 4, 6), in_channels=1).eval()
    with torch.no_grad():
        maps = network(torch.randn(1, 1, 64, 64))
    shapes = [tuple(m.shape[1:]) for m in maps]
    assert shapes == [(16, 32, 32), (24, 16, 16), (32, 8, 8), (96, 4, 4), (320, 2, 2)]
    assert network.out_channels == 320


def test_other_strides_for_small_pictures() -> None:
    network = MobileNetV2(widen_factor=0.35, out_indices=(0, 1, 2, 4, 7), strides=(2, 1, 1, 2, 2, 1, 1, 1)).eval()
    with torch.no_grad():
        sides = [m.shape[-1] for m in network(torch.randn(1, 3, 32, 32))]
    assert sides == [16, 16, 8, 4, 4]
    usual = MobileNetV2(widen_factor=0.35)
    assert {name: v.shape for name, v in usual.state_dict().items()} == {
        name: v.shape for name, v in network.state_dict().items()
    }
    with pytest.raises(
        ConfigError, match=r"strides: \(2, 1\) must be the stem's and the seven stages', such as \(2, 1,"
    ):
        MobileNetV2(strides=(2, 1))


def test_a_gradient_reaches_every_parameter() -> None:
    torch.manual_seed(0)
    network = narrow()
    network(torch.randn(4, 3, 64, 64))[0].square().sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_checkpointing_changes_no_gradient() -> None:
    grads = []
    for with_cp in (False, True):
        torch.manual_seed(0)
        network = narrow(with_cp=with_cp)
        network(torch.randn(2, 3, 32, 32))[0].square().sum().backward()
        grads.append([parameter.grad for parameter in network.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*grads, strict=True))


@pytest.mark.parametrize(("frozen_stages", "parts"), [(-1, 0), (0, 1), (1, 2), (2, 4), (7, 18)])
def test_frozen_stages(frozen_stages: int, parts: int) -> None:
    network = narrow(frozen_stages=frozen_stages).train()
    still = [not any(p.requires_grad for p in part.parameters()) for part in network.features]
    assert still == [True] * parts + [False] * (19 - parts)
    assert [not part.training for part in network.features] == still
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network(torch.randn(2, 3, 32, 32))
    changed = [name for name, value in network.state_dict().items() if not torch.equal(value, before[name])]
    assert {int(name.split(".")[1]) for name in changed} == set(range(parts, 19))


def test_norm_eval_keeps_statistics_but_trains_weights() -> None:
    network = narrow(norm_eval=True).train()
    network(torch.randn(2, 3, 32, 32))[0].sum().backward()
    assert not network.features.get_submodule("0.1").get_buffer("running_mean").any()
    assert all(p.requires_grad for p in network.parameters())


def test_pretrained(tmp_path: Path) -> None:
    source = narrow()
    torch.save({f"backbone.{name}": value for name, value in source.state_dict().items()}, tmp_path / "source.pth")
    init_cfg = {"type": "Pretrained", "checkpoint": str(tmp_path / "source.pth"), "prefix": "backbone"}
    network = narrow(init_cfg=init_cfg)
    assert all(torch.equal(value, source.state_dict()[name]) for name, value in network.state_dict().items())
    with pytest.raises(CheckpointError, match=r"is of another model than this MobileNetV2: \d+ of 312 entries"):
        MobileNetV2(init_cfg=init_cfg)


def test_every_mistake_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        MobileNetV2(widen_factor=0, out_indices=(8,), frozen_stages=8)
    assert [mistake.message for mistake in caught.value.mistakes] == [
        "0 is not above 0.",
        "(8,) must name outputs in 0 … 7.",
        "8 is not in -1 … 7.",
    ]
