"""The figures of lesson 03."""

import numpy as np

from course_lib.widgets import activations_figure, regions_figure, softmax_figure, two_planes, wins_figure

CORNERS, LAMP = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])


def test_activations() -> None:
    figure = activations_figure({"twice": lambda score: 2 * score, "zero": np.zeros_like})
    first, second = figure.axes
    assert first.get_title(loc="left") == "twice" and first.lines[0].get_xydata()[0].tolist() == [-4.0, -8.0]
    assert not np.any(second.lines[0].get_ydata())


def test_two_planes() -> None:
    first = np.array([[1, -1], [-1, 1]]), np.array([-0.5, -0.5])
    hidden = 1 * (CORNERS @ first[0] + first[1] >= 0)
    figure = two_planes(CORNERS, LAMP, first, hidden, (np.array([[1], [1]]), np.array([-0.5])))
    before, after = figure.axes
    texts = [text.get_text() for text in after.texts]
    assert {"00 and 11", "01", "10", "lamp on"} == set(texts)
    assert {text.get_text() for text in before.texts} == {"h1 fires", "h2 fires", "00", "01", "10", "11"}
    assert np.allclose(before.lines[0].get_xydata() @ [1, -1], 0.5)  # x1 - x2 = 0.5
    assert np.allclose(before.lines[1].get_xydata() @ [1, -1], -0.5)
    assert np.allclose(after.lines[0].get_xydata() @ [1, 1], 0.5)


def test_regions_have_the_colour_of_the_likeliest_class() -> None:
    def left_or_right(places: np.ndarray) -> np.ndarray:
        right = np.clip(places[:, 0], 0, 1)
        return np.stack([1 - right, right], axis=1)

    figure = regions_figure({"sides": left_or_right}, CORNERS, CORNERS[:, 0], ["left", "right"])
    axes = figure.axes[0]
    picture = np.asarray(axes.images[0].get_array())
    assert picture[60, 0, 2] > picture[60, 0, 0] and picture[60, -1, 0] > picture[60, -1, 2]  # blue, then orange
    assert np.allclose(picture[60, 60], 1, atol=0.02)  # white, where both are as likely
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["left", "right"]
    assert np.allclose(np.asarray(axes.collections[0].get_paths()[0].vertices)[:, 0], 0.5)


def test_as_many_panels_as_networks() -> None:
    def even(places: np.ndarray) -> np.ndarray:
        return np.full((len(places), 3), 1 / 3)

    figure = regions_figure({f"{index}": even for index in range(5)}, CORNERS, np.array([0, 1, 2, 0]))
    assert [axes.get_visible() for axes in figure.axes] == [True] * 5 + [False] * 3
    assert not figure.legends and figure._repr_png_()[0].startswith(b"\x89PNG")


def test_softmax_and_wins_are_written_on_their_bars() -> None:
    figure = softmax_figure(np.log([2.0, 5.0, 1.0]), ["a", "b", "c"])
    assert [text.get_text() for text in figure.axes[1].texts] == ["2", "5", "1"]
    assert np.allclose([bar.get_height() for bar in figure.axes[2].patches], [0.25, 0.625, 0.125])
    figure = wins_figure({1: 0, 8: 10}, 10)
    assert [text.get_text() for text in figure.axes[0].texts] == ["0 of 10", "10 of 10"]
