"""Neighbours and their votes against scikit-learn; t-SNE by what it promises."""

import numpy as np
import pytest
import torch
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from torch import Tensor

from course_lib.config.errors import ConfigError
from course_lib.interpret import knn_accuracy, nearest, tsne


def clusters(count: int = 20, spread: float = 1.0) -> tuple[Tensor, Tensor]:
    """Three clusters of ``count`` points in eight dimensions, and their numbers."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(3).repeat_interleave(count)
    return torch.randn(3, 8, generator=generator)[labels] * 3 + spread * torch.randn(
        3 * count, 8, generator=generator
    ), labels


def test_neighbours_are_scikit_learn_s() -> None:
    bank, _ = clusters()
    queries = bank[:7] + 0.1
    similarity, places = nearest(queries, bank, 4)
    distances, expected = NearestNeighbors(n_neighbors=4, metric="cosine").fit(bank).kneighbors(queries)
    assert places.tolist() == expected.tolist()
    np.testing.assert_allclose(similarity, 1 - distances, atol=1e-5)


def test_length_does_not_count() -> None:
    bank = torch.tensor([[10.0, 0.0], [0.1, 0.1], [0.0, 3.0]])
    similarity, places = nearest(torch.tensor([[1.0, 1.0]]), bank, 3)
    assert places[0, 0] == 1 and similarity[0].tolist() == pytest.approx([1, 0.5**0.5, 0.5**0.5])


@pytest.mark.parametrize("spread", [1.0, 4.0])
@pytest.mark.parametrize("k", [1, 5])
def test_the_vote_is_scikit_learn_s_leave_one_out(spread: float, k: int) -> None:
    features, labels = clusters(spread=spread)
    model = KNeighborsClassifier(k, metric="cosine", algorithm="brute")
    expected = 100 * cross_val_score(model, features.numpy(), labels.numpy(), cv=LeaveOneOut()).mean()
    assert knn_accuracy(features, labels, k) == pytest.approx(expected)


def test_a_picture_does_not_vote_for_itself_even_among_equal_ones() -> None:
    features, labels = torch.ones(6, 3), torch.tensor([0, 1, 1, 1, 1, 1])
    assert knn_accuracy(features, labels, 3) == pytest.approx(100 * 5 / 6)


def test_the_map_keeps_neighbours_and_repeats() -> None:
    features, labels = clusters(spread=0.5)
    points = tsne(features, perplexity=10, seed=1)
    assert points.shape == (60, 2) and points.dtype == np.float32
    np.testing.assert_array_equal(points, tsne(features, perplexity=10, seed=1))
    _, places = NearestNeighbors(n_neighbors=2).fit(points).kneighbors(points)
    assert (labels[places[:, 1]] == labels).all()


def test_wrong_numbers_are_named() -> None:
    features, labels = clusters(count=1)
    with pytest.raises(ConfigError, match=r"k=6 neighbours cannot be had of 3\."):
        knn_accuracy(features, labels)
    with pytest.raises(ConfigError, match=r"t-SNE takes 4 points or more and a perplexity from 1 on, not 3 and 30\."):
        tsne(features)
