"""Mixup, CutMix and ResizeMix: shares by hand, and the distribution of the share."""

import pytest
import torch
from scipy import stats

from course_lib.config.errors import ConfigError
from course_lib.data.transforms.mixing import CutMix, Mixup, ResizeMix


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    """Picture i is all i, its label is class i."""
    return torch.arange(count).float()[:, None, None, None].expand(-1, 3, 16, 16), torch.eye(count)


AUGMENTS = [
    Mixup(alpha=0.8),
    CutMix(alpha=1.0),
    CutMix(alpha=1.0, cutmix_minmax=(0.2, 0.8)),
    ResizeMix(alpha=1.0),
    ResizeMix(alpha=1.0, cutmix_minmax=(0.0, 1.0), interpolation="nearest"),
]


@pytest.mark.parametrize("augment", AUGMENTS)
@pytest.mark.parametrize("seed", range(10))
def test_labels_have_the_shares_of_the_pictures(augment: Mixup | CutMix | ResizeMix, seed: int) -> None:
    """Since picture i holds the value i, its mean is what its label's expected class is."""
    images, targets = augment(*pictures(), generator(seed))
    torch.testing.assert_close(targets.sum(1), torch.ones(6))
    torch.testing.assert_close(images.mean((1, 2, 3)), targets @ torch.arange(6.0), atol=1e-5, rtol=1e-5)


def test_cutmix_replaces_one_rectangle() -> None:
    images, _ = CutMix(alpha=1.0)(*pictures(), generator(3))
    changed = (images != pictures()[0])[:, 0].any(0)
    rows, columns = changed.any(1).nonzero(), changed.any(0).nonzero()
    assert changed[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].all()


def test_cutmix_minmax_gives_the_sides_of_the_rectangle() -> None:
    images, targets = torch.zeros(2, 1, 100, 200), torch.eye(2)
    images[1] = 1
    cutmix, heights, widths = CutMix(alpha=1.0, cutmix_minmax=(0.2, 0.8)), [], []
    for seed in range(300):
        mixed, soft = cutmix(images, targets, generator(seed))
        if mixed[0].any():  # not mixed with itself
            heights.append(mixed[0, 0].any(1).sum().item())
            widths.append(mixed[0, 0].any(0).sum().item())
            assert soft[0, 1] == pytest.approx(heights[-1] * widths[-1] / 20_000)
    assert stats.kstest(heights, stats.uniform(20, 60).cdf).pvalue > 0.01
    assert stats.kstest(widths, stats.uniform(40, 120).cdf).pvalue > 0.01


@pytest.mark.parametrize("augment", [CutMix(alpha=1.0, correct_lam=False), ResizeMix(alpha=1.0, correct_lam=False)])
def test_uncorrected_labels_follow_the_drawn_share(augment: CutMix | ResizeMix) -> None:
    """A rectangle that reaches over the edge is smaller than its label says, and none is larger (but for rounding)."""
    missing = []
    for seed in range(100):
        images, targets = augment(*pictures(2), generator(seed))
        missing.append((targets[0, 1] - images[0].mean()).item())
    assert max(missing) > 0.1
    assert min(missing) > -0.1


def test_resizemix_shows_the_whole_of_the_other_picture() -> None:
    """Each picture is a ramp from left to right; so is, shrunk, what was pasted into it."""
    images = torch.linspace(0, 1, 64).expand(2, 1, 64, 64) + torch.tensor([0.0, 2.0])[:, None, None, None]
    mixed, _ = ResizeMix(alpha=1.0, cutmix_minmax=(0.5, 0.5))(images, torch.eye(2), generator(1))
    pasted = mixed[0, 0][mixed[0, 0] >= 2].reshape(32, 32)
    assert pasted[:, 0].allclose(torch.tensor(2.0), atol=0.02)
    assert pasted[:, -1].allclose(torch.tensor(3.0), atol=0.02)
    assert (pasted.diff(dim=1) > 0).all()


def test_resizemix_keeps_the_share_in_its_range() -> None:
    resizemix = ResizeMix(alpha=1.0, correct_lam=False)
    kept = [resizemix(*pictures(2), generator(seed))[1][0, 0].item() for seed in range(600)]
    mixed = [share for share in kept if share != 1.0]
    assert stats.kstest(mixed, stats.uniform(0.1, 0.7).cdf).pvalue > 0.01


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


def test_ranges_are_shares() -> None:
    with pytest.raises(ConfigError, match=r"cutmix_minmax is \(0\.2, 2\), but a share is at most 1"):
        CutMix(alpha=1, cutmix_minmax=(0.2, 2))
    with pytest.raises(ConfigError, match=r"\(lam_min, lam_max\) is \(0\.9, 0\.8\), but must be \(low, high\)"):
        ResizeMix(alpha=1, lam_min=0.9)
    with pytest.raises(ConfigError, match=r"interpolation is 'linear', .*Did you mean 'bilinear'\?"):
        ResizeMix(alpha=1, interpolation="linear")
