"""The MLP: parameters by hand, and the same numbers as its layers written out."""

import pytest
import torch

from course_lib.config.errors import ConfigError
from course_lib.models import MLP


def test_parameters_and_output_by_hand() -> None:
    network = MLP(in_channels=3, img_size=(4, 5), hidden=(7, 2), activation="Tanh")
    assert sum(p.numel() for p in network.parameters()) == (60 + 1) * 7 + (7 + 1) * 2
    assert network.out_channels == 2
    images = torch.randn(6, 3, 4, 5)
    w1, b1, w2, b2 = network.parameters()
    by_hand = torch.tanh(torch.tanh(images.reshape(6, 60) @ w1.T + b1) @ w2.T + b2)
    torch.testing.assert_close(network(images)[0], by_hand)


def test_without_hidden_layers_it_gives_the_pixels() -> None:
    network = MLP(img_size=8, hidden=())
    images = torch.randn(2, 1, 8, 8)
    assert network.out_channels == 64
    assert torch.equal(network(images)[0], images.reshape(2, 64))


def test_pictures_of_another_size() -> None:
    with pytest.raises(
        ConfigError, match=r"pictures are 32×32, but the MLP was built for 28×28\. Write img_size=\(32, 32\)"
    ):
        MLP()(torch.randn(1, 1, 32, 32))


def test_unknown_activation() -> None:
    with pytest.raises(ConfigError, match=r"activation: 'relu' is not one of 'ReLU', .* Did you mean 'ReLU'\?"):
        MLP(activation="relu")
