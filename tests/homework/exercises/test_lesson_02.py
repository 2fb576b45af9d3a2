"""Lesson 02's exercises on right and wrong answers."""

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from course_lib.homework.exercises import find, lesson_02
from course_lib.homework.judge import judge

from .cards import card_words

words = partial(card_words, limit_s=1.0)


@pytest.mark.parametrize("exercise", lesson_02.EXERCISES, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda *args: None, "is there a `return`?"),
        (lambda *args: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda *args: "text", ""),
        (lambda *args: [[1], [2, 3]], ""),
        (lambda *args: (None, None), ""),
        (lambda *args: np.array(3.0), ""),
    ],
)
def test_wrong_in_any_exercise(exercise: Any, answer: Callable[..., Any], text: str) -> None:
    assert text in words(exercise.name, answer)


@pytest.mark.parametrize("exercise", lesson_02.EXERCISES, ids=lambda exercise: exercise.name)
def test_loops_forever(exercise: Any) -> None:
    def answer(*args: Any) -> Any:
        while True:
            pass

    assert "nothing within 0.1 seconds" in words(exercise.name, answer, limit_s=0.1)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda guesses, y: (guesses == y).sum(), "The result is 3, expected is 0.75."),
        (lambda guesses, y: (guesses != y).mean(), "The result is 0.25, expected is 0.75."),
        (lambda guesses, y: 100 * (guesses == y).mean(), "The result is 75, expected is 0.75."),
        (lambda guesses, y: guesses == y, "it is True and False"),
        (lambda guesses, y: -(guesses == y).mean(), "The result has the wrong sign."),
    ],
)
def test_accuracy(answer: Callable[..., Any], text: str) -> None:
    assert text in words("02.accuracy", answer)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda w, b, X: np.where(X @ w + b >= 0, -1, 1), "The result has the wrong sign everywhere."),
        (lambda w, b, X: np.where(X @ w + b > 0, 1, -1), "exactly on the line"),
        (lambda w, b, X: np.where(X @ w >= 0, 1, -1), "a line that does not pass through 0"),
        (lambda w, b, X: np.where(X @ w - b >= 0, 1, -1), "a line that does not pass through 0"),
        (lambda w, b, X: np.where(X @ w + b >= 0, 1, 0), "0 instead of -1"),
        (lambda w, b, X: X @ w + b >= 0, "it is True and False"),
        (lambda w, b, X: X @ w + b, "the first is at [0]: 2 instead of 1."),
        (lambda w, b, X: np.where(X @ w + b >= 0, 1, -1)[:, None], "has the shape (2, 1); expected is (2,)."),
        (lambda w, b, X: np.where(w @ X[0] + b >= 0, 1, -1), "has the shape (); expected is (2,)."),
        (lambda w, b, X: np.where(X @ w + b >= 0, "1", "-1"), "should be numbers; it is of type <U2"),
        (lambda w, b: 1, "It takes other arguments"),
    ],
)
def test_predict(answer: Callable[..., Any], text: str) -> None:
    assert text in words("02.predict", answer)


def test_predict_changes_its_input() -> None:
    def predict(w: Any, b: Any, X: Any) -> Any:
        X -= b
        return np.where(X @ w + b >= 0, 1, -1)

    assert "changed its input `X`" in words("02.predict", lambda w, b, X: predict(w, b + 1, X))


def test_predict_with_a_loop_passes() -> None:
    def predict(w: Any, b: Any, X: Any) -> Any:
        return [1.0 if float(np.dot(w, x)) + b >= 0 else -1.0 for x in X]

    assert judge(find("02.predict"), predict).status == "passed"


def step(w: Any, b: Any, x: Any, y: Any, *, at_zero: int = 1, w_sign: int = 1, b_sign: int = 1) -> Any:
    score = w @ x + b
    guess = at_zero if score == 0 else (1 if score > 0 else -1)
    return (w, b) if guess == y else (w + w_sign * y * x, b + b_sign * y)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda w, b, x, y: (w + y * x, b + y), "where nothing may change"),
        (lambda w, b, x, y: step(w, b, x, y, w_sign=-1), "a -1 point on the + side"),
        (lambda w, b, x, y: step(w, b, x, y, b_sign=-1), "result[1] has the wrong sign."),
        (lambda w, b, x, y: step(w, b, x, y, b_sign=0), "result[1] is 0, expected is -1."),
        (lambda w, b, x, y: step(w, b, x, y, at_zero=-1), "a score of exactly 0"),
        (lambda w, b, x, y: step(w, b, x, y)[::-1], "result[0] has the shape (); expected is (2,)."),
        (lambda w, b, x, y: step(w, b, x, y)[0], "should be a tuple of 2 values"),
        (lambda w, b, x, y: (*step(w, b, x, y), 1), "should hold 2 values; it holds 3."),
        (lambda w, b, x, y: (w > 0, b), "result[0] should be numbers; it is True and False."),
    ],
)
def test_perceptron_step(answer: Callable[..., Any], text: str) -> None:
    assert text in words("02.perceptron_step", answer)


def test_perceptron_step_in_place_is_seen() -> None:
    def perceptron_step(w: Any, b: Any, x: Any, y: Any) -> Any:
        if (1 if w @ x + b >= 0 else -1) != y:
            w += y * x
            b += y
        return w, b

    text = words("02.perceptron_step", perceptron_step)
    assert "changed its input `w`" in text and "w = [-1, -2] after the call | w = [1, -1], as before" in text


def fit(X: Any, y: Any, epochs: Any, *, bias: bool = True, sign: int = 1, rounds: int | None = None) -> Any:
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs if rounds is None else rounds):
        for x_i, y_i in zip(X, y, strict=True):
            if y_i * (w @ x_i + b) <= 0:
                w, b = w + sign * y_i * x_i, (b + y_i) * bias
    return w, b


def endless(X: Any, y: Any, epochs: Any) -> Any:
    w, b = np.zeros(X.shape[1]), 0.0
    while (lesson_02.predict(w, b, X) != y).any():
        w, b = fit(X, y, 500)
    return w, b


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda X, y, epochs: fit(X, y, epochs, sign=-1), "points that it was given on the wrong side"),
        (lambda X, y, epochs: fit(X, y, epochs, bias=False), "two clouds that no line through 0 separates"),
        (lambda X, y, epochs: fit(X, y, epochs, rounds=0), "has 20 of 40 points that it was given"),
        (lambda X, y, epochs: (fit(X, y, epochs)[0][:, None], 0.0), "w has the shape (2, 1)"),
        (lambda X, y, epochs: fit(X, y, epochs)[0], "It should return a pair (w, b)."),
        (lambda X, y, epochs: (fit(X, y, epochs)[0] > 0, True), "w of shape (2,) and a number b"),
        (endless, "only `epochs` ends the training | nothing within 1 seconds"),
    ],
)
def test_fit_perceptron(answer: Callable[..., Any], text: str) -> None:
    assert text in words("02.fit_perceptron", answer)


@pytest.mark.parametrize("seed", range(10))
def test_fit_perceptron_that_returns_after_one_epoch(seed: int) -> None:
    verdict = judge(find("02.fit_perceptron"), lambda X, y, epochs: lesson_02.fit_perceptron(X, y, 1), seed)
    assert verdict.status == "failed"


def test_fit_perceptron_needs_the_hidden_points() -> None:
    def memorises(X: Any, y: Any, epochs: Any) -> Any:
        return np.zeros(X.shape[1]), 0.0

    case = next(iter(lesson_02.fit_cases(np.random.default_rng(0))))
    X, y, epochs = case.args
    seen_only = dataclasses.replace(case, hidden=(X, -y))
    assert lesson_02.separates(case, lesson_02.fit_perceptron(X, y, epochs), None) is None
    difference = lesson_02.separates(seen_only, lesson_02.fit_perceptron(X, y, epochs), (np.zeros(2), 0.0))
    assert difference is not None and "has 40 of 40 new points" in difference.why


def test_fit_perceptron_shuffles_the_callers_points() -> None:
    def answer(X: Any, y: Any, epochs: Any) -> Any:
        np.random.default_rng(0).shuffle(y)
        return fit(X, y, epochs)

    assert "changed its input `y`" in words("02.fit_perceptron", answer, limit_s=10)


def deal(n: Any, ratio: Any, seed: Any, *, num_train: int | None = None) -> Any:
    order = np.random.default_rng(seed).permutation(n)
    num_train = round(n * ratio) if num_train is None else num_train
    return order[:num_train], order[num_train:]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda n, ratio, seed: deal(n, ratio, seed, num_train=int(n * ratio)), "only rounding gets right"),
        (
            lambda n, ratio, seed: deal(n, ratio, seed, num_train=round(n * ratio) + 1),
            "should have 8 numbers; it has 9.",
        ),
        (lambda n, ratio, seed: deal(n, 1 - ratio, seed), "should have 8 numbers; it has 2."),
        (lambda n, ratio, seed: (deal(n, ratio, seed)[0], deal(n, ratio, seed + 1)[1]), "is in both sets"),
        (lambda n, ratio, seed: (deal(n, ratio, seed)[0], deal(n, ratio, seed)[1][1:]), "is in neither set."),
        (lambda n, ratio, seed: [part + 1 for part in deal(n, ratio, seed)], "10 is none of the numbers 0 … 9."),
        (lambda n, ratio, seed: ([0] * 8, [1, 2]), "0 is dealt out twice."),
        (lambda n, ratio, seed: deal(n, ratio, 0), "gave the same split: it is not drawn by chance."),
        (lambda n, ratio, seed: deal(n, ratio, None), "Two calls with the same seed 0 gave two different splits."),
        (lambda n, ratio, seed: deal(n, ratio, seed)[0], "It should return (train, test)."),
        (lambda n, ratio, seed: [part / 1 for part in deal(n, ratio, seed)], "should be a row of integers"),
        (lambda n, ratio, seed: [part[None] for part in deal(n, ratio, seed)], "should be a row of integers"),
    ],
)
def test_split(answer: Callable[..., Any], text: str) -> None:
    assert text in words("02.split", answer)


def test_split_with_lists_passes() -> None:
    import random

    def answer(n: Any, ratio: Any, seed: Any) -> Any:
        numbers = list(range(n))
        random.Random(seed).shuffle(numbers)
        return numbers[: round(n * ratio)], numbers[round(n * ratio) :]

    assert judge(find("02.split"), answer).status == "passed"
