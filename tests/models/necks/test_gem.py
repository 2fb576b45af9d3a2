"""Generalized-mean pooling by hand and at its two ends."""

import pytest
import torch

from course_lib.config.errors import ConfigError
from course_lib.models import GeneralizedMeanPooling

MAPS = torch.rand(3, 5, 7, 4, generator=torch.Generator().manual_seed(0)) + 0.1


def test_by_hand() -> None:
    maps = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    expected = ((1 + 8 + 27 + 64) / 4) ** (1 / 3)
    torch.testing.assert_close(GeneralizedMeanPooling()(maps), torch.tensor([[expected]]))


def test_between_the_mean_and_the_maximum() -> None:
    torch.testing.assert_close(GeneralizedMeanPooling(p=1)(MAPS), MAPS.mean(dim=(2, 3)))
    # 28 positions: the power mean is at least the maximum / 28^(1/p)
    torch.testing.assert_close(GeneralizedMeanPooling(p=60)(MAPS), MAPS.amax(dim=(2, 3)), rtol=0.06, atol=0)


def test_p_is_learnt_unless_told_otherwise() -> None:
    neck = GeneralizedMeanPooling()
    neck(MAPS).sum().backward()
    assert neck.p.shape == (1,) and neck.p.grad is not None and neck.p.grad.item() > 0, "more p, larger values"
    assert not GeneralizedMeanPooling(p_trainable=False).p.requires_grad


def test_negative_values_count_as_eps() -> None:
    assert GeneralizedMeanPooling(eps=0.5)(-MAPS).tolist() == [[pytest.approx(0.5)] * 5] * 3
    assert bool(GeneralizedMeanPooling(p=2.5, clamp=False)(-MAPS).isnan().all())


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match=r"model\.neck\.p: 0\.5 is less than 1"):
        GeneralizedMeanPooling(p=0.5)
    with pytest.raises(ConfigError, match=r"shape \(3, 5\), not maps \(N, C, H, W\)\. Leave the neck out"):
        GeneralizedMeanPooling()(torch.randn(3, 5))
