"""Lighting: the shift by hand, and its covariance."""

import numpy as np
import pytest
import torch

from course_lib.config.errors import ConfigError
from course_lib.data.transforms.lighting import Lighting

EIGVAL = [55.4625, 4.7940, 1.1475]
EIGVEC = [[-0.5836, -0.6948, 0.4203], [-0.5808, -0.0045, -0.8140], [-0.5675, 0.7192, 0.4009]]


def shifts(lighting: Lighting, count: int = 4000) -> np.ndarray:
    images = torch.full((count, 3, 1, 1), 128.0)
    return (lighting.batch(images, torch.Generator().manual_seed(0)) - 128)[:, :, 0, 0].numpy()


def test_colours_vary_along_the_directions() -> None:
    """The covariance is V diag(alphastd² λ²) Vᵀ."""
    expected = np.array(EIGVEC) @ np.diag((0.5 * np.array(EIGVAL)) ** 2) @ np.array(EIGVEC).T
    np.testing.assert_allclose(np.cov(shifts(Lighting(EIGVAL, EIGVEC, 0.5, to_rgb=True)).T), expected, atol=15)
    turned = np.cov(shifts(Lighting(EIGVAL, EIGVEC, 0.5)).T)
    np.testing.assert_allclose(turned, expected[::-1, ::-1], atol=15)


def test_one_colour_for_a_picture_cut_off_at_the_ends() -> None:
    only_red = Lighting([1, 0, 0], [[1, 0, 0], [0, 0, 0], [0, 0, 0]], alphastd=1000, to_rgb=True)
    images = torch.full((50, 3, 2, 2), 100, dtype=torch.uint8)
    lit = only_red.batch(images, torch.Generator().manual_seed(0))
    assert (lit[:, 1:] == 100).all()
    assert (lit[:, 0] == lit[:, 0, :1, :1]).all()
    assert {0, 255} <= set(lit[:, 0, 0, 0].tolist())


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigError, match="eigval must be three numbers and eigvec three rows of three"):
        Lighting([1, 2], EIGVEC)
    with pytest.raises(ConfigError, match=r"alphastd is -1, but must be at least 0"):
        Lighting(EIGVAL, EIGVEC, -1)
    with pytest.raises(ConfigError, match="Lighting needs pictures of three channels, not 1"):
        Lighting(EIGVAL, EIGVEC).batch(torch.zeros(1, 1, 2, 2), torch.Generator())
