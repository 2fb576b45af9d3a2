"""The two ways for pictures follow the same distribution: means, covariances, and the boxes of the crops.

The picture's red is its column and its green its row, so a crop's box can be read off its corners.
"""

from itertools import combinations_with_replacement

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.data import Dataset, make_loader
from course_lib.data.transforms import (
    Brightness,
    ColorJitter,
    PackInputs,
    RandAugment,
    RandomCrop,
    RandomErasing,
    RandomFlip,
    RandomGrayscale,
    RandomResizedCrop,
    Rotate,
    Transform,
)

HEIGHT, WIDTH, DRAWS = 40, 48, 1200
ROWS, COLUMNS = torch.meshgrid(torch.arange(HEIGHT), torch.arange(WIDTH), indexing="ij")
PICTURE = torch.stack([5 * COLUMNS, 5 * ROWS, 60 + 2 * (ROWS + COLUMNS) % 90]).byte()
OPERATIONS = [Brightness(magnitude_range=(0, 0.9)), Rotate(magnitude_range=(0, 30))]

PIPELINES: dict[str, list[Transform]] = {
    "pad, crop, flip": [RandomCrop(24, padding=8), RandomFlip(0.5)],
    "random resized crop": [RandomResizedCrop(16), RandomFlip(0.5)],
    "colour": [ColorJitter(0.4, 0.4, 0.4, 0.1), RandomGrayscale(0.3)],
    "erasing": [RandomErasing(0.6, mode="const")],
    "RandAugment": [RandAugment(OPERATIONS, num_policies=1, magnitude_level=6, magnitude_std=0.5)],
}


def draws(pipeline: list[Transform], way: str) -> np.ndarray:
    """What many augmentations of the picture look like, float64 (draws, features): corners and means of its colours."""
    dataset = Dataset(PICTURE.expand(40, -1, -1, -1), [0] * 40, ["one"], [*pipeline, PackInputs()])
    loader = make_loader(dataset, 40, way=way, seed=1)
    batches = [batch["images"].double() for epoch in range(DRAWS // 40) for batch in loader.epoch(epoch)]
    images = torch.cat(batches)  # (draws, 3, H, W)
    corners = images[:, :2, [0, -1], [0, -1]].flatten(1)  # red and green of the first and the last pixel
    return torch.cat([corners, images.mean(dim=(2, 3))], dim=1).numpy()


@pytest.mark.parametrize("name", PIPELINES)
def test_both_ways_follow_one_distribution(name: str) -> None:
    by_batch, by_sample = (draws(PIPELINES[name], way) for way in ("batch", "sample"))
    centre = (by_batch.mean(0) + by_sample.mean(0)) / 2
    for i in range(by_batch.shape[1]):
        assert alike(by_batch[:, i], by_sample[:, i]), f"the mean of feature {i}"
        assert stats.ks_2samp(by_batch[:, i], by_sample[:, i]).pvalue > 1e-4, f"feature {i}"
    for i, j in combinations_with_replacement(range(by_batch.shape[1]), 2):
        products = [(x[:, i] - centre[i]) * (x[:, j] - centre[j]) for x in (by_batch, by_sample)]
        assert alike(*products), f"the covariance of features {i} and {j}"


def alike(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether two means are within five standard errors; both may also be constant."""
    error = np.sqrt(ours.var() / len(ours) + theirs.var() / len(theirs))
    return bool(abs(ours.mean() - theirs.mean()) <= 5 * error + 1e-9)


def test_the_comparison_tells_crops_of_another_range_apart() -> None:
    usual = draws([RandomResizedCrop(16)], "batch")
    other = draws([RandomResizedCrop(16, crop_ratio_range=(0.2, 1.0))], "sample")
    assert min(stats.ks_2samp(usual[:, i], other[:, i]).pvalue for i in range(4)) < 1e-4
