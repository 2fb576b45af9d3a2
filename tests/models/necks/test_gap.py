"""Global average pooling against torch's."""

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import GlobalAveragePooling


def test_as_torch() -> None:
    maps = torch.randn(3, 5, 7, 4)
    expected = nn.AdaptiveAvgPool2d(1)(maps).flatten(1)
    torch.testing.assert_close(GlobalAveragePooling()(maps), expected)


def test_vectors_need_no_pooling() -> None:
    with pytest.raises(ConfigError, match=r"shape \(3, 5\), not maps \(N, C, H, W\)\. Leave the neck out"):
        GlobalAveragePooling()(torch.randn(3, 5))


def test_dim_is_taken_as_the_model_zoo_writes_it() -> None:
    maps = torch.randn(2, 3, 4, 4)
    assert torch.equal(GlobalAveragePooling(dim=1)(maps), GlobalAveragePooling()(maps))
    with pytest.raises(ConfigError, match="4 is not one of 1, 2, 3"):
        GlobalAveragePooling(dim=4)
