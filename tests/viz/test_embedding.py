import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.offsetbox import AnnotationBbox

from course_lib.viz import embedding_figure
from course_lib.viz.embedding import class_colours, spread_out

POINTS = np.array([[0, 0], [0.1, 0], [0, 0.1], [10, 10], [9, 10], [10.0, 9.8]])
LABELS = np.array([0, 0, 0, 1, 1, 1])


def test_points_have_the_colours_of_their_classes_and_names_amid_them() -> None:
    figure = embedding_figure(POINTS, LABELS, ["cat", "dog", "owl"], title="pets")
    (axes,) = figure.axes
    np.testing.assert_array_equal(axes.collections[0].get_offsets(), POINTS)
    colours = [to_rgba(class_colours(3)[label], 0.75) for label in LABELS]
    np.testing.assert_allclose(axes.collections[0].get_facecolors(), colours)
    assert [(text.get_text(), text.get_position()) for text in axes.texts] == [("cat", (0, 0)), ("dog", (10, 10))]


def test_many_classes_have_no_names_but_colours_of_their_own() -> None:
    figure = embedding_figure(POINTS, LABELS, [f"class {k}" for k in range(100)])
    assert not figure.axes[0].texts
    assert len(set(class_colours(100))) == 100 and len(set(class_colours(10))) == 10


def test_pictures_stand_at_points_that_leave_them_room(tmp_path) -> None:
    pictures = [np.full((1, 4, 4), 40 * k, np.uint8) for k in range(6)]
    figure = embedding_figure(POINTS, LABELS, ["cat", "dog"], pictures=pictures)
    boxes = [artist for artist in figure.axes[0].artists if isinstance(artist, AnnotationBbox)]
    assert [box.xy for box in boxes] == [(0, 0), (10, 10), (9, 10)]
    figure.savefig(tmp_path / "embedding.png")


def test_spread_out_points_are_apart() -> None:
    points = np.random.default_rng(0).random((300, 2))
    chosen = spread_out(points, 0.1)
    gaps = np.abs(points[chosen][:, None] - points[chosen][None]).max(axis=2) + np.eye(len(chosen))
    assert len(chosen) > 20 and gaps.min() > 0.099 * np.ptp(points, axis=0).min()
    assert spread_out(np.zeros((5, 2)), 0.1) == [0]


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match=r"6 labels need as many points \(n, 2\) and pictures; points are \(5, 2\)\."):
        embedding_figure(POINTS[:5], LABELS, ["cat", "dog"])
