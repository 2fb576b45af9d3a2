"""Which operations are drawn, and what they are told."""

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from course_lib.config.errors import ConfigError
from course_lib.data.datasets import Dataset
from course_lib.data.loader import make_loader
from course_lib.data.transforms.auto_augment import AutoAugment, RandAugment
from course_lib.data.transforms.tones import Brightness, Invert, SolarizeAdd
from course_lib.data.transforms.warps import Rotate, Shear, Translate


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def grey(count: int) -> Tensor:
    return torch.zeros(count, 1, 1, 1, dtype=torch.uint8)


def adding(*magnitudes: int) -> list[SolarizeAdd]:
    return [SolarizeAdd(magnitude=magnitude, prob=1) for magnitude in magnitudes]


def test_rand_augment_draws_operations_with_repetition() -> None:
    """One of three is added twice: sums 2, 11, 20, 101, 110, 200 in the proportions 1:2:1:2:2:1."""
    sums = RandAugment(adding(1, 10, 100), 2, magnitude_level=9).batch(grey(3600), generator()).flatten()
    values, counts = sums.unique(return_counts=True)
    assert values.tolist() == [2, 11, 20, 101, 110, 200]
    assert stats.chisquare(counts.numpy(), [400, 800, 400, 800, 800, 400]).pvalue > 0.01


def test_auto_augment_draws_a_policy_and_goes_through_it_in_order() -> None:
    policies = [[*adding(100), Invert(prob=1)], [Invert(prob=1), *adding(100)]]
    values, counts = AutoAugment(policies).batch(grey(2000), generator()).flatten().unique(return_counts=True)
    assert values.tolist() == [155, 255]
    assert stats.chisquare(counts.numpy()).pvalue > 0.01


def test_rand_augment_sets_the_level_of_what_has_a_range() -> None:
    given = [Rotate(magnitude_range=(0, 30)), Rotate(angle=5), Invert()]
    ranged, fixed, plain = RandAugment(given, 2, magnitude_level=6, magnitude_std=0.5, total_level=20).policies
    assert (ranged.magnitude_level, ranged.magnitude_std, ranged.total_level) == (6, 0.5, 20)
    assert (fixed.magnitude_level, plain.magnitude_level) == (10, 10)
    assert given[0].magnitude_level == 10  # what was handed over is left as it was


def test_hparams_tell_what_an_operation_does_not_say() -> None:
    policy = [Rotate(angle=3), Shear(magnitude=0.1, pad_val=7, interpolation="nearest"), Brightness(magnitude=0.1)]
    hparams = {"pad_val": [104, 116, 124], "interpolation": "bicubic"}
    for rotate, shear, _ in (
        AutoAugment([policy], hparams).policies[0],
        RandAugment(policy, 1, 1, hparams=hparams).policies,
    ):
        assert (rotate.pad_val, rotate.interpolation) == ([104, 116, 124], "bicubic")
        assert (shear.pad_val, shear.interpolation) == (7, "nearest")


def test_presets() -> None:
    """25 pairs of operations, and 15 operations of which three have no strength."""
    auto = AutoAugment("imagenet").policies
    assert [len(policy) for policy in auto] == [2] * 25
    timm = RandAugment("timm_increasing", 2, 9).policies
    assert sum(op.magnitude_range is None for op in timm) == 3
    assert len(timm) == 15
    pictures = torch.randint(0, 256, (40, 3, 16, 20), dtype=torch.uint8, generator=generator())
    before = pictures.clone()
    for augment in (AutoAugment("imagenet"), RandAugment("timm_increasing", 2, 9, 0.5)):
        changed = augment.batch(pictures, generator())
        assert changed.shape == pictures.shape
        assert changed.dtype == torch.uint8
        assert (changed != pictures).any((1, 2, 3)).sum() > 10
    assert pictures.equal(before)


def test_translation_has_all_magnitudes_at_the_noisy_level() -> None:
    translate = RandAugment([Translate(magnitude_range=(0, 0.4))], 1, 5, magnitude_std="inf").policies[0]
    ways = translate.magnitudes(2000, generator()).double().numpy()
    assert stats.kstest(ways, stats.uniform(-0.2, 0.4).cdf).pvalue > 0.01


def test_any_number_of_workers_draws_the_same() -> None:
    pictures = torch.randint(0, 256, (6, 3, 8, 8), dtype=torch.uint8, generator=generator())
    dataset = Dataset(pictures, [0] * 6, ("a",), [RandAugment("timm_increasing", 2, 9, 0.5)])
    batches = [
        next(iter(make_loader(dataset, 6, way="sample", num_workers=workers, seed=3)))["images"] for workers in (0, 1)
    ]
    assert batches[0].equal(batches[1])
    assert not batches[0].equal(pictures)
    assert make_loader(dataset, 6).way.startswith("by the batch")


def test_the_way_by_the_sample() -> None:
    image = torch.full((3, 4, 4), 9, dtype=torch.uint8)
    assert AutoAugment([[Invert(prob=1)]])({"img": image}, np.random.default_rng(0))["img"].unique().tolist() == [246]


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigError, match=r"policies is 'image_net', .*Did you mean 'imagenet'\?"):
        AutoAugment("image_net")
    with pytest.raises(ConfigError, match=r"policies is 'timm', but must be one of 'timm_increasing'"):
        RandAugment("timm", 2, 9)
    with pytest.raises(ConfigError, match=r"policies must be a list of lists"):
        AutoAugment([Invert()])  # type: ignore[list-item]
    with pytest.raises(ConfigError, match=r"num_policies is 0, but must be at least 1"):
        RandAugment([Invert()], 0, 9)
    with pytest.raises(ConfigError, match=r"hparams has no 'pad_value'. Did you mean 'pad_val'\?"):
        RandAugment([Invert()], 1, 9, hparams={"pad_value": 3})
    with pytest.raises(ConfigError, match=r"policies has \{'type': 'Invert'\}, which is no operation"):
        RandAugment([{"type": "Invert"}], 1, 9)  # type: ignore[list-item]
    with pytest.raises(ConfigError, match=r"magnitude_level is -1, but must be at least 0"):
        RandAugment([Invert()], 1, -1)
