"""How often and how strongly an operation acts, by counting."""

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.config.errors import ConfigError
from course_lib.data.transforms.ops import Op, fitting, rgb
from course_lib.data.transforms.tones import Brightness, Invert, SolarizeAdd
from course_lib.data.transforms.warps import Rotate


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def drawn(op: Op, count: int = 2000) -> np.ndarray:
    return op.magnitudes(count, generator()).double().numpy()


def test_as_many_pictures_as_asked() -> None:
    images = torch.zeros(2000, 1, 1, 1, dtype=torch.uint8)
    assert stats.binomtest(int((Invert(prob=0.3).batch(images, generator()) == 255).sum()), 2000, 0.3).pvalue > 0.01
    assert Invert(prob=0).batch(images, generator()) is images
    assert not images.any()


def test_the_level_says_how_far_along_the_range() -> None:
    assert set(drawn(SolarizeAdd(magnitude_range=(0, 110), magnitude_level=5), 4)) == {55.0}
    falling = drawn(SolarizeAdd(magnitude_range=(4, 0), magnitude_level=9, total_level=30), 4)
    np.testing.assert_allclose(falling, 4 - 4 * 9 / 30, rtol=1e-6)
    assert set(drawn(SolarizeAdd(magnitude=7), 4)) == {7.0}


def test_noise_on_the_level() -> None:
    noisy = drawn(SolarizeAdd(magnitude_range=(0, 10), magnitude_level=5, magnitude_std=0.5))
    assert stats.kstest(noisy, stats.norm(5, 0.5).cdf).pvalue > 0.01
    assert drawn(SolarizeAdd(magnitude_range=(0, 10), magnitude_level=10, magnitude_std=3.0)).max() == 10
    uniform = drawn(SolarizeAdd(magnitude_range=(0, 10), magnitude_level=6, magnitude_std="inf"))
    assert stats.kstest(uniform, stats.uniform(0, 6).cdf).pvalue > 0.01


def test_half_of_the_signs_change() -> None:
    angles = drawn(Rotate(angle=30))
    assert set(angles) == {30.0, -30.0}
    assert stats.binomtest(int((angles < 0).sum()), 2000, 0.5).pvalue > 0.01
    assert set(drawn(Rotate(angle=30, random_negative_prob=0))) == {30.0}


def test_the_way_by_the_sample_is_a_batch_of_one() -> None:
    image = torch.full((3, 2, 2), 100, dtype=torch.uint8)
    brighter = Brightness(magnitude=0.5, prob=1, random_negative_prob=0)({"img": image}, np.random.default_rng(0))
    assert brighter["img"].unique().tolist() == [150]


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigError, match=r"Rotate takes either angle=… or magnitude_range="):
        Rotate()
    with pytest.raises(ConfigError, match=r"Rotate takes either angle=… or magnitude_range="):
        Rotate(angle=3, magnitude_range=(0, 30))
    with pytest.raises(ConfigError, match=r"prob is 2, but must be a probability"):
        Invert(prob=2)
    with pytest.raises(ConfigError, match=r"magnitude_range is \(1,\), but must be two numbers"):
        Rotate(magnitude_range=(1,))
    with pytest.raises(ConfigError, match=r"magnitude_std is 'int', but must be a number or 'inf'"):
        Rotate(magnitude_range=(0, 30), magnitude_std="int")
    with pytest.raises(ConfigError, match=r"total_level is 0, but must be above 0"):
        Rotate(magnitude_range=(0, 30), total_level=0)


def test_colours_are_listed_blue_first() -> None:
    assert rgb("pad_val", [1, 2, 3]).flatten().tolist() == [3, 2, 1]
    assert rgb("pad_val", 7).shape == rgb("pad_val", (7, 7, 7)).shape == (1, 1, 1)
    with pytest.raises(ConfigError, match=r"pad_val is \(1, 2\), but must be one number, or three"):
        rgb("pad_val", (1, 2))
    with pytest.raises(ConfigError, match="pad_val has 3 values, but the pictures have 1 channels"):
        fitting("pad_val", rgb("pad_val", (1, 2, 3)), torch.zeros(2, 1, 4, 4))
