"""ResNets for small pictures: the stem, the shortcuts without weights, and the paper's sizes."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import ResNet_CIFAR
from course_lib.models.backbones.resnet_blocks import PaddedShortcut


def test_the_stem_keeps_the_size() -> None:
    (last,) = ResNet_CIFAR(18, stem_channels=4, base_channels=4)(torch.randn(2, 3, 32, 32))
    assert last.shape == (2, 32, 4, 4)  # the ImageNet stem would have left 1×1


def test_three_stages_of_16_32_and_64_channels() -> None:
    network = ResNet_CIFAR(20, out_indices=(0, 1, 2))
    maps = network(torch.randn(2, 3, 32, 32))
    assert [tuple(m.shape) for m in maps] == [(2, 16, 32, 32), (2, 32, 16, 16), (2, 64, 8, 8)]
    assert (network.out_channels, ResNet_CIFAR(20).out_indices) == (64, (2,))


@pytest.mark.parametrize("depth", [20, 32, 44, 56, 110])
def test_the_depth_counts_layers_with_weights(depth: int) -> None:
    with torch.device("meta"):
        layers = [module for module in ResNet_CIFAR(depth).modules() if isinstance(module, nn.Conv2d)]
    assert len(layers) + 1 == depth  # and the head


def test_the_padded_shortcut_by_hand() -> None:
    x = torch.arange(18.0).reshape(1, 2, 3, 3)
    found = PaddedShortcut(2, more_channels=1)(x)
    assert found[0].tolist() == [[[0, 2], [6, 8]], [[9, 11], [15, 17]], [[0, 0], [0, 0]]]


def test_the_mean_in_place_of_the_padding_has_weights() -> None:
    with torch.device("meta"):
        padded, mean = (ResNet_CIFAR(20, avg_down=avg_down) for avg_down in (False, True))
    more = sum(p.numel() for p in mean.parameters()) - sum(p.numel() for p in padded.parameters())
    assert more == 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64


def test_a_gradient_reaches_every_parameter() -> None:
    network = ResNet_CIFAR(20, zero_init_residual=False)
    network(torch.randn(4, 3, 32, 32))[0].square().sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ResNet_CIFAR(21), "depth: 21 is not one of 18, 34, 50, 101, 152, 20, 32, 44, 56, 110."),
        (lambda: ResNet_CIFAR(20, num_stages=4), "num_stages: 4 is not in 1 … 3."),
        (lambda: ResNet_CIFAR(20, expansion=2), "depth: ResNet-20 has basic blocks; expansion"),
        (
            lambda: ResNet_CIFAR(18, deep_stem=True),
            "deep_stem: ResNet_CIFAR has a stem of its own, one 3×3 convolution. Leave deep_stem out.",
        ),
    ],
)
def test_what_does_not_go_together(make: Callable[[], ResNet_CIFAR], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()
