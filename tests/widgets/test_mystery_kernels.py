"""Kernels against torch and scikit-image, and the measure of likeness by hand."""

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch.nn import functional as F

from course_lib.widgets.mystery_kernels import (
    MYSTERIES,
    filtered,
    first_wrong,
    likeness,
    painted,
    signed_colours,
    start,
)

RNG = np.random.default_rng(0)
PHOTO = RNG.integers(0, 256, size=(12, 15)).astype(float)


@pytest.mark.parametrize("size", [1, 3, 5])
def test_filtered_is_torchs_convolution(size: int) -> None:
    kernel = RNG.normal(size=(size, size))
    padded = F.pad(torch.tensor(PHOTO)[None, None], [size // 2] * 4, mode="replicate")
    expected = F.conv2d(padded, torch.tensor(kernel)[None, None])[0, 0]
    np.testing.assert_allclose(filtered(PHOTO, kernel), expected)


def test_mysteries_are_the_kernels_that_they_are_called() -> None:
    by_name = {each.name: each for each in MYSTERIES}
    results = {name: filtered(PHOTO, each.numbers / each.divisor) for name, each in by_name.items()}
    np.testing.assert_allclose(results["Blur"], ndimage.uniform_filter(PHOTO, 3, mode="nearest"))
    np.testing.assert_allclose(results["Sobel"], ndimage.sobel(PHOTO, axis=1, mode="nearest"))
    np.testing.assert_allclose(results["Laplace"], ndimage.laplace(PHOTO, mode="nearest"))
    np.testing.assert_allclose(results["Sharpen"], PHOTO - results["Laplace"])
    moved = [ndimage.shift(PHOTO, (0, by), order=0, mode="nearest") for by in (-2, 2)]
    np.testing.assert_allclose(results["Double vision"], sum(moved) / 2)
    along = [ndimage.shift(PHOTO, (by, by), order=0, mode="nearest") for by in range(-2, 3)]
    np.testing.assert_allclose(results["Camera shake"], sum(along) / 5)


def test_mysteries_can_be_told_apart_and_painted() -> None:
    assert len({each.name for each in MYSTERIES}) == len(MYSTERIES)
    for each in MYSTERIES:
        assert each.numbers.shape in ((3, 3), (5, 5)) and np.abs(each.numbers).max() <= 5
        assert each.name.lower() not in each.hint.lower()
        target = filtered(PHOTO, each.numbers / each.divisor)
        for other in MYSTERIES:
            alike = likeness(filtered(PHOTO, other.numbers / other.divisor), target)
            assert (alike == 1) == (other is each)


def test_colours_of_the_sign() -> None:
    colours = signed_colours(np.array([[0.0, 255.0, 300.0, -255.0, -1000.0]]))[0]
    assert colours[:3].tolist() == [[0, 0, 0], [255, 255, 255], [255, 255, 255]]
    assert colours[3].tolist() == colours[4].tolist() and colours[3][2] > colours[3][0]


def test_likeness_by_hand() -> None:
    target = np.array([[10.0, -10.0]])
    assert likeness(target, target) == 1
    assert likeness(np.zeros((1, 2)), target) == 0
    assert likeness(np.array([[5.0, -5.0]]), target) == 0.5
    assert likeness(-target, target) == 0  # not below 0
    assert likeness(np.zeros((1, 2)), np.zeros((1, 2))) == 1


def test_painting_leaves_the_old_kernel_alone() -> None:
    kernel = start(MYSTERIES[0])
    assert kernel.tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    np.testing.assert_allclose(filtered(PHOTO, kernel), PHOTO)
    after = painted(kernel, 0, 2, -3)
    assert after[0, 2] == -3 and kernel[0, 2] == 0
    assert first_wrong(kernel, MYSTERIES[0]) == (0, 0)
    assert first_wrong(MYSTERIES[0].numbers, MYSTERIES[0]) is None
