"""Lesson 08's exercises: the references against torch, and right and wrong answers."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_lib.homework.exercises import lesson_08
from course_lib.homework.judge import judge

from .cards import card_words

words = partial(card_words, limit_s=5.0)
EXERCISES = {exercise.name: exercise for exercise in lesson_08.EXERCISES}
SEEDS = range(20)


def all_args(name: str) -> list[tuple[Any, ...]]:
    """The inputs of many attempts."""
    return [case.args for seed in SEEDS for case in EXERCISES[name].cases(np.random.default_rng(seed))]


@pytest.mark.parametrize("exercise", lesson_08.EXERCISES, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda *args: None, "is there a `return`?"),
        (lambda *args: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda *args: "text", "should be numbers; it is of type <U4"),
        (lambda *args: [[1], [2, 3]], ""),
        (lambda *args: np.zeros((1, 2)), "has the shape (1, 2)"),
    ],
)
def test_wrong_in_any_exercise(exercise: Any, answer: Callable[..., Any], text: str) -> None:
    assert text in words(exercise.name, answer)


# --- the references against torch -------------------------------------------------------------------------------------


def test_out_size_is_torchs() -> None:
    for n, k, s, p, d in all_args("08.out_size"):
        out = F.conv1d(torch.zeros(1, 1, n), torch.zeros(1, 1, k), stride=s, padding=p, dilation=d)
        assert lesson_08.out_size(n, k, s, p, d) == out.shape[-1]


def test_num_params_is_torchs() -> None:
    for c_in, c_out, k, groups in all_args("08.num_params"):
        layer = nn.Conv2d(c_in, c_out, k, groups=groups)
        assert lesson_08.num_params(c_in, c_out, k, groups) == sum(each.numel() for each in layer.parameters())


def test_conv2d_is_torchs() -> None:
    for x, w, stride, padding in all_args("08.conv2d"):
        expected = F.conv2d(torch.tensor(x)[None], torch.tensor(w), stride=stride, padding=padding)[0]
        np.testing.assert_allclose(lesson_08.conv2d(x, w, stride, padding), expected, rtol=1e-10, atol=1e-10)


def measured_field(layers: list[tuple[int, int, int]]) -> int:
    """From the first to the last input whose gradient is not 0 when one output is nudged."""
    length = 1  # a single output, and so much input as it takes
    for k, s, d in reversed(layers):
        length = (length + 1) * s + d * (k - 1) + 1
    y = x = torch.zeros(1, 1, length, requires_grad=True)
    for k, s, d in layers:
        y = F.conv1d(y, torch.ones(1, 1, k), stride=s, dilation=d)
    y[0, 0, 0].backward()
    assert x.grad is not None
    felt = x.grad[0, 0].nonzero()
    return int(felt[-1] - felt[0]) + 1


def test_receptive_field_is_the_impulses_gradient() -> None:
    for (layers,) in all_args("08.receptive_field"):
        if layers:
            assert lesson_08.receptive_field(layers) == measured_field(layers), layers
    assert lesson_08.receptive_field([]) == 1


# --- wrong answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s, "The result is 2, expected is 3."),
        (lambda n, k, s, p, d: (n + 2 * p - k) // s + 1, "dilation 2, padded so that the size stays"),
        (lambda n, k, s, p, d: (n + p - d * (k - 1) - 1) // s + 1, "the first layer of ResNet"),
        (lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) / s + 1, "one input is left over at the end"),
        (lambda n, k, s, p, d: n + 2 * p - d * (k - 1), "stride 2 | 5 | 3"),
        (lambda n, k, s, p: n, "It takes other arguments"),
    ],
)
def test_out_size(answer: Callable[..., Any], text: str) -> None:
    assert text in words("08.out_size", answer)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda c_in, c_out, k, groups: c_out * (c_in // groups) * k * k, "The result is 9, expected is 10."),
        (lambda c_in, c_out, k, groups: c_out * c_in * k * k + c_out, "two groups | 584 | 296"),
        (lambda c_in, c_out, k, groups: c_out * (c_in // groups) * k + c_out, "The result is 4, expected is 10."),
        (lambda c_in, c_out, k, groups: c_out * (c_in // groups) * k * k + 1, "the first layer of ResNet"),
        (lambda c_in, c_out, k, groups: c_out * k * k + c_out, "three colours in, one map out | 10 | 28"),
        (lambda c_in, c_out, k, groups: (c_out // groups) * (c_in // groups) * k * k + c_out, "two groups | 152 | 296"),
    ],
)
def test_num_params(answer: Callable[..., Any], text: str) -> None:
    assert text in words("08.num_params", answer)


def conv(x: Any, w: Any, stride: int, padding: int, **changes: Any) -> Any:
    """torch's answer, with one thing done differently."""
    if changes.get("turned"):
        w = w[:, :, ::-1, ::-1].copy()
    if changes.get("one_board"):
        x, w = x[:1], w[:, :1]
    if changes.get("edge"):
        x, padding = np.pad(x, ((0, 0), (padding, padding), (padding, padding)), mode="edge"), 0
    stride = 1 if changes.get("no_stride") else stride
    padding = 0 if changes.get("no_padding") else padding
    return F.conv2d(torch.tensor(x)[None], torch.tensor(w), stride=stride, padding=padding)[0].numpy()


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda *args: conv(*args, turned=True), "a kernel that picks the upper left pixel"),
        (lambda *args: conv(*args, one_board=True), "three colours, summed up to one map"),
        (lambda *args: conv(*args, edge=True), "padding 1, which keeps the size"),
        (lambda *args: conv(*args, no_padding=True), "has the shape (1, 2, 2); expected is (1, 4, 4)."),
        (lambda *args: conv(*args, no_stride=True), "has the shape (1, 5, 5); expected is (1, 3, 3)."),
        (lambda *args: conv(*args)[:1], "has the shape (1, 2, 2); expected is (2, 2, 2)."),
        (lambda *args: conv(*args)[0], "has the shape (2, 2); expected is (1, 2, 2)."),
        (lambda *args: conv(*args).transpose(0, 2, 1), "the first is at [0, 0, 1]: 20 instead of 12."),
        (lambda x, *rest: conv(x[:, :, : x.shape[1]], *rest), "a picture that is not square"),
        (lambda *args: -conv(*args), "has the wrong sign everywhere"),
    ],
)
def test_conv2d(answer: Callable[..., Any], text: str) -> None:
    assert text in words("08.conv2d", answer)


def test_conv2d_by_torch_and_as_a_list_passes() -> None:
    assert judge(EXERCISES["08.conv2d"], lambda *args: torch.tensor(conv(*args))).status == "passed"


def test_conv2d_must_leave_the_picture_alone() -> None:
    def answer(x: Any, w: Any, stride: Any, padding: Any) -> Any:
        x += 1
        return conv(x - 1, w, stride, padding)

    assert "changed its input `x`" in words("08.conv2d", answer)


def field(layers: Any, *, late: bool = False, dilated: bool = True, strided: bool = True, first: int = 1) -> int:
    seen, step = first, 1
    for k, s, d in layers:
        if late and strided:
            step *= s
        seen += (d if dilated else 1) * (k - 1) * step
        if strided and not late:
            step *= s
    return seen


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda layers: field(layers, first=0), "The result is 2, expected is 3."),
        (lambda layers: sum(k for k, _, _ in layers), "a pixel sees itself | 0 | 1"),
        (lambda layers: max((k for k, _, _ in layers), default=1), "two layers of 3 × 3 | 3 | 5"),
        (lambda layers: field(layers, dilated=False), "dilation 2 | 3 | 5"),
        (lambda layers: field(layers, strided=False), "whose steps are 2 inputs wide | 5 | 7"),
        (lambda layers: field(layers, late=True), "whose steps are 2 inputs wide | 9 | 7"),
        (lambda layers: field(layers[::-1]), "whose steps are 2 inputs wide | 5 | 7"),
    ],
)
def test_receptive_field(answer: Callable[..., Any], text: str) -> None:
    assert text in words("08.receptive_field", answer)
