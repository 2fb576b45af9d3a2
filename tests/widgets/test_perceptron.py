"""The perceptron's steps, by hand and by the theorem; the two widgets, driven by their values."""

import math

import ipywidgets
import numpy as np
import pytest

from course_lib.widgets import LineExplorer, PerceptronStepper
from course_lib.widgets.perceptron import Walk, arithmetic, correct, count, formula, next_mistake, run_to_end, start

X = np.array([[2.0, 1.0], [-1.0, 1.0], [0.0, -2.0], [-3.0, 0.5]])
Y = np.array([1, -1, 1, -1])


def clouds(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points at least 0.3 away from the line w·x = 0, with their classes and w of length 1."""
    rng = np.random.default_rng(seed)
    w = rng.normal(size=2)
    w /= math.hypot(*w)
    points = rng.uniform(-2, 2, size=(60, 2))
    points = points[np.abs(points @ w) > 0.3]
    return points, np.where(points @ w >= 0, 1, -1), w


def test_first_steps_by_hand() -> None:
    walk = start()
    assert next_mistake(X, Y, walk) == 1  # at 0 every point counts as +1
    walk = correct(X, Y, walk, 1)
    assert (walk.w.tolist(), walk.b, walk.corrections, walk.next_point) == ([1.0, -1.0], -1.0, 1, 2)
    # (2, 1): 2 - 1 - 1 = 0, which counts as +1; (0, -2): 2 - 1 = 1; (-3, 0.5): -3 - 0.5 - 1 = -4.5: all are right
    assert next_mistake(X, Y, walk) is None


def test_next_mistake_goes_round() -> None:
    walk = Walk(np.zeros(2), 0.0, 0, next_point=2)
    assert next_mistake(X, Y, walk) == 3
    assert next_mistake(X, Y, Walk(np.zeros(2), 0.0, 0, next_point=4)) == 1


@pytest.mark.parametrize("seed", range(5))
def test_novikoffs_bound(seed: int) -> None:
    points, y, _ = clouds(seed)
    walk = run_to_end(points, y, start())
    assert next_mistake(points, y, walk) is None
    radius_squared = float((points**2).sum(axis=1).max()) + 1  # the bias is a feature that is always 1
    assert walk.corrections <= radius_squared / 0.3**2


def test_what_cannot_be_separated_ends() -> None:
    square = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    assert run_to_end(square, np.array([1, 1, -1, -1]), start(), 50).corrections == 50


def test_formula_and_arithmetic() -> None:
    assert formula(np.array([0.5, -1.25]), 0.0) == "score = 0.5 · x1 - 1.25 · x2 + 0"
    assert formula(np.array([-0.5, 1.0]), -2.0, ("ink", "tilt")) == "score = -0.5 · ink + 1 · tilt - 2"
    rows = dict(arithmetic(X, Y, Walk(np.array([1.0, 1.0]), 1.0), 1))
    assert rows["score"] == "(1, 1) · (-1, 1) + 1 = 1"
    assert rows["so it says"] == "+1, which is wrong"
    assert rows["new w"] == "(1, 1) - (-1, 1) = (2, 0)" and rows["new b"] == "1 - 1 = 0"
    assert count(1, "mistake") == "1 mistake" and count(1000, "mistake") == "1,000 mistakes"


def test_line_explorer_redraws_and_counts() -> None:
    explorer = LineExplorer(X, Y, features=("ink", "tilt"))
    before = explorer.still()
    explorer.w2.value = -2.0
    assert explorer.still() != before and explorer.still().startswith(b"\x89PNG")
    assert "1 · ink - 2 · tilt + 0" in explorer.text.value and explorer.trouble.value == ""
    for name, value in (("w1", 1.0), ("w2", -1.0), ("b", -1.1)):
        getattr(explorer, name).value = value
    # (2, 1) has the score 2 - 1 - 1.1 = -0.1
    assert explorer.num_mistakes == 1 and "<b>1 mistake</b> among 4 points" in explorer.text.value
    explorer.b.value = -1.0
    assert explorer.num_mistakes == 0 and "0 mistakes after 4 moves" in explorer.text.value


def test_line_explorer_says_when_the_goal_is_reached() -> None:
    explorer = LineExplorer(X[:2], Y[:2])
    explorer.w2.value = 0.1
    assert explorer.num_mistakes == 0 and "0 mistakes after 1 move. Well steered!" in explorer.text.value


def test_a_goal_that_points_allow_which_no_line_separates() -> None:
    corners, lamp = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([-1, 1, 1, -1])
    explorer = LineExplorer(corners, lamp, max_mistakes=1)
    shown = [each.value for each in explorer.children[0].children[1].children if isinstance(each, ipywidgets.HTML)]
    assert "Goal: 1 mistake at the most." in shown[0] and "<b>2 mistakes</b> among 4 points" in explorer.text.value
    explorer.w2.value = 1.0
    explorer.b.value = -0.5  # only (1, 1) is wrong: 1 + 1 - 0.5 = 1.5, and the lamp is off
    assert explorer.num_mistakes == 1 and "1 mistake after 2 moves. Well steered!" in explorer.text.value


def test_errors_show_in_the_widget() -> None:
    explorer = LineExplorer(X, Y)
    explorer.X = "no points"  # type: ignore[assignment]
    explorer.b.value = 1.0
    assert "Error" in explorer.trouble.value
    explorer.X = X
    explorer.b.value = 0.5
    assert explorer.trouble.value == ""


def test_stepper_walks_like_the_functions() -> None:
    points, y, _ = clouds(0)
    stepper = PerceptronStepper(points, y)
    stepper.step_button.click()
    assert stepper.walk.corrections == 1 and "new w" in stepper.text.value
    assert "1 correction, " in stepper.text.value
    stepper.end_button.click()
    walk = run_to_end(points, y, start())
    assert (
        walk.corrections > 1
        and stepper.walk.w.tolist() == walk.w.tolist()
        and stepper.walk.corrections == walk.corrections
    )
    assert stepper.step_button.disabled and "No mistake left" in stepper.text.value
    stepper.step_button.click()
    stepper.again_button.click()
    assert stepper.walk.corrections == 0 and not stepper.step_button.disabled
    assert stepper.trouble.value == ""


def test_stepper_gives_up_where_there_is_no_line() -> None:
    square = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    stepper = PerceptronStepper(square, np.array([1, 1, -1, -1]))
    stepper.end_button.click()
    assert "1,000 corrections and still" in stepper.text.value


def test_still_is_part_of_the_saved_output() -> None:
    explorer = LineExplorer(X, Y)
    assert isinstance(explorer, ipywidgets.Widget) and explorer._repr_png_() == explorer.still()
