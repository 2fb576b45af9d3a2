"""Stochastic depth's statistics, and layers by name."""

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.models import DropPath, activation_layer, norm_layer


def test_drop_path_drops_whole_pictures_and_keeps_the_mean() -> None:
    torch.manual_seed(0)
    out = DropPath(0.25)(torch.ones(4000, 2, 3, 3))
    per_picture = out.flatten(1)
    assert bool((per_picture == per_picture[:, :1]).all())
    assert sorted(set(per_picture[:, 0].tolist())) == pytest.approx([0.0, 1 / 0.75])
    assert abs(float(out.mean()) - 1.0) < 0.04  # the standard error is 0.009


def test_drop_path_does_nothing_in_evaluation_or_at_rate_zero() -> None:
    x = torch.randn(3, 2)
    assert DropPath(0.5).eval()(x) is x
    assert DropPath(0.0)(x) is x


def test_norm_layer() -> None:
    norm = norm_layer({"type": "BN", "eps": 1e-3, "momentum": 0.01, "requires_grad": False}, 6)
    assert isinstance(norm, nn.BatchNorm2d)
    assert (norm.num_features, norm.eps, norm.momentum) == (6, 1e-3, 0.01)
    assert not norm.weight.requires_grad
    assert isinstance(norm_layer({"type": "SyncBN"}, 6), nn.SyncBatchNorm)
    with pytest.raises(ConfigError, match="'LN' is not one of 'BN', 'SyncBN', 'GN'"):
        norm_layer({"type": "LN"}, 6)


def test_activation_layer() -> None:
    assert isinstance(activation_layer("GELU"), nn.GELU)
    x = torch.linspace(-5, 5, 21)
    torch.testing.assert_close(activation_layer("Swish")(x), x / (1 + (-x).exp()))
    torch.testing.assert_close(activation_layer("SiLU")(x), x / (1 + (-x).exp()))
    torch.testing.assert_close(activation_layer("HSigmoid")(x), ((x + 3) / 6).clamp(0, 1))
    torch.testing.assert_close(activation_layer("HSwish")(x), x * ((x + 3) / 6).clamp(0, 1))
    assert activation_layer("ReLU6")(2 * x).tolist() == (2 * x).clamp(0, 6).tolist()
