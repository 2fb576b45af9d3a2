"""The lesson's ResNet against ResNet_CIFAR and counts by hand, and its plain twin."""

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import ResNet_CIFAR, SmallResNet


def twins(depth: int = 20) -> tuple[SmallResNet, SmallResNet]:
    """With and without shortcuts, with the same weights."""
    residual, plain = SmallResNet(depth).eval(), SmallResNet(depth, shortcuts=False).eval()
    plain.load_state_dict(residual.state_dict())
    return residual, plain


def test_it_is_the_papers_network() -> None:
    small, large = SmallResNet(20, base_channels=16).eval(), ResNet_CIFAR(20).eval()
    weights = list(small.state_dict().values())
    large.load_state_dict(dict(zip(large.state_dict(), weights, strict=True)))
    images = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(small(images)[0], large(images)[0])


@pytest.mark.parametrize("depth", [8, 14, 32, 56])
def test_depth_counts_the_layers(depth: int) -> None:
    for network in (SmallResNet(depth), SmallResNet(depth, shortcuts=False)):
        assert sum(isinstance(module, nn.Conv2d) for module in network.modules()) + 1 == depth  # 1: the head's


def test_twins_have_the_same_parameters() -> None:
    residual, plain = twins()
    assert residual.state_dict().keys() == plain.state_dict().keys()
    # stem; per stage the first block's first convolution, and five more; two numbers of a norm for each channel
    convs = 27 * 8 + 9 * (6 * 8 * 8 + 8 * 16 + 5 * 16 * 16 + 16 * 32 + 5 * 32 * 32)
    norms = 2 * (7 * 8 + 6 * 16 + 6 * 32)
    assert sum(p.numel() for p in plain.parameters()) == convs + norms


def test_only_the_shortcuts_are_missing() -> None:
    residual, plain = twins(8)
    x = torch.randn(2, 8, 9, 9).relu()
    block, cut = residual.blocks[0], plain.blocks[0]
    branch = block.bn2(block.conv2(block.bn1(block.conv1(x)).relu()))
    torch.testing.assert_close(block(x), (x + branch).relu())
    torch.testing.assert_close(cut(x), branch.relu())


def test_a_zero_branch_is_the_identity() -> None:
    network = SmallResNet(20, zero_init_residual=True)
    x = torch.randn(2, 8, 8, 8).relu()
    assert torch.equal(network.blocks[:3](x), x)
    assert not SmallResNet(20, shortcuts=False, zero_init_residual=True)(torch.randn(1, 3, 8, 8))[0].any()


def test_sizes() -> None:
    assert SmallResNet(8)(torch.randn(2, 3, 16, 13))[0].shape == (2, 32, 4, 4) and SmallResNet(8).out_channels == 32
    assert SmallResNet(8, in_channels=1, base_channels=5)(torch.randn(1, 1, 8, 8))[0].shape == (1, 20, 2, 2)


@pytest.mark.parametrize(("depth", "nearest"), [(18, 20), (21, 20), (2, 8), (0, 8)])
def test_depths_that_there_are_not(depth: int, nearest: int) -> None:
    with pytest.raises(
        ConfigError, match=rf"depth: {depth} is not 6n \+ 2, such as 8, 14, 20\. The nearest is {nearest}"
    ):
        SmallResNet(depth)
