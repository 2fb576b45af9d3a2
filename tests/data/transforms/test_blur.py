"""Blur against torchvision, Pillow and by hand."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter
from torch import Tensor
from torchvision.transforms.v2 import functional

from course_lib.config.errors import ConfigError
from course_lib.data.transforms.blur import GaussianBlur, blurred

SIGMAS = (0.3, 1.0, 2.0)


def noise(count: int, channels: int = 3) -> Tensor:
    return torch.randint(
        0, 256, (count, channels, 30, 34), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
    )


def test_equals_torchvision_away_from_the_edge() -> None:
    images = noise(3).float()
    for image, sigma, ours in zip(images, SIGMAS, blurred(images, torch.tensor(SIGMAS)), strict=True):
        theirs = functional.gaussian_blur(image, [13, 13], [sigma, sigma])
        torch.testing.assert_close(ours[:, 6:-6, 6:-6], theirs[:, 6:-6, 6:-6], rtol=1e-4, atol=1e-3)


def test_is_near_pillow_up_to_the_edge() -> None:
    image = functional.resize(noise(1)[0], [90, 100], antialias=True)
    ours = GaussianBlur(radius=2.0, prob=1)({"img": image}, np.random.default_rng(0))["img"]
    pillow = Image.fromarray(image.permute(1, 2, 0).numpy()).filter(ImageFilter.GaussianBlur(2.0))
    difference = (ours.int() - torch.from_numpy(np.array(pillow)).permute(2, 0, 1).int()).abs()
    assert difference.float().mean() < 1  # Pillow's curve is made of three box filters
    assert difference[:, 6:-6, 6:-6].max() <= 4
    assert difference.max() <= 12


def test_extremes() -> None:
    images = noise(2, channels=1)
    assert GaussianBlur(radius=0, prob=1).batch(images, torch.Generator()).equal(images)
    even = torch.full((1, 1, 3, 3), 77, dtype=torch.uint8)
    assert GaussianBlur(radius=9, prob=1).batch(even, torch.Generator()).equal(even)


def test_radius_is_uniform_in_its_range_as_moco_wants() -> None:
    radii = GaussianBlur(magnitude_range=(0.1, 2.0), magnitude_std="inf").magnitudes(500, torch.Generator())
    assert 0.1 <= radii.min() < 0.15
    assert 1.9 < radii.max() <= 2.0


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigError, match=r"GaussianBlur has a radius of -1, but it must be at least 0"):
        GaussianBlur(radius=-1)
    with pytest.raises(ConfigError, match=r"GaussianBlur takes either radius=… or magnitude_range"):
        GaussianBlur()
