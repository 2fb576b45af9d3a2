"""The confusion explorer, driven as a browser drives it, against scikit-learn's matrix and hand-made answers."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import confusion_matrix

from course_lib.config import DataError
from course_lib.widgets.confusion_explorer import Answers, ConfusionExplorer
from course_lib.widgets.confusion_view import PAGE, ConfusionPicture, square

CLASSES = ("cat", "dog", "cow")


def scores_of(*rows: tuple[float, float]) -> np.ndarray:
    """Probabilities of three classes, the third is the rest."""
    return np.array([(one, other, 1 - one - other) for one, other in rows])


# 0 and 1 are right (the second just so), 2 and 3 are the same mistake, 4 is another one and the surest
LABELS = np.array([0, 1, 0, 0, 1])
SCORES = scores_of((0.9, 0.1), (0.3, 0.4), (0.3, 0.6), (0.1, 0.7), (0.05, 0.0))


@pytest.fixture
def explorer() -> ConfusionExplorer:
    return ConfusionExplorer(pictures(5), LABELS, SCORES, CLASSES)


def pictures(count: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, channels, 8, 8), dtype=np.uint8)


def test_the_matrix_is_scikit_learns_and_its_cells_hold_what_it_counts() -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.integers(0, 5, 200), rng.dirichlet(np.ones(5), 200)
    answers = Answers(labels, scores)
    assert (answers.matrix == confusion_matrix(labels, scores.argmax(1), labels=range(5))).all()
    found = [answers.inside((row, column), "surest first") for row in range(5) for column in range(5)]
    assert [len(each) for each in found] == answers.matrix.flatten().tolist()
    assert sorted(np.concatenate(found)) == list(range(200))


def test_the_order_inside_a_cell() -> None:
    answers = Answers(LABELS, SCORES)
    assert answers.inside((0, 1), "surest first").tolist() == [3, 2]
    assert answers.inside((0, 1), "least sure first").tolist() == [2, 3]
    assert answers.inside((2, 2), "surest first").tolist() == []


def test_what_the_goals_ask_for() -> None:
    answers = Answers(LABELS, SCORES)
    assert answers.extreme("surest") == 4 and answers.extreme("doubt") == 1
    assert answers.found("most", (0, 1), [3, 2]) and not answers.found("most", (1, 2), [4])
    assert answers.found("surest", (1, 2), [4]) and not answers.found("surest", (1, 2), [])
    assert answers.found("doubt", (1, 1), [1]) and not answers.found("doubt", (0, 0), [0])


def test_two_mistakes_that_are_made_equally_often_both_count() -> None:
    answers = Answers(np.array([0, 1]), scores_of((0.2, 0.8), (0.8, 0.2)))
    assert answers.found("most", (0, 1), [0]) and answers.found("most", (1, 0), [1])


@pytest.mark.parametrize("labels", [[0, 1], [1, 0]], ids=["all right", "all wrong"])
def test_without_mistakes_or_without_right_answers_there_is_less_to_find(labels: list[int]) -> None:
    answers = Answers(np.array(labels), scores_of((0.8, 0.1), (0.1, 0.8)))
    right = labels == [0, 1]
    assert (answers.extreme("most") is None) == (answers.extreme("surest") is None) == right
    assert (answers.extreme("doubt") is None) != right
    assert not any(answers.found("most", (row, row), [0]) for row in range(3))


def test_a_move_opens_a_cell(explorer: ConfusionExplorer) -> None:
    before = explorer.still()
    assert "“cat”, answered right: 1 of 3 (33.3 %)." in explorer.text.value
    explorer.said.value = 1
    assert explorer.still() != before and "“cat”, taken for “dog”: 2 of 3 (66.7 %)." in explorer.text.value
    explorer.true.value = 2
    assert "“cow”, taken for “dog”: 0 of 0 (0.0 %)." in explorer.text.value and explorer.trouble.value == ""


def test_captions_name_the_truth_or_the_next_likeliest(explorer: ConfusionExplorer) -> None:
    assert explorer.captions([2, 0]) == [("dog 60 %", "cat 30 %"), ("cat 90 %", "dog 10 %")]


def test_the_goal_is_reached_in_three_finds(explorer: ConfusionExplorer) -> None:
    for cell in ((0, 1), (1, 1), (1, 2)):
        assert "Goal reached!" not in explorer.goal.value
        explorer.true.value, explorer.said.value = cell
    assert "Goal reached!" in explorer.goal.value and explorer.goal.value.count("✓") == 3


def test_pages_and_the_order_of_a_full_cell() -> None:
    count = PAGE + 3
    sure = np.linspace(0.5, 0.9, count)
    explorer = ConfusionExplorer(pictures(count), np.zeros(count, int), scores_of(*[(s, 0.0) for s in sure]), CLASSES)
    assert "Page 1 of 2." in explorer.text.value and "doubt" not in explorer.reached
    first = explorer.still()
    explorer.page.value = 2
    assert explorer.still() != first and "doubt" in explorer.reached  # the least sure of all is the last
    explorer.said.value = 1  # an empty cell has a single page
    assert explorer.page.disabled and "Page" not in explorer.text.value and explorer.trouble.value == ""
    explorer.said.value, explorer.order.value, explorer.page.value = 0, "least sure first", 1
    assert explorer.still() != first


def test_heat_is_asked_for_once_and_for_a_page_at_most() -> None:
    asked: list[list[int]] = []

    def heat(places: Sequence[int]) -> np.ndarray:
        asked.append(list(places))
        return np.ones((len(places), 8, 8))

    count = PAGE + 3
    explorer = ConfusionExplorer(pictures(count), np.zeros(count, int), scores_of(*[(0.9, 0.0)] * count), CLASSES, heat)
    plain = explorer.still()
    assert not asked and explorer.looks in explorer.children[1].children[0].children
    explorer.looks.value = True
    assert [len(each) for each in asked] == [PAGE] and explorer.still() != plain
    explorer.looks.value = False
    assert explorer.still() == plain
    explorer.looks.value, explorer.page.value = True, 2
    assert [len(each) for each in asked] == [PAGE, 3] and sorted([*asked[0], *asked[1]]) == list(range(count))


def test_without_heat_there_is_no_box_to_tick(explorer: ConfusionExplorer) -> None:
    assert explorer.looks not in explorer.children[1].children[0].children


def test_errors_show_in_the_widget() -> None:
    def broken(places: Sequence[int]) -> np.ndarray:
        raise RuntimeError("no heat today")

    explorer = ConfusionExplorer(pictures(5), LABELS, SCORES, CLASSES, broken)
    explorer.looks.value = True
    assert "RuntimeError: no heat today" in explorer.trouble.value
    explorer.looks.value = False
    assert explorer.trouble.value == ""


@pytest.mark.parametrize(
    ("pictures_", "labels", "scores", "classes", "text"),
    [
        (pictures(4), LABELS, SCORES, CLASSES, "4 pictures, 5 labels, 3 names"),
        (pictures(5), LABELS, SCORES, CLASSES[:2], "5 pictures, 5 labels, 2 names"),
        (pictures(5), LABELS[:4], SCORES, CLASSES, r"\(4,\) and \(5, 3\)"),
        (pictures(5), LABELS + 2, SCORES, CLASSES, "outside 0 … 2"),
        (pictures(0), LABELS[:0], SCORES[:0], CLASSES, "a label for each row"),
    ],
)
def test_what_does_not_fit_says_so(
    pictures_: np.ndarray, labels: np.ndarray, scores: np.ndarray, classes: tuple[str, ...], text: str
) -> None:
    with pytest.raises(DataError, match=text):
        ConfusionExplorer(pictures_, labels, scores, classes)


# --- the picture ---


def test_the_open_cell_is_framed_and_the_pictures_stand_beside() -> None:
    view = ConfusionPicture(np.array([[3, 1], [0, 2]]), ("cat", "dog"))
    red = np.zeros((3, 8, 8), np.uint8)
    red[0] = 255
    drawn = np.asarray(Image.open(BytesIO(view.png((0, 1), [red], [("dog 60 %", "cat 30 %")]))))
    assert drawn.shape == (2 * view.size_px[1], 2 * view.size_px[0], 3)
    framed = np.argwhere((drawn == (213, 94, 0)).all(axis=2))
    row, column = (framed.mean(axis=0) / 2 - view.names_px) / view.cell_px  # in cells
    assert np.allclose((row, column), (0.5, 1.5), atol=0.05)
    photo = np.argwhere((drawn == (255, 0, 0)).all(axis=2))
    assert len(photo) == 200 * 200 and photo[:, 1].min() == 2 * view.left_px


def test_many_classes_still_fit() -> None:
    view = ConfusionPicture(np.eye(100, dtype=int), [f"class {number}" for number in range(100)])
    assert view.size_px[0] < 1400 and view.png((99, 0), [], [])


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 8, 8), (3, 8, 16), (3, 400, 300)])
def test_a_picture_of_any_shape_becomes_a_square(shape: tuple[int, int, int]) -> None:
    drawn = np.asarray(square(np.zeros(shape, np.uint8), 50))
    assert drawn.shape == (100, 100, 3)
    black = (drawn == 0).all(axis=2).mean()
    assert black == pytest.approx(min(shape[1:]) / max(shape[1:]), abs=0.03)
