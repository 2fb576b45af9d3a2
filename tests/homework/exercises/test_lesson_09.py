"""Lesson 09's exercises on right and wrong answers, and against torch."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.homework.exercises import lesson_09
from course_lib.homework.judge import judge

from .cards import card_words

words = partial(card_words, limit_s=20.0)
EXERCISES = {exercise.name: exercise for exercise in lesson_09.EXERCISES}


@pytest.mark.parametrize("exercise", lesson_09.EXERCISES, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda *args: None, "is there a `return`?"),
        (lambda *args: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda *args: "text", ""),
        (lambda *args: [[1], [2, 3]], ""),
    ],
)
def test_wrong_in_any_exercise(exercise: Any, answer: Callable[..., Any], text: str) -> None:
    assert text in words(exercise.name, answer)


def test_references_are_torchs() -> None:
    rng = np.random.default_rng(0)
    x, maps = rng.normal(0, 3, 50), rng.normal(size=(3, 11, 8))
    leaky, elu = nn.functional.leaky_relu(torch.tensor(x), 0.2), nn.functional.elu(torch.tensor(x), 1.3)
    assert np.allclose(lesson_09.leaky_relu(x, 0.2), leaky) and np.allclose(lesson_09.elu(x, 1.3), elu)
    pooled = nn.functional.max_pool2d(torch.tensor(maps), 3, 2)
    assert np.array_equal(lesson_09.max_pool(maps, 3, 2), pooled)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda x, a: np.where(x > 0, x, a), "differs in 2 of 3 values; the first is at [0]: 0.1 instead of -0.2."),
        (lambda x, a: np.maximum(x, 0), "a score on each side of 0"),
        (lambda x, a: np.maximum(x, a * x), "a above 1, as PReLU may learn it"),
        (lambda x, a: np.where(x > 0, x, -a * x), "the first is at [0]: 0.2 instead of -0.2."),
        (lambda x: x, "It takes other arguments"),
    ],
)
def test_leaky_relu(answer: Callable[..., Any], text: str) -> None:
    assert text in words("09.leaky_relu", answer)


def elu_in_place(x: Any, a: Any) -> Any:
    x[x < 0] = a * np.expm1(x[x < 0])
    return x


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda x, a: np.where(x > 0, x, np.exp(x) - 1), "a = 2 | "),
        (lambda x, a: np.where(x > 0, x, a * np.exp(x)), "0.5 instead of -0.5."),
        (lambda x, a: np.where(x > 0, x, a * np.exp(x) - 1), "a = 2 | "),
        (lambda x, a: a * (np.exp(x) - 1), "scores above 0, which stay as they are"),
        (lambda x, a: max(x[0], a * (np.exp(x[0]) - 1)), "has the shape (); expected is (2,)."),
        (elu_in_place, "changed its input `x`"),
    ],
)
def test_elu(answer: Callable[..., Any], text: str) -> None:
    assert text in words("09.elu", answer)


def test_elu_that_overflows_on_the_unused_side_passes() -> None:
    with np.errstate(over="ignore"):
        answer = judge(EXERCISES["09.elu"], lambda x, a: np.where(x > 0, x, a * (np.exp(x) - 1)))
    assert answer.status == "passed"


def pool(x: Any, k: Any, s: Any, *, start: float = -np.inf, step: int | None = None, partly: bool = False) -> Any:
    step = s if step is None else step
    height, width = ((side - (1 if partly else k)) // step + 1 for side in x.shape[1:])
    out = np.full((len(x), height, width), start)
    for i in range(height):
        for j in range(width):
            window = x[:, i * step : i * step + k, j * step : j * step + k]
            out[:, i, j] = np.maximum(out[:, i, j], window.max(axis=(1, 2)))
    return out


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda x, k, s: pool(x, k, s, start=0.0), "values below 0 only"),
        (lambda x, k, s: pool(x, k, s, step=k), "stride 1: the windows overlap"),
        (lambda x, k, s: pool(x, k, s, partly=True), "has the shape (1, 4, 4); expected is (1, 3, 3)."),
        (lambda x, k, s: pool(x, k, s)[0], "has the shape (2, 2); expected is (1, 2, 2)."),
        (lambda x, k, s: pool(x.max(axis=0, keepdims=True), k, s), "each is pooled on its own"),
        (lambda x, k, s: -pool(-x, k, s), "one map of 4 × 4"),
        (lambda x, k, s: pool(x, k, s).transpose(0, 2, 1), "the first is at [0, 0, 1]"),
    ],
)
def test_max_pool(answer: Callable[..., Any], text: str) -> None:
    assert text in words("09.max_pool", answer)


def test_max_pool_with_loops_passes() -> None:
    assert judge(EXERCISES["09.max_pool"], lambda x, k, s: pool(x, k, s)).status == "passed"


def features(*more: nn.Module, activation: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    parts = [nn.Conv2d(3, 16, 3, padding=1), activation(), nn.AvgPool2d(4), nn.Conv2d(16, 32, 3, padding=1)]
    return nn.Sequential(*parts, activation(), nn.AvgPool2d(2), nn.Flatten(), *more)


def frozen(num_classes: int) -> nn.Module:
    return lesson_09.build_cnn(num_classes).requires_grad_(False)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda k: nn.Sequential(nn.Flatten(), nn.Linear(3072, k)), "There is no convolution in it"),
        (
            lambda k: nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(16 * 1024, k)),
            "It has 164,298 parameters. Most of them sit where the maps are flattened",
        ),
        (lambda k: features(nn.Linear(512, 9)), "have the shape (3, 9); expected is (3, 10)."),
        (lambda k: features(nn.Linear(512, 10)), "have the shape (3, 10); expected is (3, 2)."),
        (lambda k: features(nn.Linear(512, k), activation=nn.Identity), "Nothing in it bends"),
        (lambda k: features(nn.Linear(512, k), nn.Softmax(dim=1)), "Leave the softmax out"),
        (lambda k: features(nn.Linear(512, k), nn.LogSoftmax(dim=1)), "Leave the softmax out"),
        (lambda k: features(nn.Linear(500, k)), "mat1 and mat2 shapes cannot be multiplied (3x512 and 500x10)"),
        (lambda k: nn.Sequential(lesson_09.build_cnn(k), nn.ReLU(), Scale(0.001)), "It does not learn: 100 steps"),
        (frozen, "does not require grad"),
        (lambda k: nn.Conv2d, "It should return an nn.Module."),
    ],
)
def test_build_cnn(answer: Callable[..., Any], text: str) -> None:
    assert text in words("09.build_cnn", answer)


class Scale(nn.Module):
    """Scores that are too small to learn from."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.factor * x


@pytest.mark.parametrize("activation", [nn.ReLU, nn.Tanh, nn.ELU, nn.PReLU])
def test_build_cnn_in_other_ways_passes(activation: type[nn.Module]) -> None:
    verdict = judge(EXERCISES["09.build_cnn"], lambda k: features(nn.Linear(512, k), activation=activation))
    assert verdict.status == "passed", verdict


def pooled_to_a_pixel(num_classes: int) -> nn.Module:
    parts = [nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*parts, nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, num_classes))


@pytest.mark.parametrize("answer", [pooled_to_a_pixel, lambda k: features(nn.LazyLinear(k))])
def test_build_cnn_with_other_classifiers_passes(answer: Callable[[int], nn.Module]) -> None:
    verdict = judge(EXERCISES["09.build_cnn"], answer)
    assert verdict.status == "passed", verdict


def with_itself(f: Any, X: Any, y: Any) -> Any:
    return y[(np.square(f(X)[:, None] - f(X)[None]).sum(-1)).argmin(axis=1)]


def second_in_order(f: Any, X: Any, y: Any) -> Any:
    return y[np.square(f(X)[:, None] - f(X)[None]).sum(-1).argsort(axis=1, kind="stable")[:, 1]]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (with_itself, "five grey pictures"),
        (second_in_order, "pictures that are equal but not the same one"),
        (lambda f, X, y: lesson_09.knn_on_features(lesson_09.pixels, X, y), "These are the nearest by pixels."),
        (lambda f, X, y: y, "Each picture got its own class"),
        (lambda f, X, y: np.mean(lesson_09.knn_on_features(f, X, y) == y), "has the shape (); expected is (5,)."),
        (lambda f, X, y: lesson_09.knn_on_features(lambda X: -(f(X) ** 3), X, y), "differs in"),
    ],
)
def test_knn_on_features(answer: Callable[..., Any], text: str) -> None:
    assert text in words("09.knn_on_features", answer)


def test_knn_is_scikit_learns_and_features_beat_pixels() -> None:
    from sklearn.neighbors import KNeighborsClassifier

    X, y = lesson_09.coloured_squares(np.random.default_rng(1))
    by_colour = lesson_09.knn_on_features(lesson_09.mean_colour, X, y)
    by_pixels = lesson_09.knn_on_features(lesson_09.pixels, X, y)
    assert (by_colour == y).all() and (by_pixels == y).mean() < 0.9
    for i in range(len(X)):
        others = np.arange(len(X)) != i
        neighbour = KNeighborsClassifier(1).fit(lesson_09.pixels(X[others]), y[others])
        assert neighbour.predict(lesson_09.pixels(X[[i]])) == by_pixels[i]
