"""Mixup and CutMix: shares by hand, and the distribution of the share."""

import pytest
import torch
from scipy import stats

from course_lib.config.errors import ConfigError
from course_lib.data.transforms import CutMix, Mixup


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    """Picture i is all i, its label is class i."""
    return torch.arange(count).float()[:, None, None, None].expand(-1, 3, 16, 16), torch.eye(count)


@pytest.mark.parametrize("augment", [Mixup(alpha=0.8), CutMix(alpha=1.0)])
@pytest.mark.parametrize("seed", range(10))
def test_labels_have_the_shares_of_the_pictures(augment: Mixup | CutMix, seed: int) -> None:
    """Since picture i holds the value i, its mean is what its label's expected class is."""
    images, targets = augment(*pictures(), generator(seed))
    torch.testing.assert_close(targets.sum(1), torch.ones(6))
    torch.testing.assert_close(images.mean((1, 2, 3)), targets @ torch.arange(6.0), atol=1e-5, rtol=1e-5)


def test_cutmix_replaces_one_rectangle() -> None:
    images, _ = CutMix(alpha=1.0)(*pictures(), generator(3))
    changed = (images != pictures()[0])[:, 0].any(0)
    rows, columns = changed.any(1).nonzero(), changed.any(0).nonzero()
    assert changed[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].all()


def test_shares_follow_beta() -> None:
    mixup = Mixup(alpha=0.5)
    images, targets = torch.zeros(2, 1, 1, 1), torch.eye(2)
    shares = []
    for seed in range(600):
        mixed = mixup(images, targets, generator(seed))[1][0, 0].item()
        if mixed != 1.0:  # a picture mixed with itself tells nothing
            shares.append(mixed)
    assert stats.kstest(shares, stats.beta(0.5, 0.5).cdf).pvalue > 0.01


def test_alpha_must_be_positive() -> None:
    with pytest.raises(ConfigError, match=r"alpha is 0, but must be above 0"):
        Mixup(alpha=0)
