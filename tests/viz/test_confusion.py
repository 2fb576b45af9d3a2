import numpy as np
import pytest

from course_lib.viz import confusion_figure


def test_counts_shares_and_accuracy_of_a_matrix() -> None:
    figure = confusion_figure(np.array([[3, 1], [0, 0]]), ["cat", "dog"], title="pets")
    axes, bar = figure.axes
    assert axes.get_title(loc="left") == "pets\n75.0 % of 4 right"
    np.testing.assert_array_equal(axes.images[0].get_array(), [[75, 25], [0, 0]])  # a class without pictures is 0
    assert [(text.get_position(), text.get_text()) for text in axes.texts] == [((0, 0), "3"), ((1, 0), "1")]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog"]
    assert bar.get_ylabel() == "share of the true class"


def test_many_classes_have_no_numbers() -> None:
    figure = confusion_figure(np.eye(100, dtype=int), [f"class {index}" for index in range(100)])
    assert not figure.axes[0].texts


def test_a_matrix_of_other_classes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"for 3 classes the matrix must be \(3, 3\), not \(2, 2\)."):
        confusion_figure(np.eye(2), ["a", "b", "c"])
