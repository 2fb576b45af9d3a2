"""Colour against torchvision, and its random numbers by counting."""

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor
from torchvision.transforms.v2 import functional

from course_lib.config.errors import ConfigError
from course_lib.data.transforms import ColorJitter, RandomGrayscale
from course_lib.data.transforms.colour import adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation


def noise(*shape: int) -> Tensor:
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


ADJUSTMENTS = [
    (adjust_brightness, functional.adjust_brightness, (0.0, 0.4, 1.0, 1.7)),
    (adjust_contrast, functional.adjust_contrast, (0.0, 0.4, 1.0, 1.7)),
    (adjust_saturation, functional.adjust_saturation, (0.0, 0.4, 1.0, 1.7)),
    (adjust_hue, functional.adjust_hue, (-0.5, -0.13, 0.0, 0.3)),
]


@pytest.mark.parametrize(("ours", "theirs", "factors"), ADJUSTMENTS)
def test_adjustments_equal_torchvisions(ours, theirs, factors) -> None:  # type: ignore[no-untyped-def]
    images = noise(4, 3, 20, 20)
    images[:, :, 0] = images[:, :1, 0]  # a grey row: it has no hue
    adjusted = ours(images.float(), torch.tensor(factors)[:, None, None, None])
    for image, factor, got in zip(images, factors, adjusted, strict=True):
        assert (got - theirs(image, factor).float()).abs().max() <= 1


def test_jitter_by_hand() -> None:
    """Only brightness has a choice, and the choice is 0.5: every value is halved."""
    jitter = ColorJitter(brightness=(0.5, 0.5))
    image = noise(3, 4, 4)
    assert jitter({"img": image}, np.random.default_rng(0))["img"].equal(image // 2)


def test_jitter_of_nothing_changes_nothing() -> None:
    images = noise(5, 3, 6, 6)
    assert ColorJitter().batch(images, generator()).equal(images)


def test_jitter_factors_are_uniform_and_each_pictures_own() -> None:
    images = torch.full((2000, 3, 1, 1), 100, dtype=torch.uint8)
    values = ColorJitter(brightness=0.4).batch(images, generator(1))[:, 0, 0, 0].double().numpy()
    assert stats.kstest(values + np.random.default_rng(0).random(2000), stats.uniform(60, 80).cdf).pvalue > 0.01


def test_jitter_orders_are_random_too() -> None:
    """Brightness and contrast do not commute where values are cut off, so both orders show."""
    image = torch.tensor([0, 250], dtype=torch.uint8).expand(3, 1, 2)
    jitter = ColorJitter(brightness=(2.0, 2.0), contrast=(0.5, 0.5))
    results = {tuple(picture[0, 0].tolist()) for picture in jitter.batch(image.expand(40, -1, -1, -1), generator())}
    assert results == {(63, 191), (124, 255)}


def test_jitter_of_grey_pictures_and_strengths() -> None:
    grey = noise(2, 1, 4, 4)
    assert ColorJitter(0.3, 0.3, 0.3, 0.2).batch(grey, generator()).shape == grey.shape
    assert ColorJitter(brightness=2.0).ranges[0] == (0.0, 3.0)
    assert ColorJitter(hue=0.1).ranges[3] == (-0.1, 0.1)
    with pytest.raises(ConfigError, match=r"hue is 0\.7, but must lie within -0\.5 and 0\.5"):
        ColorJitter(hue=0.7)
    with pytest.raises(ConfigError, match=r"contrast is -1, but a strength is at least 0"):
        ColorJitter(contrast=-1)


def test_grayscale_weights_are_listed_blue_first() -> None:
    image = torch.tensor([10, 20, 30], dtype=torch.uint8)[:, None, None]
    mean = RandomGrayscale(prob=1.0)({"img": image}, np.random.default_rng(0))["img"]
    assert mean.flatten().tolist() == [20, 20, 20]
    only_first = RandomGrayscale(prob=1.0, channel_weights=(2, 0, 0))
    assert only_first({"img": image}, np.random.default_rng(0))["img"].flatten().tolist() == [30, 30, 30]
    rgb = RandomGrayscale(prob=1.0, channel_weights=(2, 0, 0), color_format="rgb")
    assert rgb({"img": image}, np.random.default_rng(0))["img"].flatten().tolist() == [10, 10, 10]


def test_grayscale_takes_as_many_as_asked() -> None:
    images = torch.tensor([0, 128, 255], dtype=torch.uint8)[:, None, None].expand(2000, -1, -1, -1)
    grey = RandomGrayscale(prob=0.2).batch(images, generator(1))
    count = int((grey[:, 0] == grey[:, 2]).sum())
    assert stats.binomtest(count, 2000, 0.2).pvalue > 0.01
    with pytest.raises(ConfigError, match="keep_channels is False"):
        RandomGrayscale(keep_channels=False)
