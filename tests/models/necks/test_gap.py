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
