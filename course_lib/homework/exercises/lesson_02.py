"""Lesson 02, the perceptron: classes are -1 and +1; a point is a row of X (N, D); the score is w·x + b."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..compare import Case, Difference, short, to_array
from ..exercise import Answer, Exercise

# --- accuracy, a warm-up with one blank -------------------------------------------------------------------------------

ACCURACY = '''def accuracy(guesses, y):
    """The share of right guesses, from 0 to 1; guesses and y: (N,) classes."""
    right = np.asarray(guesses) == np.asarray(y)  # True where the guess is right
    return right.sum() / ...
'''


def accuracy(guesses: np.ndarray, y: np.ndarray) -> float:
    return float((guesses == y).mean())


def accuracy_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((np.array([1, 1, -1, -1]), np.array([1, -1, -1, -1])), "four guesses, three of them right")
    yield Case((np.array([1, -1]), np.array([-1, 1])), "two guesses, both wrong")
    yield Case((np.array([1]), np.array([1])), "a single guess")
    for size in (7, 50):
        yield Case((rng.choice([-1, 1], size), rng.choice([-1, 1], size)))


# --- predict ----------------------------------------------------------------------------------------------------------

PREDICT = '''def predict(w, b, X):
    """The class of each point: +1 where the score w·x + b is 0 or more, otherwise -1.

    w: (D,) weights, b: number, X: (N, D) points; returns (N,).
    """
    ...
'''


def predict(w: np.ndarray, b: float, X: np.ndarray) -> np.ndarray:
    return np.where(X @ w + b >= 0, 1, -1)


def predict_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((np.array([1.0, 0.0]), 0.0, np.array([[2.0, 1.0], [-2.0, 1.0]])), "two points left and right of a line")
    yield Case((np.array([1.0, 1.0]), -3.0, np.array([[1.0, 1.0], [2.0, 2.0]])), "a line that does not pass through 0")
    yield Case(
        (np.array([1.0, -1.0]), 0.0, np.array([[3.0, 3.0]])), "a point exactly on the line, where the score is 0"
    )
    yield Case((np.array([1.0, 2.0]), 0.5, np.zeros((0, 2))), "no points at all")
    for features in (2, 3, 64):
        yield Case((rng.normal(size=features), float(rng.normal()), rng.normal(size=(8, features))))


# --- perceptron_step --------------------------------------------------------------------------------------------------

STEP = '''def perceptron_step(w, b, x, y):
    """Look at one point. If it is on the wrong side, move the line; if not, leave it.

    w: (D,) weights, b: number, x: (D,) point, y: its class, -1 or +1.
    Returns the new (w, b); the w that came in stays as it was.
    """
    ...
'''


def perceptron_step(w: np.ndarray, b: float, x: np.ndarray, y: int) -> tuple[np.ndarray, float]:
    guess = 1 if w @ x + b >= 0 else -1
    return (w, b) if guess == y else (w + y * x, b + y)


def step_cases(rng: np.random.Generator) -> Iterator[Case]:
    w, x = np.array([1.0, -1.0]), np.array([2.0, 1.0])
    yield Case((w, 0.0, x, -1), "a -1 point on the + side")
    yield Case((w, -2.0, x, 1), "a +1 point on the - side")
    yield Case((w, 0.0, x, 1), "a point on its right side, where nothing may change")
    yield Case((np.zeros(2), 0.0, x, -1), "a score of exactly 0, which counts as +1, so that this -1 is a mistake")
    yield Case((np.zeros(2), 0.0, x, 1), "a score of exactly 0, which counts as +1, so that this +1 is right")
    for _ in range(8):
        features = int(rng.integers(2, 10))
        yield Case(
            (rng.normal(size=features), float(rng.normal()), rng.normal(size=features), int(rng.choice([-1, 1])))
        )


# --- fit_perceptron ---------------------------------------------------------------------------------------------------

FIT = '''def fit_perceptron(X, y, epochs):
    """Learn a line that separates the two classes.

    Start at w = 0, b = 0. In each epoch visit every point once and correct each mistake.
    X: (N, D) points, y: (N,) classes -1 and +1; returns (w, b) after `epochs` epochs at the most.
    """
    ...
'''


def fit_perceptron(X: np.ndarray, y: np.ndarray, epochs: int) -> tuple[np.ndarray, float]:
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, label in zip(X, y, strict=True):
            w, b = perceptron_step(w, b, x, label)
        if (predict(w, b, X) == y).all():
            break
    return w, b


def fit_cases(rng: np.random.Generator) -> Iterator[Case]:
    square = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    yield two_clouds(rng, np.array([1.0, 1.0]), 0.0, "two clouds around 0")
    yield two_clouds(rng, np.array([1.0, -2.0]), 3.0, "two clouds that no line through 0 separates")
    yield two_clouds(rng, rng.normal(size=6), 1.0, "two clouds with 6 features")
    yield two_clouds(rng, np.array([1.0, 1.0]), -10.0, "two clouds far from 0, for which one epoch is not enough")
    xor = np.array([1, 1, -1, -1])
    yield Case((square, xor, 10), "points that no line separates, so that only `epochs` ends the training")


def two_clouds(rng: np.random.Generator, w: np.ndarray, b: float, note: str) -> Case:
    """20 points on each side of the line w·x + b = 0, at least 0.7 away from it, in shuffled order.

    The hidden points are mixtures of points of one class: whoever separates the visible ones has these right, too.
    """
    normal, length = w / np.linalg.norm(w), np.linalg.norm(w)
    y = rng.permutation(np.repeat([-1, 1], 20))
    along = rng.normal(size=(40, len(w)))
    along -= np.outer(along @ normal, normal)  # (N, D), within the line
    X = along + np.outer(y * rng.uniform(0.7, 1.5, size=40) - b / length, normal)  # (N, D)
    hidden_y = np.repeat([-1, 1], 25)
    hidden_X = np.stack([rng.dirichlet(np.ones(20)) @ X[y == label] for label in hidden_y])  # (50, D)
    return Case((X, y, 500), note, (hidden_X, hidden_y))


def separates(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether (w, b) has every point right, those that the function was given and the hidden ones."""
    X, y, _ = case.args
    wanted = f"w of shape ({X.shape[1]},) and a number b"
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        why = "The function returned None: is there a `return`?" if got is None else "It should return a pair (w, b)."
        return Difference(short(got), wanted, why)
    w, b = to_array(got[0]), to_array(got[1])
    if w.shape != (X.shape[1],) or b.size != 1 or w.dtype.kind not in "iuf" or b.dtype.kind not in "iuf":
        return Difference(short(got), wanted, f"w has the shape {w.shape} and b the shape {b.shape}.")
    if case.hidden is None:
        return None
    for points, labels, which in ((X, y, "points that it was given"), (*case.hidden, "new points of the same clouds")):
        wrong = int((predict(w, b.item(), points) != labels).sum())
        if wrong:
            why = f"The line has {wrong} of {len(points)} {which} on the wrong side."
            return Difference(short(got), f"every point on its side, such as {short(expected)}", why)
    return None


# --- split ------------------------------------------------------------------------------------------------------------

SPLIT = '''def split(n, ratio, seed):
    """Deal the numbers 0 … n-1 out to a training and a test set, by chance.

    The training set gets round(n * ratio) of them. The same seed gives the same split, another seed another one.
    Returns (train, test), two arrays of integers.
    """
    ...
'''


def split(n: int, ratio: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(seed).permutation(n)
    num_train = round(n * ratio)
    return order[:num_train], order[num_train:]


def split_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((10, 0.8, 0), "ten pictures, 8:2")
    yield Case((50, 0.58, 1), "a number that only rounding gets right, as 50 * 0.58 is 28.999999999999996")
    yield Case((4, 0.75, 3), "four pictures")
    for _ in range(4):
        yield Case((int(rng.integers(30, 200)), float(rng.choice([0.5, 0.7, 0.9])), int(rng.integers(1000))))


def split_three_times(answer: Answer, n: int, ratio: float, seed: int) -> dict[str, Any]:
    """The split, the same one again, and one with the next seed."""
    return {"split": answer(n, ratio, seed), "again": answer(n, ratio, seed), "next": answer(n, ratio, seed + 1)}


def splits_fairly(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether every number is in one of the two parts, and the seed alone decides in which."""
    n, ratio, seed = case.args
    pair = got["split"]
    wanted = short(expected["split"])
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        why = "The function returned None: is there a `return`?" if pair is None else "It should return (train, test)."
        return Difference(short(pair), wanted, why)
    train, test = (to_array(part) for part in pair)
    for name, part in (("train", train), ("test", test)):
        if part.ndim != 1 or (part.size and part.dtype.kind not in "iu"):
            why = f"`{name}` should be a row of integers; it has the shape {part.shape} and the type {part.dtype}."
            return Difference(short(pair), wanted, why)
    why = _unfair(n, ratio, train.tolist(), test.tolist())
    if not why and short(got["again"], 10**6) != short(pair, 10**6):
        why = f"Two calls with the same seed {seed} gave two different splits."
    elif not why and n >= 30 and short(got["next"], 10**6) == short(pair, 10**6):
        why = f"The seeds {seed} and {seed + 1} gave the same split: it is not drawn by chance."
    return Difference(short(pair), wanted, why) if why else None


def _unfair(n: int, ratio: float, train: list[int], test: list[int]) -> str:
    both = set(train) & set(test)
    if both:
        return f"{min(both)} is in both sets: a test with questions from the lessons tests nothing."
    twice = [number for number in {*train, *test} if (train + test).count(number) > 1]
    if twice:
        return f"{min(twice)} is dealt out twice."
    outside = {*train, *test} - set(range(n))
    if outside:
        return f"{min(outside)} is none of the numbers 0 … {n - 1}."
    missing = set(range(n)) - {*train, *test}
    if missing:
        return f"{min(missing)} is in neither set."
    wanted = round(n * ratio)
    return "" if len(train) == wanted else f"The training set should have {wanted} numbers; it has {len(train)}."


EXERCISES = (
    Exercise(
        "02.accuracy",
        ACCURACY,
        accuracy,
        accuracy_cases,
        hints=(
            "`right.sum()` counts the True, as True is 1. Out of how many?",
            "Divide by the number of all guesses: `len(right)`.",
        ),
    ),
    Exercise(
        "02.predict",
        PREDICT,
        predict,
        predict_cases,
        hints=(
            "`X @ w` gives the N products w·x at once. What has to be added to each of them?",
            "`np.where(condition, a, b)` picks a or b for each value. Try a score of 0 by hand: which class is it?",
        ),
        points=2,
    ),
    Exercise(
        "02.perceptron_step",
        STEP,
        perceptron_step,
        step_cases,
        hints=(
            "Compute the score of the point and from it the class, as in `predict`. Is it y? Then nothing changes.",
            "For a mistake return `w + y * x` and `b + y`. Beware of `w += …`: it changes the caller's array.",
        ),
        points=2,
    ),
    Exercise(
        "02.fit_perceptron",
        FIT,
        fit_perceptron,
        fit_cases,
        hints=(
            "Two loops: the outer one counts epochs, the inner one goes over `zip(X, y)` and calls `perceptron_step`.",
            "Begin with `w = np.zeros(X.shape[1])` and `b = 0.0`. Inside: `w, b = perceptron_step(w, b, x_i, y_i)`. "
            "The `return` stands after both loops.",
        ),
        compare=separates,
        points=3,
        limit_s=10.0,
    ),
    Exercise(
        "02.split",
        SPLIT,
        split,
        split_cases,
        hints=(
            "Shuffle all numbers once, then cut the row in two. What is cut from one row cannot be in both parts.",
            "`np.random.default_rng(seed).permutation(n)` shuffles 0 … n-1. Cut it at `round(n * ratio)`.",
        ),
        compare=splits_fairly,
        use=split_three_times,
        points=2,
    ),
)
