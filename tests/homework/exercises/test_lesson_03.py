"""Lesson 03's exercises on right and wrong answers."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from course_lib.homework.exercises import find, lesson_03
from course_lib.homework.judge import judge

from .cards import card_words

words = np.errstate(all="ignore")(partial(card_words, limit_s=2.0))


@pytest.mark.parametrize("exercise", lesson_03.EXERCISES, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda *args: None, "is there a `return`?"),
        (lambda *args: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda *args: "text", "should be numbers"),
        (lambda *args: [[1], [2, 3]], ""),
        (lambda *args: np.zeros((7, 7)), "has the shape (7, 7)"),
    ],
)
def test_wrong_in_any_exercise(exercise: Any, answer: Callable[..., Any], text: str) -> None:
    assert text in words(exercise.name, answer)


def net(x: Any, *, both_at: float = 1.5, weight: float = -2.0, bias: float = -0.5) -> int:
    either, both = int(x[0] + x[1] >= 0.5), int(x[0] + x[1] >= both_at)
    return int(either + weight * both + bias >= 0)


def test_xor_net_wired_in_other_ways() -> None:
    def one_sided(x: Any) -> float:
        return float((x[0] - x[1] >= 0.5) + (x[1] - x[0] >= 0.5) >= 0.5)

    def smooth(x: Any) -> Any:
        h = np.maximum(np.array([x[0] + x[1], x[0] + x[1] - 1]), 0)
        return np.round(np.clip(h @ [1, -2], 0, 1))

    for answer in (net, one_sided, smooth):
        for seed in range(20):
            assert judge(find("03.xor_net"), answer, seed).status == "passed"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda x: net(x, both_at=0.5), "The result is 0, expected is 1."),
        (lambda x: net(x, weight=1.0), "both switches up | 1 | 0"),
        (lambda x: net(x, bias=0.5), "both switches down | 1 | 0"),
        (lambda x: net(x, bias=-1.5), "the second switch up | 0 | 1"),
        (lambda x: 1 if x[0] + x[1] >= 0.5 else 0, "both switches up | 1 | 0"),
        (lambda x: 1 if x[0] != x[1] else 0, "worn switches: each is only near 0 or 1 | 1 | 0"),
        (lambda x: net(x, both_at=1.9), "worn switches"),
        (lambda x: int(x[0]) ^ int(x[1]), "worn switches"),
        (lambda x: x[0] + x[1] - 2 * x[0] * x[1], "worn switches"),
        (lambda x: (x[0] >= 0.5) != (x[1] >= 0.5), "it is True and False"),
        (lambda x: x[0] ^ x[1], "TypeError"),
        (lambda x: 1 - net(x), "both switches down | 1 | 0"),
        (lambda a, b: net((a, b)), "It takes other arguments"),
    ],
)
def test_xor_net(answer: Callable[..., Any], text: str) -> None:
    assert text in words("03.xor_net", answer)


def forward(
    X: Any, params: Any, *, relu: Callable[[Any], Any] = lambda score: np.maximum(score, 0), at_end: bool = False
) -> Any:
    for index, (W, b) in enumerate(params):
        X = X @ W + b
        X = relu(X) if at_end or index < len(params) - 1 else X
    return X


def test_mlp_forward_is_torchs() -> None:
    rng = np.random.default_rng(0)
    params = lesson_03.random_params(rng, 4, 6, 5, 3)
    X = rng.normal(size=(7, 4))
    found = torch.tensor(X)
    for index, (W, b) in enumerate(params):
        found = torch.nn.functional.linear(found, torch.tensor(W.T), torch.tensor(b))
        found = torch.relu(found) if index < 2 else found
    assert np.allclose(lesson_03.mlp_forward(X, params), found.numpy())


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda X, params: forward(X, params, at_end=True), "which is the last: its scores may be negative"),
        (lambda X, params: forward(X, params, relu=lambda score: score), "only one of them fires"),
        (lambda X, params: forward(X, params, relu=np.tanh), "a hidden layer of two neurons"),
        (lambda X, params: forward(X, params, relu=np.abs), "a hidden layer of two neurons"),
        (lambda X, params: forward(X, [(W, 0 * b) for W, b in params]), "a single layer"),
        (lambda X, params: forward(X, [(W, -b) for W, b in params]), "a single layer"),
        (lambda X, params: forward(X, params[:-1]), "a single layer"),
        (lambda X, params: forward(X, params[-1:]), "ValueError: matmul"),
        (lambda X, params: forward(X, params[:1] + params[1:][-1:]), "3 layers: 2 → 4 → 3 → 3"),
        (lambda X, params: forward(X, [(W.T, b) for W, b in params]), "a single layer"),
        (lambda X, params: forward(X, params).argmax(axis=1), "has the shape (1,); expected is (1, 2)."),
        (lambda X, params: forward(X, params).T, "It is transposed."),
        (lambda X, params: forward(X[0], params), "has the shape (2,); expected is (1, 2)."),
        (lambda X, params: lesson_03.softmax(forward(X, params)), "a single layer"),
    ],
)
def test_mlp_forward(answer: Callable[..., Any], text: str) -> None:
    assert text in words("03.mlp_forward", answer)


def test_mlp_forward_in_place_is_seen() -> None:
    def answer(X: Any, params: Any) -> Any:
        last_W, last_b = params.pop()
        return forward(X, params) @ last_W + last_b

    assert "changed its input `params`" in words("03.mlp_forward", lambda X, params: answer(X, params))


def test_mlp_forward_a_point_at_a_time_passes() -> None:
    def answer(X: Any, params: Any) -> Any:
        return [forward(x, params).tolist() for x in X]

    assert judge(find("03.mlp_forward"), answer).status == "passed"


def test_softmax_is_torchs() -> None:
    z = np.random.default_rng(0).normal(0, 300, (5, 6))
    assert np.allclose(lesson_03.softmax(z), torch.softmax(torch.tensor(z), dim=1).numpy())


def naive(z: Any, axis: int | None = 1) -> Any:
    return np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (naive, "large scores: exp(1000) is too large for a computer | [[nan, nan]]"),
        (lambda z: naive(z, axis=None), "three rows, each on its own"),
        (lambda z: naive(z, axis=0), "two equal scores: a half each | [[1., 1.]]"),
        (lambda z: np.exp(z) / np.exp(z).sum(axis=1), "three rows, each on its own"),
        (lambda z: naive(z - z.max()), "a row of large scores and a row of small ones"),
        (lambda z: naive(np.clip(z, -500, 500)), "large scores"),
        (lambda z: naive(np.minimum(z, 700)), "large scores"),
        (lambda z: naive(np.where(z > 700, z - 1000, z)), "very negative scores"),
        (lambda z: naive(z - z.min(axis=1, keepdims=True)), "one score far above the others"),
        (lambda z: naive(z - z.mean(axis=1, keepdims=True)), "one score far above the others"),
        (lambda z: z / z.sum(axis=1, keepdims=True), "two equal scores"),
        (lambda z: np.exp(z), "two equal scores"),
        (lambda z: lesson_03.softmax(-z), "the logarithms of 1, 2 and 5"),
        (lambda z: np.log(lesson_03.softmax(z)), "two equal scores"),
        (lambda z: np.exp2(z) / np.exp2(z).sum(axis=1, keepdims=True), "the logarithms of 1, 2 and 5"),
        (lambda z: lesson_03.softmax(z)[0], "has the shape (2,); expected is (1, 2)."),
        (lambda z: lesson_03.softmax(z).max(axis=1), "has the shape (1,); expected is (1, 2)."),
    ],
)
def test_softmax(answer: Callable[..., Any], text: str) -> None:
    assert text in words("03.softmax", answer)


def test_softmax_in_place_is_seen() -> None:
    def softmax(z: Any) -> Any:
        z -= z.max(axis=1, keepdims=True)
        return naive(z)

    assert "changed its input `z`" in words("03.softmax", softmax)


def test_softmax_a_row_at_a_time_passes() -> None:
    def answer(z: Any) -> Any:
        return [torch.softmax(torch.tensor(row), dim=0).tolist() for row in z]

    assert judge(find("03.softmax"), answer).status == "passed"
