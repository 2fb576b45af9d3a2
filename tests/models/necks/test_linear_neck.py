"""The linear neck against torch's layers."""

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import LinearNeck


@pytest.mark.parametrize(
    ("gap_dim", "shape", "pool"),
    [
        (0, (6, 4), nn.Identity()),
        (1, (6, 4, 9), nn.AdaptiveAvgPool1d(1)),
        (2, (6, 4, 3, 5), nn.AdaptiveAvgPool2d(1)),
        (3, (6, 4, 2, 3, 5), nn.AdaptiveAvgPool3d(1)),
    ],
)
def test_as_torch(gap_dim: int, shape: tuple[int, ...], pool: nn.Module) -> None:
    neck = LinearNeck(4, 3, gap_dim, act_cfg={"type": "ReLU"})  # type: ignore[arg-type]
    features = torch.randn(shape)
    expected = nn.BatchNorm1d(3)(neck.fc(pool(features).flatten(1))).relu()
    torch.testing.assert_close(neck(features), expected)


def test_names_of_the_weights_and_without_a_norm() -> None:
    assert [name for name, _ in LinearNeck(4, 3).named_parameters()] == [
        *("fc.weight", "fc.bias", "norm.weight", "norm.bias")
    ]
    neck = LinearNeck(4, 3, norm_cfg=None, init_cfg={"type": "Constant", "layer": "Linear", "val": 1.0})
    assert neck(torch.ones(2, 4)).tolist() == [[4.0] * 3] * 2
    assert (neck.in_channels, neck.out_channels) == (4, 3)


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match=r"gap_dim: features of shape \(2, 4, 7, 7\) came.* Write gap_dim=2"):
        LinearNeck(4, 3)(torch.randn(2, 4, 7, 7))
    with pytest.raises(
        ConfigError, match=r"model\.neck\.in_channels: 8 features a picture came, but the neck was built"
    ):
        LinearNeck(4, 3)(torch.randn(2, 8))
    with pytest.raises(ConfigError, match=r"model\.neck\.gap_dim: 4 is not one of 0, 1, 2, 3"):
        LinearNeck(4, 3, 4)  # type: ignore[arg-type]
