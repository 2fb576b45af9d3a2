"""The figures of lesson 02."""

import numpy as np

from course_lib.widgets import digits_in_plane, weights_at_work


def test_each_picture_stands_at_its_features() -> None:
    X = np.array([[0.1, 0.2], [0.8, 0.9], [0.5, 0.5]])
    figure = digits_in_plane(np.ones((3, 8, 8)), X, np.array([-1, 1, 1]), ("a", "b"))
    axes = figure.axes[0]
    centres = [np.mean(np.reshape(image.get_extent(), (2, 2)), axis=1) for image in axes.images]
    assert np.allclose(centres, X)
    assert axes.get_xlabel() == "a" and axes.get_xlim()[0] < 0.1 and axes.get_xlim()[1] > 0.8


def test_scores_below_the_pictures() -> None:
    weights, ones = np.array([1.0, -2.0, 0.5, 3.0]), np.ones(4)
    figure = weights_at_work(weights, -1.0, [ones], ["ones"])
    assert figure.axes[0].get_xlabel() == "bias -1.0"
    assert figure.axes[1].get_xlabel() == "sum +2.5, score +1.5"
    assert np.allclose(np.asarray(figure.axes[1].images[0].get_array()), weights.reshape(2, 2))
