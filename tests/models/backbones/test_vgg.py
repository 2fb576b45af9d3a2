"""VGG: MMPretrain's arguments do as they say (outputs and parameters: ``tests/parity``)."""

from pathlib import Path

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import VGG

BN = {"type": "BN"}


def test_maps_of_the_stages() -> None:
    network = VGG(13, out_indices=(0, 2, 4), in_channels=1).eval()
    maps = network(torch.randn(2, 1, 32, 64))
    assert [tuple(m.shape) for m in maps] == [(2, 64, 16, 32), (2, 256, 4, 8), (2, 512, 1, 2)]
    assert (network.in_channels, network.out_channels) == (1, 512)
    assert VGG(11, out_indices=(1,)).out_channels == 128


def test_maps_and_logits_at_once() -> None:
    with torch.device("meta"):
        network = VGG(11, num_classes=10, out_indices=(4, 5))
        shapes = [tuple(output.shape) for output in network(torch.empty(2, 3, 224, 224))]
        assert shapes == [(2, 512, 7, 7), (2, 10)]
        assert network.out_channels == 10
        assert VGG(11, num_classes=10).out_indices == (5,)


def test_a_gradient_reaches_every_parameter() -> None:
    torch.manual_seed(0)
    for norm_cfg in (None, BN):
        network = VGG(11, norm_cfg=norm_cfg)
        network(torch.randn(4, 3, 64, 64))[0].square().sum().backward()
        without = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
        assert without == []


@pytest.mark.parametrize(("frozen_stages", "still"), [(-1, 0), (0, 0), (2, 4), (5, 10)])
def test_frozen_stages(frozen_stages: int, still: int) -> None:
    network = VGG(13, norm_cfg=BN, frozen_stages=frozen_stages).train()
    convolutions = [layer for layer in network.features if isinstance(layer, nn.Conv2d)]
    assert [conv.weight.requires_grad for conv in convolutions] == [False] * still + [True] * (10 - still)
    norms = [layer for layer in network.features if isinstance(layer, nn.BatchNorm2d)]
    assert [norm.training for norm in norms] == [False] * still + [True] * (10 - still)


def test_norm_eval_keeps_statistics_but_trains_weights() -> None:
    network = VGG(11, norm_cfg=BN, norm_eval=True).train()
    network(torch.randn(2, 3, 32, 32))[0].sum().backward()
    norm = network.features[1]
    assert isinstance(norm, nn.BatchNorm2d) and norm.running_mean is not None and norm.weight.grad is not None
    assert not norm.running_mean.any()


def test_pretrained(tmp_path: Path) -> None:
    source = VGG(11)
    torch.save({f"backbone.{name}": value for name, value in source.state_dict().items()}, tmp_path / "source.pth")
    init_cfg = {"type": "Pretrained", "checkpoint": str(tmp_path / "source.pth"), "prefix": "backbone"}
    network = VGG(11, init_cfg=init_cfg)
    assert all(torch.equal(value, source.state_dict()[name]) for name, value in network.state_dict().items())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"depth": 12}, "model.backbone.depth: 12 is not one of 11, 13, 16, 19."),
        (
            {"out_indices": (5,)},
            r"out_indices: \(5,\) must name outputs in 0 … 4. Index 5, the logits, needs num_class",
        ),
        ({"out_indices": ()}, r"model.backbone.out_indices: \(\) must name outputs in 0 … 4."),
        ({"frozen_stages": 6}, "model.backbone.frozen_stages: 6 is not in -1 … 5."),
        ({"norm_cfg": {"type": "SyncNB"}}, "norm_cfg.type: 'SyncNB' is not one of .* Did you mean 'SyncBN'?"),
    ],
)
def test_what_does_not_go_together(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message), torch.device("meta"):
        VGG(**{"depth": 11, **changes})  # type: ignore[arg-type]


def test_every_mistake_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        VGG(11, out_indices=(7,), frozen_stages=9)
    assert len(caught.value.mistakes) == 2


def test_small_pictures() -> None:
    with torch.device("meta"):
        network = VGG(11)
        with pytest.raises(ConfigError, match="VGG needs at least 32×32; these are 28×31"):
            network(torch.empty(1, 3, 28, 31))
