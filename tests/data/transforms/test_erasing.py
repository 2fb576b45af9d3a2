"""Rectangles: their sizes, shapes, places and filling."""

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from course_lib.config.errors import ConfigError
from course_lib.data.transforms.erasing import Cutout, RandomErasing


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def white(count: int, channels: int = 3, side: int = 40) -> Tensor:
    return torch.full((count, channels, side, side), 255, dtype=torch.uint8)


def test_as_many_pictures_as_asked() -> None:
    erased = RandomErasing(erase_prob=0.25).batch(white(2000, 1, 8), generator())
    assert stats.binomtest(int((erased != 255).any((1, 2, 3)).sum()), 2000, 0.25).pvalue > 0.01
    untouched = white(3)
    assert RandomErasing(erase_prob=0).batch(untouched, generator()) is untouched


def test_one_rectangle_of_one_colour_is_overwritten() -> None:
    for picture in RandomErasing(erase_prob=1, fill_color=(1, 2, 3)).batch(white(20), generator()):
        rows, columns = (picture[0] != 255).nonzero(as_tuple=True)
        part = picture[:, rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        assert (part == torch.tensor([3, 2, 1])[:, None, None]).all()  # blue, green, red are 1, 2, 3
        assert len(rows) == part[0].numel()


def test_area_and_shape_are_uniform() -> None:
    """On a picture so large that rounding does not show."""
    erasing = RandomErasing(min_area_ratio=0.02, max_area_ratio=1 / 3, aspect_range=(0.5, 2.0))
    _, _, height, width = erasing.rectangles(2000, 10_000, 10_000, generator()).double().T.numpy()
    assert stats.kstest(height * width / 1e8, stats.uniform(0.02, 1 / 3 - 0.02).cdf).pvalue > 0.01
    assert stats.kstest(np.log(height / width), stats.uniform(np.log(0.5), np.log(4)).cdf).pvalue > 0.01


def test_places_are_uniform_and_inside() -> None:
    rectangles = RandomErasing(max_area_ratio=0.02).rectangles(2000, 1000, 500, generator())
    top, left, height, width = rectangles.double().T.numpy()
    noise = np.random.default_rng(0).random((2, 2000))  # whole numbers, spread over what they stand for
    assert stats.kstest((top + noise[0]) / (1001 - height), stats.uniform().cdf).pvalue > 0.01
    assert stats.kstest((left + noise[1]) / (501 - width), stats.uniform().cdf).pvalue > 0.01
    wide = RandomErasing(min_area_ratio=1, max_area_ratio=1, aspect_range=9).rectangles(50, 20, 30, generator())
    assert (wide[:, :2] + wide[:, 2:] <= torch.tensor([20, 30])).all()


def test_noise() -> None:
    everything = {"erase_prob": 1.0, "min_area_ratio": 1.0, "max_area_ratio": 1.0, "aspect_range": 1.0, "mode": "rand"}
    uniform = RandomErasing(**everything).batch(white(1), generator())  # type: ignore[arg-type]
    assert stats.chisquare(torch.bincount(uniform.flatten().int(), minlength=256).numpy()).pvalue > 0.01
    normal = RandomErasing(**everything, fill_color=(90, 120, 150), fill_std=(10, 20, 30)).batch(white(1), generator())  # type: ignore[arg-type]
    means, deviations = normal.float().mean((0, 2, 3)), normal.float().std((0, 2, 3))
    torch.testing.assert_close(means, torch.tensor([150.0, 120.0, 90.0]), atol=2.5, rtol=0)
    torch.testing.assert_close(deviations, torch.tensor([30.0, 20.0, 10.0]), atol=1.5, rtol=0)


def test_a_number_as_aspect_stands_for_both_ways() -> None:
    assert RandomErasing(aspect_range=0.25).aspect_range == RandomErasing(aspect_range=4).aspect_range == (0.25, 4)


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigError, match=r"mode is 'random', .*Did you mean 'rand'\?"):
        RandomErasing(mode="random")
    with pytest.raises(ConfigError, match=r"\(min_area_ratio, max_area_ratio\) is \(0\.5, 0\.1\)"):
        RandomErasing(min_area_ratio=0.5, max_area_ratio=0.1)
    with pytest.raises(ConfigError, match="fill_color has 3 values, but the pictures have 1 channels"):
        RandomErasing(erase_prob=1, fill_color=(1, 2, 3)).batch(white(1, channels=1), generator())
    with pytest.raises(ConfigError, match=r"aspect_range is 0, but must be above 0"):
        RandomErasing(aspect_range=0)


def test_cutout_has_its_size_inside_and_less_at_the_edge() -> None:
    images = Cutout(shape=(6, 3), prob=1, pad_val=0).batch(white(500, 1), generator())
    sizes = (images == 0).sum((1, 2, 3))
    rows, columns = (images == 0).any(3).sum((1, 2)), (images == 0).any(2).sum((1, 2))
    assert (sizes == rows * columns).all()
    assert (rows.max(), columns.max()) == (6, 3)
    assert rows.min() <= 4  # a middle in the first row leaves half of the height
    full = (rows == 6) & (columns == 3)
    assert 0.7 < full.float().mean() < 1


def test_cutout_with_a_level() -> None:
    op = Cutout(magnitude_range=(0, 20), magnitude_level=5, prob=1, pad_val=0)
    assert (op.batch(white(50, 1), generator()) == 0).sum((1, 2, 3)).max() == 100
    with pytest.raises(ConfigError, match="Cutout takes either shape=… or magnitude_range"):
        Cutout()
