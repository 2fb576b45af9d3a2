"""LeNet-5: counted by hand, and on the sizes that a learner may send."""

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import LeNet5


def test_parameters_counted_by_hand() -> None:
    convolutions = (1 * 25 + 1) * 6 + (6 * 25 + 1) * 16 + (16 * 25 + 1) * 120
    full = (120 + 1) * 84 + (84 + 1) * 10
    assert convolutions + full == 61_706
    assert sum(p.numel() for p in LeNet5(num_classes=10).parameters()) == 61_706
    assert sum(p.numel() for p in LeNet5().parameters()) == convolutions


def test_shapes() -> None:
    assert LeNet5()(torch.randn(2, 1, 32, 32))[0].shape == (2, 120, 1, 1)
    assert LeNet5()(torch.randn(2, 1, 64, 48))[0].shape == (2, 120, 9, 5)
    assert LeNet5(num_classes=10)(torch.randn(1, 1, 32, 32))[0].shape == (1, 10)
    assert LeNet5(num_classes=10, in_channels=3)(torch.randn(2, 3, 35, 33))[0].shape == (2, 10)
    assert (LeNet5().out_channels, LeNet5(num_classes=7).out_channels) == (120, 7)


@pytest.mark.parametrize("size", [(28, 28), (29, 31), (28, 32)])
def test_small_pictures_get_a_border_of_zeros(size: tuple[int, int]) -> None:
    network = LeNet5(num_classes=10)
    images = torch.randn(2, 1, *size)
    framed = torch.zeros(2, 1, 32, 32)
    top, left = (32 - size[0]) // 2, (32 - size[1]) // 2
    framed[:, :, top : top + size[0], left : left + size[1]] = images
    assert torch.equal(network(images)[0], network(framed)[0])


def test_too_small_and_too_large_pictures() -> None:
    with pytest.raises(ConfigError, match=r"at least 28×28; these pictures are 8×8\. Put .*Resize.*SmallCNN"):
        LeNet5()(torch.randn(1, 1, 8, 8))
    with pytest.raises(ConfigError, match=r"28×28 to 35×35; these pictures are 64×64"):
        LeNet5(num_classes=10)(torch.randn(1, 1, 64, 64))


def test_a_gradient_reaches_every_parameter() -> None:
    network = LeNet5(num_classes=10)
    nn.functional.cross_entropy(network(torch.randn(8, 1, 28, 28))[0], torch.arange(8)).backward()
    assert all(p.grad is not None and bool(p.grad.any()) for p in network.parameters())
