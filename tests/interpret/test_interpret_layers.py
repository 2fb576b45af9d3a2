"""Layers by name, their outputs, and where tokens and maps lie in the picture."""

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.interpret import find_layer, map_layers, token_grid
from course_lib.interpret.layers import as_map, last_linear


@pytest.mark.parametrize(
    ("tokens", "height", "width", "expected"),
    [
        (196, 224, 224, (0, 14, 14)),
        (197, 224, 224, (1, 14, 14)),  # ViT
        (198, 224, 224, (2, 14, 14)),  # DeiT with distillation
        (261, 224, 224, (5, 16, 16)),  # DINOv2 with registers
        (50, 224, 224, (1, 7, 7)),
        (1 + 6 * 4, 96, 64, (1, 6, 4)),
        (1, 32, 32, (0, 1, 1)),
    ],
)
def test_tokens_on_their_grid(tokens: int, height: int, width: int, expected: tuple[int, int, int]) -> None:
    assert token_grid(tokens, height, width) == expected


def test_tokens_that_fit_on_no_grid() -> None:
    with pytest.raises(ConfigError, match=r"160 tokens fit on no grid with the proportions of a picture of 32×32\."):
        token_grid(160, 32, 32)


def test_tokens_lie_row_by_row_after_the_extra_ones() -> None:
    tokens = torch.arange(7.0)[None, :, None]  # a class token and 2 × 3 patches
    assert as_map(tokens, 16, 24)[0, 0].tolist() == [[1, 2, 3], [4, 5, 6]]


def test_channels_first_and_last() -> None:
    first = torch.randn(2, 12, 4, 6)
    assert torch.equal(as_map(first, 32, 48), first)
    assert torch.equal(as_map(first.permute(0, 2, 3, 1), 32, 48), first)


def test_layers_that_give_maps_come_in_the_order_in_which_they_are_done() -> None:
    relu = nn.ReLU(inplace=True)  # called twice
    body = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), relu, nn.Conv2d(4, 5, 3, stride=2, padding=1), relu)
    model = nn.Sequential(body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 2))
    found = map_layers(model, torch.randn(2, 3, 8, 12))
    assert found == {"0.0": (4, 8, 12), "0.2": (5, 4, 6), "0.1": (5, 4, 6), "0": (5, 4, 6)}
    assert list(found) == ["0.0", "0.2", "0.1", "0"]


def test_a_layer_by_name_or_itself() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4, 2))
    assert find_layer(model, "0") is find_layer(model, model[0]) is model[0]
    assert last_linear(model) is model[2]
    with pytest.raises(ConfigError, match=r"Sequential has no layer 'conv1'. Allowed: 0, 1, 2\."):
        find_layer(model, "conv1")
    with pytest.raises(ConfigError, match=r"Conv2d has no linear layer that could name the class\."):
        last_linear(model[0])
