"""The small CNN: parameters by hand, sizes from 8×8 on."""

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import SmallCNN


def test_parameters_by_hand() -> None:
    network = SmallCNN(in_channels=1, widths=(4, 6))
    assert sum(p.numel() for p in network.parameters()) == 1 * 9 * 4 + 2 * 4 + 4 * 9 * 6 + 2 * 6
    assert network.out_channels == 6


@pytest.mark.parametrize(("size", "expected"), [((8, 8), (1, 1)), ((32, 32), (4, 4)), ((28, 17), (3, 2))])
def test_each_block_halves_the_picture(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert SmallCNN()(torch.randn(2, 3, *size))[0].shape == (2, 128, *expected)


def test_the_first_block_by_hand() -> None:
    network = SmallCNN(widths=(5,)).eval()
    images = torch.randn(2, 3, 8, 8)
    (kernel, *_) = network.parameters()
    convolved = nn.functional.conv2d(images, kernel, padding=1) / (1 + 1e-5) ** 0.5  # the normalisation's fresh state
    by_hand = convolved.clamp(min=0).unfold(2, 2, 2).unfold(3, 2, 2).amax(dim=(-1, -2))
    torch.testing.assert_close(network(images)[0], by_hand)


def test_group_norm() -> None:
    network = SmallCNN(norm_cfg={"type": "GN", "num_groups": 4})
    assert sum(isinstance(module, nn.GroupNorm) for module in network.modules()) == 3


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match=r"3 blocks need pictures of at least 8×8; these are 7×9\. Take fewer blocks"):
        SmallCNN()(torch.randn(1, 3, 7, 9))
    with pytest.raises(ConfigError, match="at least one block is needed"):
        SmallCNN(widths=())
