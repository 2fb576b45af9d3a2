"""Lesson 16, what a network sees: top-k, the confusion matrix, CAM and Grad-CAM."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..compare import Case, Difference, close, first_difference, short, to_array
from ..exercise import Answer, Exercise

# --- topk -------------------------------------------------------------------------------------------------------------

TOPK = '''def topk(logits, k):
    """The k likeliest classes of each picture, the likeliest first, and their probabilities.

    logits: an array (N, K). Returns two arrays (N, k): the classes as whole numbers, and the probabilities, which are
    the softmax over ALL K classes.
    """
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))  # softmax (lesson 03) in two steps
    chances = powers / powers.sum(axis=1, keepdims=True)
    classes = ...  # (N, k)
    return classes, np.take_along_axis(chances, classes, axis=1)
'''


def topk(logits: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    chances = softmax(logits)
    classes = np.argsort(-chances, axis=1)[:, :k]
    return classes, np.take_along_axis(chances, classes, axis=1)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Over the last axis of (N, K)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def topk_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((np.log([[0.1, 0.2, 0.7]]), 1), "one picture, its likeliest class: 0.7 at place 2")
    yield Case((np.log([[0.1, 0.2, 0.7]]), 2), "the likeliest two of three")
    yield Case((np.log([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]]), 2), "two pictures, each with an order of its own")
    yield Case((np.array([[3.0, -1.0, 1.0, 2.0]]), 4), "all classes, from the likeliest to the least likely")
    yield Case((np.array([[1000.0, 998.0, 999.0]]), 2), "large logits")
    for _ in range(3):
        num, classes = int(rng.integers(1, 5)), int(rng.integers(4, 9))
        yield Case((rng.normal(0, 2, size=(num, classes)).round(3), int(rng.integers(2, 4))))


def topk_mistakes(logits: np.ndarray, k: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """What the usual mistakes give, by the advice."""
    chances, (classes, best) = softmax(logits), topk(logits, k)
    rising = np.argsort(chances, axis=1)

    def beside(order: np.ndarray, values: np.ndarray = chances) -> tuple[np.ndarray, np.ndarray]:
        return order, np.take_along_axis(values, order, axis=1)

    return {
        "These are the LEAST likely classes: `argsort` rises.": beside(rising[:, :k]),
        "The right classes, but the likeliest comes last: `argsort` rises. Turn it round.": beside(rising[:, -k:]),
        "These are logits. The probabilities are in `chances`.": beside(classes, logits),
        "The softmax was taken over the k best only; it is over all classes.": (
            classes,
            best / best.sum(axis=1, keepdims=True),
        ),
        "The two are exchanged: first the classes, then the probabilities.": (best, classes),
        "The classes are right. Their probabilities are those of the first k classes; take those at `classes`.": (
            classes,
            chances[:, :k],
        ),
    }


def names_the_best(case: Case, got: Any, expected: Any) -> Difference | None:
    """As ``close``, with words for the usual mistakes."""
    return advised(close(case, got, expected), got, topk_mistakes(*case.args))


def advised(difference: Difference | None, got: Any, mistakes: Mapping[str, Any]) -> Difference | None:
    """The difference, explained by the first of the mistakes, by their advice, that gives just what came back."""
    if difference is None or got is None:
        return difference
    for advice, wrong in mistakes.items():
        if not first_difference(got, wrong, tolerance=1e-5):
            return Difference(difference.got, difference.expected, advice)
    return difference


# --- confusion --------------------------------------------------------------------------------------------------------

CONFUSION = '''def confusion(y, p, n):
    """How often each class is taken for which: an array of counts (n, n), the true class says the row.

    y: whole numbers (N,), the true classes; p: (N,), the predicted ones; n: how many classes there are.
    """
    ...
'''


def confusion(y: np.ndarray, p: np.ndarray, n: int) -> np.ndarray:
    return np.bincount(n * y + p, minlength=n * n).reshape(n, n)


def confusion_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((np.array([0, 1, 1]), np.array([0, 1, 0]), 2), "three pictures, one of class 1 is called 0")
    yield Case((np.array([0, 0, 0, 1]), np.array([1, 1, 1, 1]), 2), "the same mistake three times")
    yield Case((np.array([2, 0]), np.array([0, 2]), 4), "classes 1 and 3 do not occur: their rows are 0")
    for _ in range(3):
        classes, num = int(rng.integers(3, 6)), int(rng.integers(20, 60))
        y = rng.integers(0, classes, num)
        yield Case((y, np.where(rng.random(num) < 0.6, y, rng.integers(0, classes, num)), classes))


def confusion_mistakes(y: np.ndarray, p: np.ndarray, n: int) -> dict[str, np.ndarray]:
    """What the usual mistakes give, by the advice."""
    counts = confusion(y, p, n)
    return {
        "It is transposed: the true class says the row, the predicted one the column.": counts.T,
        "Equal mistakes count once only: `matrix[y, p] += 1` adds to each place once, however often it is named.": (
            np.minimum(counts, 1)
        ),
        "These are shares of the rows. Counts are asked for.": counts / np.maximum(counts.sum(1, keepdims=True), 1),
        "The right answers are missing: they stand on the diagonal.": counts - np.diag(counts.diagonal()),
    }


def counts_the_same(case: Case, got: Any, expected: Any) -> Difference | None:
    """As ``close``, with words for the usual mistakes."""
    return advised(close(case, got, expected), got, confusion_mistakes(*case.args))


# --- cam --------------------------------------------------------------------------------------------------------------

CAM = '''def cam(features, weight, c):
    """Which places speak for class c: an array (h, w) from 0 to 1.

    features: (C, h, w), the maps of one picture before the pooling; weight: (K, C), that of the last linear layer.
    Weigh the maps as class c does and add them up; set to 0 what is below 0; divide by the largest value, so that it
    becomes 1. Where nothing speaks for the class, all is 0.
    """
    ...
'''


def cam(features: np.ndarray, weight: np.ndarray, c: int) -> np.ndarray:
    return heat(np.tensordot(weight[c], features, 1))


def heat(sums: np.ndarray) -> np.ndarray:
    """What is above 0, divided by the largest; all 0 if nothing is."""
    positive = np.maximum(sums, 0)
    return np.asarray(positive / (positive.max() or 1.0))


def cam_cases(rng: np.random.Generator) -> Iterator[Case]:
    maps = np.array([[[4.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]])
    weight = np.array([[1.0, 2.0], [1.0, -1.0], [-1.0, -2.0]])
    yield Case((maps, weight, 0), "two maps that both speak for the class: 1 · 4 and 2 · 1, so 1 and a half")
    yield Case((maps, weight, 1), "the second map speaks against the class")
    yield Case((maps, weight, 2), "both maps speak against the class: nothing speaks for it")
    yield Case((np.array([[[2.0, 1.0]], [[1.0, 3.0]]]), np.eye(2), 1), "a map of 1 × 2, and the second class")
    flat = np.array([[[1.0, 1.0], [1.0, 3.0]]])
    yield Case((flat, np.array([[2.0]]), 0), "a map that is nowhere 0: it must not become 0 anywhere")
    for _ in range(3):
        channels, classes = int(rng.integers(3, 7)), int(rng.integers(2, 6))
        features = np.maximum(rng.normal(size=(channels, *rng.integers(2, 5, size=2))), 0).round(3)
        yield Case((features, rng.normal(size=(classes, channels)).round(3), int(rng.integers(classes))))


def cam_mistakes(features: np.ndarray, weight: np.ndarray, c: int) -> dict[str, np.ndarray]:
    """What the usual mistakes give, by the advice."""
    sums = np.tensordot(weight[c], features, 1)
    parts = weight[c][:, None, None] * features
    others = {other: np.tensordot(row, features, 1) for other, row in enumerate(weight) if other != c}
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "Nothing speaks for the class: the largest value is 0, and 0 / 0 is no number. Return zeros then.": (
                np.maximum(sums, 0) / np.maximum(sums, 0).max()
            ),
            "The largest value should become 1: divide by it.": np.maximum(sums, 0),
            "What speaks against the class is below 0; it should be set to 0 before you divide.": sums / sums.max(),
            "The smallest value was moved to 0. Only what is below 0 becomes 0.": (sums - sums.min()) / np.ptp(sums),
            "Add up first, then set to 0: a map that speaks against the class takes away from the others.": (
                heat(np.maximum(parts, 0).sum(axis=0))
            ),
            "What speaks against the class counts as if it spoke for it.": heat(np.abs(sums)),
            "The maps were added up without their weights.": heat(features.sum(axis=0)),
            **{f"These are the places that speak for class {other}.": heat(each) for other, each in others.items()},
        }


def shows_the_same(case: Case, got: Any, expected: Any) -> Difference | None:
    """As ``close``, with words for the usual mistakes."""
    return advised(close(case, got, expected), got, cam_mistakes(*case.args))


# --- grad_cam ---------------------------------------------------------------------------------------------------------

GRAD_CAM = '''def grad_cam(model, x, c):
    """Which places of one picture speak for class c, by the gradient: a tensor (h, w) from 0 to 1.

    model: in evaluation mode; model.features(x) gives the maps, model.classifier(maps) the logits (1, K).
    x: one picture, (1, 3, H, W). A map's weight is the MEAN of the gradient of logit c in it. The rest is as in cam.
    Leave the model as it was: its mode, and no gradients in its parameters."""
    maps = model.features(x).detach().requires_grad_()  # (1, C, h, w): from here on, gradients are wanted
    score = ...  # ONE number, of model.classifier(maps)
    (gradient,) = torch.autograd.grad(score, maps)  # (1, C, h, w); it leaves nothing in the parameters
    weights = gradient.mean(...)  # (1, C, 1, 1)
    heat = (weights * maps).sum(dim=1)[0].clamp(...).detach()  # (h, w)
    return heat / ...
'''


def grad_cam(model: Any, x: Tensor, c: int) -> Tensor:
    maps = model.features(x).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(model.classifier(maps)[0, c], maps)
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    return normed((weights * maps.detach()).sum(dim=1)[0])


def normed(sums: Tensor) -> Tensor:
    """What is above 0, divided by the largest; all 0 if nothing is."""
    positive = sums.clamp(min=0)
    return positive / positive.max().clamp(min=torch.finfo(positive.dtype).tiny)


class TwoParts(nn.Module):
    """A small network with weights that its name decides, in evaluation mode."""

    def __init__(self, name: str, features: nn.Module, *classifier: nn.Module, frozen: bool = False) -> None:
        super().__init__()
        self.features, self.classifier = features, nn.Sequential(*classifier)
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        for key, value in self.state_dict().items():
            drawn = rng.uniform(0.5, 1.5, value.shape) if key.endswith("running_var") else rng.normal(size=value.shape)
            value.copy_(torch.tensor(drawn))
        self.requires_grad_(not frozen).eval()

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x))


def conv() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 5, 3, stride=2, padding=1), nn.BatchNorm2d(5), nn.ReLU())


def hidden() -> tuple[nn.Module, ...]:
    """A classifier in which every place counts differently, so that CAM cannot look through it: maps (5, 3, 3)."""
    return nn.Flatten(), nn.Linear(45, 8), nn.ReLU(), nn.Linear(8, 4)


def mean_and_linear(channels: int) -> tuple[nn.Module, ...]:
    return nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 4)


PLAIN, CONV = "the picture itself as maps, mean, linear", "conv, mean, linear"
HIDDEN, FROZEN, DROPOUT = "conv, linear, ReLU, linear", "conv, mean, linear; frozen", "conv, dropout, mean, linear"
NETWORKS: dict[str, Callable[[], TwoParts]] = {
    PLAIN: lambda: TwoParts(PLAIN, nn.Identity(), *mean_and_linear(3)),
    CONV: lambda: TwoParts(CONV, conv(), *mean_and_linear(5)),
    HIDDEN: lambda: TwoParts(HIDDEN, conv(), *hidden()),
    FROZEN: lambda: TwoParts(FROZEN, conv(), *mean_and_linear(5), frozen=True),
    DROPOUT: lambda: TwoParts(DROPOUT, conv(), nn.Dropout(0.5), *mean_and_linear(5)),
}


def grad_cam_cases(rng: np.random.Generator) -> Iterator[Case]:
    def picture(side: int = 6) -> Tensor:
        return torch.tensor(rng.normal(size=(1, 3, side, side)), dtype=torch.float32)

    spots = torch.zeros(1, 3, 2, 2)
    spots[0, 0, 0, 0] = spots[0, 1, 1, 1] = spots[0, 2, 0, 1] = 1.0
    for c in range(2):
        yield Case((PLAIN, spots, c), f"three maps with one spot each, class {c}")
    yield Case((PLAIN, torch.zeros(1, 3, 2, 2), 0), "a black picture: nothing speaks for the class")
    for c in range(4):
        yield Case((HIDDEN, picture(), c), f"every place has a gradient of its own, class {c}")
    yield Case((CONV, picture(8), int(rng.integers(4))), "maps of 4 × 4, and CAM would give the same")
    yield Case((DROPOUT, picture(), int(rng.integers(4))), "a network with dropout, which rests in evaluation mode")
    yield Case((FROZEN, picture(), int(rng.integers(4))), "a frozen network: its parameters take no gradient")


def look_at_grad_cam(answer: Answer, network: str, x: Tensor, c: int) -> Any:
    """The heat map of one of ``NETWORKS``, whether the network was asked, and what the answer left behind in it.

    Only where the answer itself ran was the network asked: so ``grade`` sees that a returned heat map alone does not
    tell what became of the network, and takes what was found in the sandbox.
    """
    model = NETWORKS[network]()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    wanted = [parameter.requires_grad for parameter in model.parameters()]
    questions: list[int] = []
    counters = [each.register_forward_pre_hook(lambda *call: questions.append(1)) for each in model.modules()]
    found = answer(model, x, c)
    for counter in counters:
        counter.remove()
    if found is None:
        return None
    return {"heat": found, "asked": bool(questions), "left": left_behind(model, before, wanted)}


def left_behind(model: nn.Module, before: Mapping[str, Tensor], wanted: list[bool]) -> list[str]:
    """In which ways a network is no longer what it was."""
    modules, parameters = list(model.modules()), list(model.parameters())
    after = model.state_dict()
    ways = {
        "It is in training mode now. Leave `model.train()` out.": any(module.training for module in modules),
        "Its parameters hold gradients now. `torch.autograd.grad` leaves none; `backward` does.": any(
            parameter.grad is not None for parameter in parameters
        ),
        "Its parameters' requires_grad is another now.": [each.requires_grad for each in parameters] != wanted,
        "It still has your hook. Call the hook's `remove()`.": any(
            module._forward_hooks or module._forward_pre_hooks or module._backward_hooks for module in modules
        ),
        "Its weights, or what its BatchNorm counts, are others now.": any(
            name not in after or not torch.equal(value, after[name]) for name, value in before.items()
        ),
    }
    return [text for text, holds in ways.items() if holds]


def grad_cam_mistakes(network: str, x: Tensor, c: int) -> dict[str, Tensor]:
    """What the usual mistakes give, by the advice."""
    model = NETWORKS[network]()
    maps = model.features(x).detach().requires_grad_()
    logits = model.classifier(maps)[0]

    def sums(target: Tensor, weigh: Callable[[Tensor], Tensor] = lambda each: each.mean((2, 3), True)) -> Tensor:
        (gradient,) = torch.autograd.grad(target, maps, retain_graph=True)
        return (weigh(gradient) * maps.detach()).sum(dim=1)[0]

    right, own = sums(logits[c]), logits[c]
    positive = right.clamp(min=0)
    others = {
        f"This is the gradient of logit {other}, not of logit {c}.": normed(sums(logits[other]))
        for other in range(len(logits))
        if other != c
    }
    return {
        "Nothing speaks for the class: the largest value is 0, and 0 / 0 is no number. Return zeros then.": (
            positive / positive.max()
        ),
        "The largest value should become 1: divide by it.": positive,
        "What speaks against the class is below 0; it should be set to 0 before you divide.": right / right.max(),
        "The smallest value was moved to 0. Only what is below 0 becomes 0.": (
            (right - right.min()) / (right.max() - right.min())
        ),
        "The weight of a map is the largest value of its gradient; it should be the mean.": (
            normed(sums(own, lambda each: each.amax((2, 3), True)))
        ),
        "Each place got its own gradient as its weight; a map's weight is ONE number, the mean.": (
            normed(sums(own, lambda each: each))
        ),
        "Only maps that speak for the class were weighed; those against it take away.": (
            normed(sums(own, lambda each: each.mean((2, 3), True).clamp(min=0)))
        ),
        "This is the gradient of the probability. Take that of the logit, without the softmax.": (
            normed(sums(logits.softmax(dim=0)[c]))
        ),
        "This is the gradient of all logits together, not of logit c alone.": normed(sums(logits.sum())),
        "The maps were added up without their weights.": normed(maps.detach().sum(dim=1)[0]),
        **others,
    }


def looks_the_same(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether the heat is right, with words for the usual mistakes, and the network is as it was."""
    if not isinstance(got, Mapping):
        return close(case, got, expected)
    found, right = to_array(got["heat"]), to_array(expected["heat"])
    why = first_difference(found, right, tolerance=1e-4)
    if why:
        for advice, wrong in grad_cam_mistakes(*case.args).items():
            if found.shape == wrong.shape and np.allclose(found, wrong, atol=1e-4, equal_nan=True):
                why = advice
                break
        return Difference(short(found), short(right), why)
    if not got["asked"]:
        return Difference("a heat map", "a heat map of this model", "The model was never asked.")
    if got["left"]:
        said = str(got["left"][0])
        return Difference("another network than before", "the network as it was", f"The heat is right. {said}")
    return None


EXERCISES = (
    Exercise(
        "16.topk",
        TOPK,
        topk,
        topk_cases,
        hints=(
            "`np.argsort(chances, axis=1)` gives the places from the smallest value to the largest. How do you make "
            "the largest come first, and how do you keep k of them?",
            "`np.argsort(-chances, axis=1)[:, :k]`: the minus turns the order round. `take_along_axis` then picks in "
            "each row what stands at those places.",
        ),
        compare=names_the_best,
    ),
    Exercise(
        "16.confusion",
        CONFUSION,
        confusion,
        confusion_cases,
        hints=(
            "Begin with `np.zeros((n, n), dtype=int)` and go through the pictures: each adds 1 to one place.",
            "`for true, said in zip(y, p): matrix[true, said] += 1`. Without a loop: `np.add.at(matrix, (y, p), 1)`.",
        ),
        compare=counts_the_same,
    ),
    Exercise(
        "16.cam",
        CAM,
        cam,
        cam_cases,
        hints=(
            "`weight[c]` has one number a map. `weight[c][:, None, None] * features` multiplies each map by its own.",
            "`heat = np.maximum((weight[c][:, None, None] * features).sum(axis=0), 0)`; then divide by `heat.max()`, "
            "but only if that is above 0.",
        ),
        compare=shows_the_same,
        points=2,
    ),
    Exercise(
        "16.grad_cam",
        GRAD_CAM,
        grad_cam,
        grad_cam_cases,
        hints=(
            "The gradient is wanted of ONE number: of the logits (1, K), the one of class c. Then each map needs one "
            "weight: the mean over its rows and columns, the axes 2 and 3.",
            "`score = model.classifier(maps)[0, c]`, `gradient.mean(dim=(2, 3), keepdim=True)`, `clamp(min=0)`, and "
            "`heat / heat.max().clamp(min=1e-12)`, which also does where all is 0.",
        ),
        compare=looks_the_same,
        use=look_at_grad_cam,
        points=3,
        limit_s=20.0,
    ),
)
