import numpy as np
import pytest

from course_lib.viz import picture_grid
from course_lib.viz.grid import _best_columns


def test_pictures_stand_in_order_with_their_titles() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (5, 3, 4, 6), dtype=np.uint8)
    figure = picture_grid(pictures, list("abcde"), columns=3)
    assert [axes.get_title() for axes in figure.axes] == ["a", "b", "c", "d", "e", ""]
    for axes, picture in zip(figure.axes, pictures, strict=False):
        np.testing.assert_array_equal(axes.images[0].get_array(), picture.transpose(1, 2, 0))


def test_grey_and_coloured_pictures_of_any_size(tmp_path) -> None:
    pictures = [np.zeros((1, 8, 8), np.uint8), np.full((3, 300, 20), 255, np.uint8)]
    figure = picture_grid(pictures, right=[True, False], title="two")
    assert figure.axes[0].images[0].get_array().shape == (8, 8)
    assert [axes.axison for axes in figure.axes] == [False, True]  # the wrong one has a frame
    figure.savefig(tmp_path / "grid.png")


def test_long_titles_are_shortened_and_wrong_ones_marked() -> None:
    figure = picture_grid(np.zeros((2, 1, 4, 4), np.uint8), ["x" * 99, "cat"], right=[True, False])
    first, second = (axes.get_title() for axes in figure.axes)
    assert first.endswith("…") and len(first) < 40
    assert second == "✗ cat"


def test_each_line_of_a_title_is_shortened_and_has_its_room() -> None:
    pictures = np.zeros((2, 1, 4, 4), np.uint8)
    one, two = (picture_grid(pictures, [title, "x"], right=[False, True]) for title in ("cat", "x" * 99 + "\ndog"))
    lines = two.axes[0].get_title().split("\n")
    assert lines[0].startswith("✗ xx") and lines[0].endswith("…") and lines[1] == "dog"
    assert two.get_size_inches()[1] > one.get_size_inches()[1]


@pytest.mark.parametrize(("count", "columns"), [(1, 4), (8, 4), (24, 6), (25, 9), (64, 10), (200, 10)])
def test_columns_leave_few_places_empty(count: int, columns: int) -> None:
    assert _best_columns(count) == columns


@pytest.mark.parametrize(
    ("pictures", "titles", "words"),
    [
        ([], None, "there is no picture to draw."),
        (np.zeros((2, 1, 4, 4), np.uint8), ["a"], "there are 2 pictures, but 1 titles."),
        (np.zeros((2, 4, 4, 3), np.uint8), None, r"must be uint8 \(C, H, W\) with C 1 or 3, not uint8 \(4, 4, 3\)."),
        (np.zeros((2, 3, 4, 4)), None, r"not float64 \(3, 4, 4\)."),
    ],
)
def test_what_cannot_be_drawn_is_named(pictures, titles, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        picture_grid(pictures, titles)
