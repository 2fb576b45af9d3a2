"""Lesson 14's exercises on right and wrong answers, against torch, and on the stubs that the notebook shows."""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.homework.exercises import find, lesson_14
from course_lib.homework.exercises.lesson_14 import given, notices_order
from course_lib.homework.judge import judge
from course_lib.models.backbones.transformer_blocks import SelfAttention

from .cards import card_words, graded_rows

words = partial(card_words, limit_s=20.0)


@pytest.mark.parametrize("exercise", lesson_14.EXERCISES, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda *args: None, ""),
        (lambda *args: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda *args: "text", ""),
        (lambda *args: [[1], [2, 3]], ""),
        (lambda: 0, "It takes other arguments"),
    ],
)
def test_wrong_in_any_exercise(exercise: Any, answer: Callable[..., Any], text: str) -> None:
    assert text in words(exercise.name, answer)


# --- patchify ---------------------------------------------------------------------------------------------------------


def test_patchify_is_torchs_unfold_and_comes_back() -> None:
    x = np.random.default_rng(0).normal(size=(3, 2, 12, 8))
    words = lesson_14.patchify(x, 4)
    assert np.array_equal(words, F.unfold(torch.tensor(x), 4, stride=4).transpose(1, 2))
    assert np.array_equal(F.fold(torch.tensor(words).transpose(1, 2), (12, 8), 4, stride=4), x)


def with_loops(x: Any, p: Any) -> Any:
    patches = [
        x[:, :, i : i + p, j : j + p].reshape(len(x), -1)
        for i in range(0, x.shape[2], p)
        for j in range(0, x.shape[3], p)
    ]
    return np.stack(patches, axis=1)


def test_patchify_with_loops_passes() -> None:
    assert judge(find("14.patchify"), with_loops).status == "passed"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda x, p: lesson_14.patchify(x.transpose(0, 1, 3, 2), p), "differs in"),
        (lambda x, p: lesson_14.cut(x, p, (0, 4, 2, 1, 3, 5)), "row and column are exchanged"),
        (lambda x, p: lesson_14.cut(x, p, (0, 2, 4, 1, 5, 3)), "Inside each patch, rows and columns are exchanged."),
        (lambda x, p: lesson_14.cut(x, p, (0, 2, 4, 3, 5, 1)), "the channels come last"),
        (lambda x, p: lesson_14.cut(x, p, (0, 1, 2, 4, 3, 5)), "each patch holds all of them"),
        (lambda x, p: x.reshape(len(x), -1, x.shape[1] * p * p), "`transpose` has moved nothing"),
        (lambda x, p: lesson_14.patchify(x, p).transpose(0, 2, 1), "differs in"),
        (lambda x, p: lesson_14.patchify(x, p)[0], "has the shape (4, 4); expected is (1, 4, 4)."),
        (lambda x, p: lesson_14.patchify(x[:1], p), "two pictures | "),
        (lambda x, p: lesson_14.patchify(x[:, :1], p), "a colour picture that is one patch | "),
    ],
)
def test_patchify(answer: Callable[..., Any], text: str) -> None:
    assert text in words("14.patchify", answer)


# --- attention --------------------------------------------------------------------------------------------------------


def test_attention_is_torchs() -> None:
    torch.manual_seed(0)
    q, k, v = torch.randn(2, 3, 5, 4), torch.randn(2, 3, 7, 4), torch.randn(2, 3, 7, 6)
    assert torch.allclose(lesson_14.attention(q, k, v), F.scaled_dot_product_attention(q, k, v), atol=1e-6)
    assert judge(find("14.attention"), lambda q, k, v: F.scaled_dot_product_attention(q, k, v)).status == "passed"


def by_hand(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    weights = (q @ k.transpose(-1, -2) / math.sqrt(k.shape[-1])).exp()
    return weights / weights.sum(-1, keepdim=True) @ v


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda q, k, v: (q @ k.transpose(-1, -2)).softmax(-1) @ v, "The scores are not divided by √d."),
        (lambda q, k, v: lesson_14.attend(q, k, v, scale=1 / q.shape[-1]), "it is the square root of d"),
        (lambda q, k, v: lesson_14.attend(q, k, v, scale=len(k) ** -0.5), "differs"),
        (lambda q, k, v: lesson_14.attend(q, k, v, dim=-2), "The softmax runs over the questions."),
        (lambda q, k, v: q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 @ v, "There is no softmax"),
        (lambda q, k, v: lesson_14.attend(k, q, v), ""),
        (lambda q, k, v: lesson_14.attend(q, k, k), "a question of zeros"),
        (lambda q, k, v: (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).softmax(-1), "has the shape (1, 3)"),
        (lambda q, k, v: (q @ k.T / q.shape[-1] ** 0.5).softmax(-1) @ v, "a batch of two | "),
        (by_hand, "exp is too large for a computer"),
    ],
)
@pytest.mark.filterwarnings("ignore:The use of `x.T`")
def test_attention(answer: Callable[..., Any], text: str) -> None:
    assert text in words("14.attention", answer)


# --- MultiHeadSelfAttention -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dim", "num_heads"), [(4, 1), (12, 3), (6, 6)])
def test_multi_head_is_torchs(dim: int, num_heads: int) -> None:
    weights, x = given(dim)
    torchs = nn.MultiheadAttention(dim, num_heads, batch_first=True)
    names = {"in_proj_weight": "qkv.weight", "in_proj_bias": "qkv.bias"}
    names |= {"out_proj.weight": "proj.weight", "out_proj.bias": "proj.bias"}
    torchs.load_state_dict({name: weights[ours] for name, ours in names.items()})
    found = lesson_14.look_at_attention(lesson_14.MultiHeadSelfAttention, dim, num_heads)
    assert torch.allclose(found["output"], torchs(x, x, x)[0], atol=1e-5)


class Learners(nn.Module):
    """A learner's answer; what its subclasses do otherwise is wrong."""

    def __init__(self, dim: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def cut(self, x: Tensor) -> Tensor:
        return x.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def join(self, x: Tensor) -> Tensor:
        return x.transpose(1, 2).flatten(2)

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return lesson_14.attention(q, k, v)

    def forward(self, x: Tensor) -> Tensor | None:
        q, k, v = (self.cut(part) for part in self.qkv(x).split(x.shape[2], dim=2))
        return self.proj(self.join(self.attend(q, k, v)))


class NoProjection(Learners):
    def forward(self, x: Tensor) -> Tensor:
        return self.join(self.attend(*(self.cut(part) for part in self.qkv(x).chunk(3, dim=2))))


class NoScale(Learners):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return (q @ k.transpose(-1, -2)).softmax(-1) @ v


class ScaledByDim(Learners):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return lesson_14.attend(q, k, v, scale=(q.shape[-1] * self.num_heads) ** -0.5)


class WrongSoftmax(Learners):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return lesson_14.attend(q, k, v, dim=-2)


class OneHead(Learners):
    def cut(self, x: Tensor) -> Tensor:
        return x[:, None]


class CutWrong(Learners):
    def cut(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), self.num_heads, x.shape[1], -1)


class CutAndJoinedWrong(CutWrong):
    def join(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), x.shape[2], -1)


class JoinedWrong(Learners):
    def join(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), x.shape[2], -1)


class HeadsAttend(Learners):
    def cut(self, x: Tensor) -> Tensor:
        return x.reshape(*x.shape[:2], self.num_heads, -1)

    def join(self, x: Tensor) -> Tensor:
        return x.flatten(2)


class Exchanged(Learners):
    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return lesson_14.attention(k, q, v)


class Silent(Learners):
    def forward(self, x: Tensor) -> None:
        super().forward(x)


class NoProj(Learners):
    def __init__(self, dim: int, num_heads: int) -> None:
        super().__init__(dim, num_heads)
        self.proj = nn.Identity()  # type: ignore[assignment]


class NoBias(Learners):
    def __init__(self, dim: int, num_heads: int) -> None:
        super().__init__(dim, num_heads)
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)


class TooWide(Learners):
    def __init__(self, dim: int, num_heads: int) -> None:
        super().__init__(dim, num_heads)
        self.qkv = nn.Linear(dim, 3 * dim * num_heads)


class Extra(Learners):
    def __init__(self, dim: int, num_heads: int) -> None:
        super().__init__(dim, num_heads)
        self.norm = nn.LayerNorm(dim)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (NoProjection, "one head | "),
        (NoProjection, "The output projection is missing"),
        (NoScale, "The scores are not divided by √d."),
        (ScaledByDim, "divided by √dim. Each head has d = dim / num_heads numbers"),
        (WrongSoftmax, "The softmax runs over the questions."),
        (OneHead, "two heads of two numbers | "),
        (OneHead, "It is one large head"),
        (CutWrong, "The heads are cut along the wrong axis"),
        (CutAndJoinedWrong, "It is cut and put together along the wrong axis"),
        (JoinedWrong, "put together in the wrong order"),
        (HeadsAttend, "The heads attend to one another, not the tokens"),
        (Exchanged, "q and k are exchanged"),
        (Silent, "`forward` returned None"),
        (NoProj, "There is no `proj.weight`: is `proj` made in __init__"),
        (NoBias, "There is no `qkv.bias`"),
        (TooWide, "`qkv.weight` has the shape (24, 4); expected is (12, 4)."),
        (Extra, "There is `norm.weight`, which should not be there."),
        (lambda dim, num_heads: SelfAttention, "should be a torch.nn.Module"),
    ],
)
def test_multi_head(answer: Callable[..., Any], text: str) -> None:
    assert text in words("14.MultiHeadSelfAttention", answer)


@pytest.mark.parametrize("answer", [Learners, SelfAttention])
def test_multi_head_in_other_ways_passes(answer: Callable[..., Any]) -> None:
    verdict = judge(find("14.MultiHeadSelfAttention"), answer)
    assert verdict.status == "passed", verdict


# --- notices_order ----------------------------------------------------------------------------------------------------


def test_networks_are_told_apart() -> None:
    torch.manual_seed(0)
    layer, x = SelfAttention(12, 3), torch.randn(9, 12)
    places = torch.randn(9, 12)
    assert not notices_order(lambda t: layer(t[None])[0], x, torch.randperm(9))
    assert notices_order(lambda t: layer((t + places)[None])[0], x, torch.arange(9).flip(0))


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            lambda f, x, perm: not torch.allclose(f(x[perm]), f(x)),
            "a function that treats each token for itself | True",
        ),
        (lambda f, x, perm: torch.allclose(f(x[perm]), f(x)[perm], atol=1e-4), "so no, it does not notice."),
        (lambda f, x, perm: not torch.equal(f(x[perm]), f(x)[perm]), "self-attention without positions | True"),
        (lambda f, x, perm: True, "each token for itself | True | False"),
        (lambda f, x, perm: False, "a sum from the left, as far as each token | False | True"),
        (lambda f, x, perm: f is lesson_14.from_the_left, "an order that is the old one"),
        (lambda f, x, perm: not torch.allclose(f(x[perm])[perm], f(x), atol=1e-4), "each token for itself"),
        (lambda f, x, perm: not torch.allclose(f(x[perm]).sum(0), f(x).sum(0), atol=1e-4), ""),
        (lambda f, x, perm: (f(x[perm]) - f(x)[perm]).max() > 1e-4, "every difference is below 0 | False | True"),
        (lambda f, x, perm: (f(x[perm]) - f(x)[perm])[0].abs().max() > 1e-4, "the first token stays | False | True"),
        (lambda f, x, perm: (f(x[perm]) - f(x)[perm]).abs() > 1e-4, "One True or False is asked for"),
        (lambda f, x, perm: (f(x[perm]) - f(x)[perm]).abs().max(), "One True or False is asked for"),
        (lambda f, x, perm: f(x.copy_(x[perm])) is x, "changed its input `x`"),
    ],
)
def test_notices_order(answer: Callable[..., Any], text: str) -> None:
    assert text in words("14.notices_order", answer)


def test_a_tensor_of_one_truth_value_will_do() -> None:
    def answer(f: Any, x: Any, perm: Any) -> Any:
        return ((f(x[perm]) - f(x)[perm]).abs() > 1e-4).any()

    for seed in range(5):
        assert judge(find("14.notices_order"), answer, seed).status == "passed"


# --- in the grader ----------------------------------------------------------------------------------------------------

SUBMISSION = """
import torch
from torch import nn

def patchify(x, p):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // p, p, W // p, p).transpose(0, 2, 4, 1, 3, 5).reshape(N, -1, C * p * p)

def attention(q, k, v):
    return (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).softmax(-1) @ v

class MultiHeadSelfAttention(nn.Module):
    def __init__(self, dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x):
        heads = [part.unflatten(2, (self.num_heads, -1)).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=2)]
        return PROJ(attention(*heads).transpose(1, 2).flatten(2))

def notices_order(f, x, perm):
    return not torch.allclose(f(x[perm]), f(x)[perm], atol=1e-4)
"""


def test_submissions_are_graded_in_the_sandbox(tmp_path: Path) -> None:
    submissions = {"right": SUBMISSION.replace("PROJ", "self.proj"), "wrong": SUBMISSION.replace("PROJ", "")}
    rows, page = graded_rows("14", tmp_path, submissions)
    assert rows[0][1:-1] == [exercise.name for exercise in lesson_14.EXERCISES]
    assert rows[1:] == [["right", "2", "2", "3", "2", "9"], ["wrong", "2", "2", "0", "2", "6"]]
    assert "The output projection is missing" in page
