"""Lesson 16's exercises on right and wrong answers, against torch, scikit-learn and the library."""

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix
from torch import Tensor, nn

from course_lib import interpret
from course_lib.homework.exercises import find, lesson_16
from course_lib.homework.exercises.lesson_16 import NETWORKS, cam, confusion, grad_cam, softmax, topk
from course_lib.homework.grading.referee import make_task
from course_lib.homework.judge import judge

from .cards import card_words

words = partial(card_words, limit_s=20.0)


@pytest.mark.parametrize("exercise", lesson_16.EXERCISES, ids=lambda exercise: exercise.name)
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda *args: None, "is there a `return`?"),
        (lambda *args: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda *args: "text", ""),
        (lambda *args: [[1], [2, 3]], ""),
        (lambda: 0, "It takes other arguments"),
    ],
)
def test_wrong_in_any_exercise(exercise: Any, answer: Callable[..., Any], text: str) -> None:
    assert text in words(exercise.name, answer)


def passes(name: str, answer: Callable[..., Any]) -> bool:
    return judge(find(name), answer).status == "passed"


# --- topk -------------------------------------------------------------------------------------------------------------


def test_topk_is_torchs() -> None:
    logits = np.random.default_rng(0).normal(0, 3, (6, 9))
    chances, classes = torch.tensor(logits).softmax(dim=1).topk(4)
    assert np.array_equal(topk(logits, 4)[0], classes) and np.allclose(topk(logits, 4)[1], chances)


def beside(order: np.ndarray, chances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return order, np.take_along_axis(chances, order, axis=1)


def among_the_best(logits: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    classes, _ = topk(logits, k)
    return classes, softmax(np.take_along_axis(logits, classes, axis=1))


def overflowing(logits: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(over="ignore", invalid="ignore"):
        return beside(topk(logits, k)[0], np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda logits, k: beside(np.argsort(logits, axis=1)[:, :k], softmax(logits)), "These are the LEAST likely"),
        (lambda logits, k: beside(np.argsort(logits, axis=1)[:, -k:], softmax(logits)), "but the likeliest comes last"),
        (lambda logits, k: beside(topk(logits, k)[0], logits), "These are logits."),
        (among_the_best, "over the k best only"),
        (lambda logits, k: topk(logits, k)[::-1], "The two are exchanged"),
        (lambda logits, k: (topk(logits, k)[0], softmax(logits)[:, :k]), "those of the first k classes"),
        (overflowing, "large logits"),
        (lambda logits, k: topk(logits, k)[0], "should be a tuple of 2 values"),
        (lambda logits, k: tuple(each[0] for each in topk(logits, k)), "has the shape (1,); expected is (1, 1)."),
        (
            lambda logits, k: beside(np.argsort(-logits[0])[:k][None].repeat(len(logits), 0), softmax(logits)),
            "two pictures, each with an order of its own",
        ),
    ],
)
def test_topk(answer: Callable[..., Any], text: str) -> None:
    assert text in words("16.topk", answer)


def test_topk_with_torch_passes() -> None:
    def answer(logits: np.ndarray, k: int) -> tuple[Tensor, Tensor]:
        chances, classes = torch.tensor(logits).softmax(dim=1).topk(k)
        return classes, chances

    assert passes("16.topk", answer)


# --- confusion --------------------------------------------------------------------------------------------------------


def test_confusion_is_scikit_learns() -> None:
    y, p = np.random.default_rng(0).integers(0, 5, (2, 300))
    assert np.array_equal(confusion(y, p, 6), confusion_matrix(y, p, labels=range(6)))


def one_each(y: np.ndarray, p: np.ndarray, n: int) -> np.ndarray:
    matrix = np.zeros((n, n), dtype=int)
    matrix[y, p] += 1
    return matrix


def shares(y: np.ndarray, p: np.ndarray, n: int) -> np.ndarray:
    counts = confusion(y, p, n)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda y, p, n: confusion(p, y, n), "It is transposed: the true class says the row"),
        (one_each, "Equal mistakes count once only"),
        (shares, "These are shares of the rows."),
        (lambda y, p, n: confusion(y, p, n) * (1 - np.eye(n, dtype=int)), "The right answers are missing"),
        (lambda y, p, n: confusion_matrix(y, p), "classes 1 and 3 do not occur"),
        (lambda y, p, n: np.bincount(n * y + p, minlength=n * n), "has the shape (4,); expected is (2, 2)."),
        (lambda y, p, n: np.mean(y == p), "has the shape (); expected is (2, 2)."),
    ],
)
def test_confusion(answer: Callable[..., Any], text: str) -> None:
    assert text in words("16.confusion", answer)


def with_a_loop(y: np.ndarray, p: np.ndarray, n: int) -> list[list[int]]:
    matrix = [[0] * n for _ in range(n)]
    for true, said in zip(y, p, strict=True):
        matrix[true][said] += 1
    return matrix


def test_confusion_in_other_ways_passes() -> None:
    assert passes("16.confusion", with_a_loop)
    assert passes("16.confusion", lambda y, p, n: confusion_matrix(y, p, labels=range(n)))
    assert passes("16.confusion", lambda y, p, n: np.eye(n)[y].T @ np.eye(n)[p])


# --- cam --------------------------------------------------------------------------------------------------------------


class Ending(nn.Module):
    """Maps come in; the mean and a linear layer follow."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.maps, self.linear = nn.Identity(), nn.Linear(channels, classes)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.linear(self.maps(x).mean(dim=(2, 3)))
        return logits


def test_cam_is_the_librarys() -> None:
    torch.manual_seed(0)
    model, x = Ending(6, 4), torch.rand(1, 6, 5, 5)
    for c in range(4):
        theirs = interpret.cam(model, x, c, "maps")[0]
        mine = cam(x[0].numpy(), model.linear.weight.detach().numpy(), c)
        assert np.allclose(mine, theirs, atol=1e-5)


def weighed(features: np.ndarray, weight: np.ndarray, c: int) -> np.ndarray:
    return np.tensordot(weight[c], features, 1)


def scaled(sums: np.ndarray) -> np.ndarray:
    return (sums - sums.min()) / max(float(np.ptp(sums)), 1e-9)


def unsafe(sums: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.maximum(sums, 0) / np.maximum(sums, 0).max()


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda f, w, c: weighed(f, w, c) / weighed(f, w, c).max(), "What speaks against the class is below 0"),
        (lambda f, w, c: np.maximum(weighed(f, w, c), 0), "The largest value should become 1"),
        (lambda f, w, c: weighed(f, w, c), "so 1 and a half"),
        (lambda f, w, c: scaled(weighed(f, w, c)), "The smallest value was moved to 0"),
        (lambda f, w, c: unsafe(weighed(f, w, c)), "0 / 0 is no number"),
        (lambda f, w, c: lesson_16.heat(np.maximum(w[c][:, None, None] * f, 0).sum(0)), "Add up first, then set to 0"),
        (lambda f, w, c: lesson_16.heat(np.abs(weighed(f, w, c))), "counts as if it spoke for it"),
        (lambda f, w, c: lesson_16.heat(f.sum(axis=0)), "The maps were added up without their weights."),
        (lambda f, w, c: cam(f, w, (c + 1) % len(w)), "These are the places that speak for class"),
        (lambda f, w, c: cam(f, w, c).T, "It is transposed."),
        (lambda f, w, c: cam(f, w, c)[None], "has the shape (1, 2, 2); expected is (2, 2)."),
    ],
)
def test_cam(answer: Callable[..., Any], text: str) -> None:
    assert text in words("16.cam", lambda features, weight, c: answer(features, weight, c))


def test_cam_that_changes_its_maps_is_seen() -> None:
    def answer(features: np.ndarray, weight: np.ndarray, c: int) -> np.ndarray:
        features *= weight[c][:, None, None]
        return lesson_16.heat(features.sum(axis=0))

    assert "changed its input `features`" in words("16.cam", answer)


# --- grad_cam ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_grad_cam_is_the_librarys(name: str) -> None:
    model, x = NETWORKS[name](), torch.randn(1, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    if name == lesson_16.PLAIN:
        x = x.abs()
    for c in range(4):
        theirs = interpret.grad_cam(model, x, c, "features")[0]
        mine = grad_cam(model, x, c)[None, None]
        larger = nn.functional.interpolate(mine, (6, 6), mode="bilinear", align_corners=False)[0, 0]
        assert torch.allclose(larger / larger.max().clamp(min=1e-12), theirs, atol=1e-4)


def test_grad_cam_equals_cam_where_the_mean_and_a_linear_layer_follow() -> None:
    model, x = NETWORKS[lesson_16.CONV](), torch.randn(1, 3, 8, 8)
    linear = model.classifier[-1]
    assert isinstance(linear, nn.Linear)
    for c in range(4):
        by_cam = cam(model.features(x)[0].detach().numpy(), linear.weight.detach().numpy(), c)
        assert np.allclose(grad_cam(model, x, c), by_cam, atol=1e-5)


def by_gradient(
    model: Any,
    x: Tensor,
    c: int,
    *,
    weigh: Callable[[Tensor], Tensor] = lambda gradient: gradient.mean((2, 3), True),
    target: Callable[[Tensor, int], Tensor] = lambda logits, c: logits[0, c],
    finish: Callable[[Tensor], Tensor] = lesson_16.normed,
) -> Tensor:
    maps = model.features(x).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(target(model.classifier(maps), c), maps)
    return finish((weigh(gradient) * maps.detach()).sum(dim=1)[0])


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (dict(weigh=lambda g: g.amax((2, 3), True)), "the largest value of its gradient; it should be the mean"),
        (dict(weigh=lambda g: g), "a map's weight is ONE number, the mean"),
        (dict(weigh=lambda g: g.mean((2, 3), True).clamp(min=0)), "Only maps that speak for the class were weighed"),
        (dict(weigh=lambda g: torch.ones_like(g)), "The maps were added up without their weights."),
        (dict(target=lambda logits, c: logits.max()), "This is the gradient of logit"),
        (dict(target=lambda logits, c: logits[0, 0]), "This is the gradient of logit 0, not of logit 1."),
        (dict(target=lambda logits, c: logits.sum()), "of all logits together"),
        (dict(target=lambda logits, c: logits.softmax(1)[0, c]), "This is the gradient of the probability."),
        (dict(finish=lambda sums: sums / sums.max()), "What speaks against the class is below 0"),
        (dict(finish=lambda sums: sums.clamp(min=0)), "The largest value should become 1"),
        (
            dict(finish=lambda sums: (sums - sums.min()) / (sums.max() - sums.min())),
            "The smallest value was moved to 0",
        ),
        (dict(finish=lambda sums: sums.clamp(min=0) / sums.clamp(min=0).max()), "0 / 0 is no number"),
        (dict(finish=lambda sums: lesson_16.normed(sums)[None]), "has the shape (1, 2, 2); expected is (2, 2)."),
    ],
)
def test_grad_cam(changes: dict[str, Any], text: str) -> None:
    assert text in words("16.grad_cam", lambda model, x, c: by_gradient(model, x, c, **changes))


def in_training_mode(model: Any, x: Tensor, c: int) -> Tensor:
    heat = grad_cam(model, x, c)
    model.train()
    return heat


def with_backward(model: Any, x: Tensor, c: int) -> Tensor:
    maps = model.features(x).detach().requires_grad_()
    logits = model.classifier(maps)
    if any(parameter.requires_grad for parameter in model.parameters()):
        logits[0, c].backward()
    assert maps.grad is not None
    return lesson_16.normed((maps.grad.mean((2, 3), True) * maps.detach()).sum(dim=1)[0])


def frozen_for_good(model: Any, x: Tensor, c: int) -> Tensor:
    model.requires_grad_(False)
    return grad_cam(model, x, c)


def with_a_hook(model: Any, x: Tensor, c: int) -> Tensor:
    model.features.register_forward_hook(lambda module, inputs, output: None)
    return grad_cam(model, x, c)


def with_zeros(model: Any, x: Tensor, c: int) -> Tensor:
    heat = grad_cam(model, x, c)
    for parameter in model.classifier.parameters():
        torch.nn.init.zeros_(parameter)
    return heat


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (in_training_mode, "The heat is right. It is in training mode now."),
        (with_backward, "The heat is right. Its parameters hold gradients now."),
        (frozen_for_good, "The heat is right. Its parameters' requires_grad is another now."),
        (with_a_hook, "The heat is right. It still has your hook."),
        (with_zeros, "The heat is right. Its weights, or what its BatchNorm counts, are others now."),
    ],
)
def test_grad_cam_leaves_the_model_as_it_was(answer: Callable[..., Any], text: str) -> None:
    assert text in words("16.grad_cam", answer)


def test_grading_looks_at_the_model_and_not_only_at_what_comes_back() -> None:
    assert not any(make_task(find("16.grad_cam"), seed=0).replayed)


def test_heat_without_asking_the_model_is_seen() -> None:
    def from_the_weights(model: Any, x: Tensor, c: int) -> Tensor:
        weight = model.classifier[2].weight.detach()[c]
        return lesson_16.normed((weight[:, None, None] * x[0]).sum(dim=0))

    assert "The model was never asked." in words("16.grad_cam", from_the_weights)
    assert passes("16.grad_cam", lambda model, x, c: grad_cam(copy.deepcopy(model), x, c))


def test_grad_cam_in_training_mode_meanwhile_is_wrong() -> None:
    def answer(model: Any, x: Tensor, c: int) -> Tensor:
        model.train()
        heat = grad_cam(model, x, c)
        model.eval()
        return heat

    assert "differs in" in words("16.grad_cam", answer) or "BatchNorm counts" in words("16.grad_cam", answer)


def test_a_frozen_network_needs_a_gradient_in_the_maps() -> None:
    def answer(model: Any, x: Tensor, c: int) -> Tensor:
        maps = model.features(x if len(list(model.features.parameters())) else x.clone().requires_grad_())
        (gradient,) = torch.autograd.grad(model.classifier(maps)[0, c], maps)
        return lesson_16.normed((gradient.mean((2, 3), True) * maps.detach()).sum(dim=1)[0])

    assert "a frozen network" in words("16.grad_cam", answer)


def with_a_hook_that_goes(model: Any, x: Tensor, c: int) -> Tensor:
    kept: list[Tensor] = []
    hook = model.features.register_forward_hook(lambda module, inputs, output: kept.append(output))
    logits = model(x.clone().requires_grad_())
    hook.remove()
    (gradient,) = torch.autograd.grad(logits[0, c], kept[0])
    heat = (gradient.mean((2, 3), True) * kept[0]).sum(dim=1)[0].relu()
    return heat / max(float(heat.detach().max()), 1e-9)


def test_grad_cam_by_a_hook_passes() -> None:
    assert passes("16.grad_cam", with_a_hook_that_goes)


def test_the_sum_of_the_gradient_gives_the_same_heat() -> None:
    assert passes("16.grad_cam", lambda model, x, c: by_gradient(model, x, c, weigh=lambda g: g.sum((2, 3), True)))
