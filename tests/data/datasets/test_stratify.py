"""A stratified split keeps each class's share."""

import numpy as np
import pytest

from course_lib.data.datasets.stratify import stratified


@pytest.mark.parametrize("ratio", [0.1, 0.5, 0.8, 0.99])
def test_the_parts_are_disjoint_complete_and_stratified(ratio: float) -> None:
    labels = np.repeat([0, 1, 2], [100, 50, 2])
    first, second = stratified(labels, ratio, seed=3)
    assert sorted([*first, *second]) == list(range(152))
    for label, count in ((0, 100), (1, 50)):
        assert abs(np.sum(labels[first] == label) - ratio * count) <= 1
    assert np.sum(labels[first] == 2) == np.sum(labels[second] == 2) == 1


def test_the_seed_decides() -> None:
    labels = np.repeat([0, 1], 50)
    same, again, other = (stratified(labels, 0.8, seed)[0].tolist() for seed in (0, 0, 1))
    assert same == again != other
