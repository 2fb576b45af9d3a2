"""The clouds of points: balanced, within the plane, the same for the same seed, and as hard as they are meant to be."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from course_lib.widgets.point_clouds import CLOUDS, NUM_POINTS, cloud


@pytest.mark.parametrize("name", CLOUDS)
@pytest.mark.parametrize("seed", [0, 5])
def test_balanced_and_within_the_plane(name: str, seed: int) -> None:
    X, y = cloud(name, seed)
    assert X.shape == (NUM_POINTS, 2) and np.abs(X).max() <= 1 and y.sum() == 0 and set(y) == {-1, 1}
    again, _ = cloud(name, seed)
    other, _ = cloud(name, seed + 1)
    assert (again == X).all() and (other != X).any()


@pytest.mark.parametrize(("name", "at_most"), [("blobs", 1.0), ("XOR", 0.76), ("circles", 0.76), ("spiral", 0.76)])
def test_what_a_line_can_do(name: str, at_most: float) -> None:
    X, y = cloud(name)
    accuracy = LogisticRegression(C=100).fit(X, y).score(X, y)
    assert accuracy == 1 if name == "blobs" else accuracy <= at_most


def test_opposite_corners_of_xor_and_the_inside_of_the_ring() -> None:
    X, y = cloud("XOR")
    assert (np.sign(X[:, 0] * X[:, 1]) == -y).all()
    X, y = cloud("circles")
    radius = np.hypot(*X.T)
    assert radius[y > 0].max() < 0.4 < 0.5 < radius[y < 0].min()
