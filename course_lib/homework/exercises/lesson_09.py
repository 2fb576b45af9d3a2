"""Lesson 09, the layers of a CNN: activations, pooling, a network of one's own, and its features."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import is_lazy

from course_lib.data.datasets import Shapes

from ..compare import Case, Difference, close, short, to_array
from ..exercise import Answer, Exercise

MAX_PARAMETERS = 30_000
MOST_STEPS = 100  # a mean of each map in place of the flattening learns, too, but more slowly

# --- leaky_relu, a warm-up with one blank -----------------------------------------------------------------------------

LEAKY_RELU = '''def leaky_relu(x, a):
    """x where x is above 0, a · x elsewhere; x: an array of any shape, a: a number."""
    return np.where(x > 0, x, ...)
'''


def leaky_relu(x: np.ndarray, a: float) -> np.ndarray:
    return np.where(x > 0, x, a * x)


def leaky_relu_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((np.array([3.0, 1.0]), 0.1), "scores above 0, which stay as they are")
    yield Case((np.array([-2.0, 0.0, 2.0]), 0.1), "a score on each side of 0")
    yield Case((np.array([-4.0, 4.0]), 0.0), "a = 0: the plain ReLU")
    yield Case((np.array([-1.0, 1.0]), 1.5), "a above 1, as PReLU may learn it: a · x is not the smaller one")
    yield Case((np.zeros((0, 3)), 0.2), "no scores at all")
    for shape in ((5,), (2, 3), (2, 3, 4)):
        yield Case((rng.normal(size=shape), float(rng.uniform(0.01, 0.5))))


# --- elu --------------------------------------------------------------------------------------------------------------

ELU = '''def elu(x, a):
    """x where x is above 0, a · (exp(x) - 1) elsewhere; x: an array of any shape, a: a number."""
    ...
'''


def elu(x: np.ndarray, a: float) -> np.ndarray:
    return np.where(x > 0, x, a * np.expm1(np.minimum(x, 0)))


def elu_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((np.array([2.0, 0.5]), 1.0), "scores above 0, which stay as they are")
    yield Case((np.array([-np.log(2.0), 0.0]), 1.0), "exp(-log 2) is a half, so the first result is -0.5")
    yield Case((np.array([-np.log(2.0), 3.0]), 2.0), "a = 2")
    yield Case((np.array([-100.0]), 1.5), "far below 0, where nearly -a comes out")
    yield Case((np.array([-1.0, 1000.0]), 1.0), "a large score: exp(1000) is too large for a computer")
    for shape in ((5,), (2, 3), (2, 3, 4)):
        yield Case((rng.normal(0, 2, size=shape), float(rng.uniform(0.2, 2.0))))


# --- max_pool ---------------------------------------------------------------------------------------------------------

MAX_POOL = '''def max_pool(x, k, s):
    """The largest value of each k × k window; the windows are s pixels apart, and those that do not fit are left out.

    x: (C, H, W) maps; returns (C, (H - k) // s + 1, (W - k) // s + 1).
    """
    ...
'''


def max_pool(x: np.ndarray, k: int, s: int) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(1, 2))[:, ::s, ::s]  # (C, H', W', k, k)
    return windows.max(axis=(-2, -1))


def max_pool_cases(rng: np.random.Generator) -> Iterator[Case]:
    small = np.array([[[1.0, 2.0, 5.0, 3.0], [4.0, 0.0, 1.0, 2.0], [7.0, 1.0, 0.0, 1.0], [3.0, 2.0, 2.0, 9.0]]])
    yield Case((small, 2, 2), "one map of 4 × 4, in four windows of 2 × 2")
    yield Case((-1.0 - small, 2, 2), "values below 0 only")
    yield Case((small, 2, 1), "stride 1: the windows overlap")
    yield Case((small, 3, 2), "a second window of 3 would not fit: it is left out")
    yield Case((small, 1, 3), "windows of one pixel, with gaps between them")
    yield Case((small, 4, 1), "one window as large as the map")
    yield Case((rng.normal(size=(3, 6, 4)).round(2), 2, 2), "three maps, taller than wide: each is pooled on its own")
    yield Case((rng.normal(size=(2, 13, 13)), 3, 2), "the overlapping windows of AlexNet")
    for _ in range(4):
        k, s = int(rng.integers(1, 4)), int(rng.integers(1, 4))
        yield Case((rng.normal(size=(int(rng.integers(1, 4)), *rng.integers(k, 10, size=2))), k, s))


# --- build_cnn --------------------------------------------------------------------------------------------------------

BUILD_CNN = '''def build_cnn(num_classes):
    """A network of at most 30,000 parameters, an nn.Module: pictures (N, 3, 32, 32) → a score a class (N, num_classes).

    Features first (convolution, activation, pooling, and again), then a classifier (flatten, full connection).
    """
    ...
'''


def build_cnn(num_classes: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 8 * 8, num_classes),
    )


def build_cnn_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((10,), "the ten shapes")
    yield Case((2,), "two classes")
    yield Case((int(rng.integers(3, 10)),), "another number of classes")


def look_into(answer: Answer, num_classes: int) -> Any:
    """What there is to know of a network: its size, what comes out of it, and whether it learns 20 pictures."""
    torch.manual_seed(0)
    model = answer(num_classes)
    if not isinstance(model, nn.Module):
        return model
    if any(map(is_lazy, model.parameters())):  # nn.LazyLinear has no size before the first picture
        model(torch.zeros(2, 3, 32, 32))
    facts: dict[str, Any] = {"parameters": sum(parameter.numel() for parameter in model.parameters())}
    facts["convolutions"] = sum(isinstance(module, nn.Conv2d) for module in model.modules())
    if facts["parameters"] > MAX_PARAMETERS:
        return facts
    one, other = torch.randn(2, 3, 3, 32, 32)
    with torch.no_grad():
        model.eval()
        scores = model(one)
        facts["shape of the scores"] = tuple(scores.shape)
        bent = model(one + other) + model(torch.zeros_like(one)) - scores - model(other)  # 0 for any linear function
        facts["bends"] = bool(bent.abs().max() > 1e-4 * (scores.abs().max() + 1e-6))
        facts["sums to 1"] = bool((scores.exp() if (scores <= 0).all() else scores).sum(-1).sub(1).abs().max() < 1e-4)
    if facts["shape of the scores"] == (3, num_classes) and facts["bends"] and not facts["sums to 1"]:
        facts["loss"] = losses_on_few(model, num_classes)
    return facts


def losses_on_few(model: nn.Module, num_classes: int) -> tuple[float, float]:
    """The loss on 20 easy pictures before and after a training that ends once the loss is halved."""
    shapes = Shapes(num_samples=20, difficulty=0.1, classes=Shapes.class_names({})[:num_classes])
    pictures, labels = shapes.images(range(20)) / 127.5 - 1, torch.as_tensor(shapes.labels)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    model.train()
    losses: list[float] = []
    for _ in range(MOST_STEPS):
        loss = nn.functional.cross_entropy(model(pictures), labels)
        losses.append(loss.item())
        if losses[-1] < losses[0] / 2:
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses[0], losses[-1]


def is_a_small_cnn(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether the network is small enough, gives scores of the right shape, bends and learns."""
    wanted = f"a network with {case.args[0]} scores a picture and at most {MAX_PARAMETERS:,} parameters that learns"
    if not isinstance(got, Mapping):
        why = "The function returned None: is there a `return`?" if got is None else "It should return an nn.Module."
        return Difference(short(got), wanted, why)
    if why := unfit(got, case.args[0]):
        return Difference(short(got), wanted, why)
    return None


def unfit(facts: Mapping[str, Any], num_classes: int) -> str:
    """What is wrong with a network of which ``look_into`` gave the facts; '' if nothing is."""
    if not facts["convolutions"]:
        return "There is no convolution in it (nn.Conv2d)."
    if facts["parameters"] > MAX_PARAMETERS:
        return f"It has {facts['parameters']:,} parameters. Most of them sit where the maps are flattened: pool first."
    shape = facts["shape of the scores"]
    if tuple(shape) != (3, num_classes):
        return f"For 3 pictures the scores have the shape {tuple(shape)}; expected is (3, {num_classes})."
    if not facts["bends"]:
        return "Nothing in it bends: without an activation, all of its layers are one linear layer."
    if facts["sums to 1"]:
        return "It gives probabilities. Leave the softmax out: cross-entropy takes scores and has it built in."
    first, last = facts["loss"]
    if not last < first / 2:
        steps = f"{MOST_STEPS} steps on 20 pictures"
        return f"It does not learn: {steps} brought the loss from {first:.2f} to {last:.2f} only."
    return ""


# --- knn_on_features --------------------------------------------------------------------------------------------------

KNN_ON_FEATURES = '''def knn_on_features(f, X, y):
    """For each picture the class of the nearest OTHER picture; near is what has similar features.

    f: a function, pictures (N, 3, H, W) → features (N, D); X: (N, 3, H, W); y: (N,) classes. Returns (N,).
    """
    ...
'''


def knn_on_features(f: Callable[[np.ndarray], np.ndarray], X: np.ndarray, y: np.ndarray) -> np.ndarray:
    features = f(X)
    distances = np.square(features[:, None] - features[None]).sum(axis=-1)  # (N, N)
    np.fill_diagonal(distances, np.inf)
    return y[distances.argmin(axis=1)]


def pixels(pictures: np.ndarray) -> np.ndarray:
    """All pixels as they are: (N, 3·H·W)."""
    return pictures.reshape(len(pictures), -1)


def mean_colour(pictures: np.ndarray) -> np.ndarray:
    """(N, 3)."""
    return pictures.mean(axis=(2, 3))


def stretched(pictures: np.ndarray) -> np.ndarray:
    """The red channel only, its rows of very different weight: features whose scale matters."""
    red = pictures[:, 0]
    return (red * np.arange(1, red.shape[1] + 1)[:, None] ** 2).sum(axis=2)


def knn_cases(rng: np.random.Generator) -> Iterator[Case]:
    grey = np.array([0.0, 0.1, 1.0, 0.8, 0.35])[:, None, None, None] * np.ones((5, 3, 2, 2))
    yield Case((pixels, grey, np.array([3, 5, 7, 9, 4])), "five grey pictures, compared by their pixels")
    twins = grey[[2, 0, 2, 0]]
    yield Case((pixels, twins, np.array([1, 2, 3, 4])), "pictures that are equal but not the same one")
    yield Case((mean_colour, *coloured_squares(rng)), "squares anywhere, the class is their colour: f beats pixels")
    y = rng.integers(0, 4, 12)
    yield Case((stretched, rng.normal(size=(12, 3, 4, 4)), y), "features of other scales than the pixels")
    yield Case((mean_colour, rng.normal(size=(20, 3, 5, 5)), rng.integers(0, 3, 20)))


def coloured_squares(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """12 pictures of a square at a random place, and the channel it is in."""
    X, y = rng.normal(0, 0.02, size=(12, 3, 20, 20)), rng.permutation(np.repeat([0, 1, 2], 4))
    for picture, label, (row, column) in zip(X, y, rng.integers(0, 18, size=(12, 2)), strict=True):
        picture[label, row : row + 3, column : column + 3] += 1
    return X, y


def names_the_neighbour(case: Case, got: Any, expected: Any) -> Difference | None:
    """As ``close``, but with words for the two mistakes that are made most."""
    difference = close(case, got, expected)
    if difference is None or got is None:
        return difference
    f, X, y = case.args
    guesses = to_array(got)
    if guesses.shape == y.shape and np.array_equal(guesses, y):
        why = "Each picture got its own class: the nearest of all is the picture itself, and that one does not count."
        return Difference(difference.got, difference.expected, why)
    if f is not pixels and np.array_equal(guesses, knn_on_features(pixels, X, y)):
        why = "These are the nearest by pixels. Compare the features f(X)."
        return Difference(difference.got, difference.expected, why)
    return difference


EXERCISES = (
    Exercise(
        "09.leaky_relu",
        LEAKY_RELU,
        leaky_relu,
        leaky_relu_cases,
        hints=(
            "`np.where(condition, one, other)` takes from `one` where the condition holds. What belongs elsewhere?",
            "Below 0 the line has the slope a: `a * x`.",
        ),
    ),
    Exercise(
        "09.elu",
        ELU,
        elu,
        elu_cases,
        hints=(
            "It is leaky_relu with another curve on the left: `np.where(x > 0, x, …)`. `np.exp` works on whole arrays.",
            "`np.where(x > 0, x, a * (np.exp(np.minimum(x, 0)) - 1))`: the minimum keeps exp from overflowing on the "
            "side that is not used.",
        ),
    ),
    Exercise(
        "09.max_pool",
        MAX_POOL,
        max_pool,
        max_pool_cases,
        hints=(
            "Two loops over the places (i, j) of the result. Its window begins at row i·s and column j·s.",
            "`x[:, i * s : i * s + k, j * s : j * s + k].max(axis=(1, 2))` is the value of all channels at (i, j). "
            "Make room with `np.zeros((C, H_out, W_out))` first.",
        ),
        points=2,
    ),
    Exercise(
        "09.build_cnn",
        BUILD_CNN,
        build_cnn,
        build_cnn_cases,
        hints=(
            "`torch.nn.Sequential(…)` with two or three times `Conv2d`, `ReLU`, `MaxPool2d(2)`, then `Flatten` and "
            "one `Linear`. Each pooling halves 32: 16, 8, 4.",
            "`Conv2d(3, 16, 3, padding=1)` has 448 parameters, `Conv2d(16, 32, 3, padding=1)` 4,640. After two "
            "poolings 32 maps of 8 × 8 are left: `Linear(32 * 8 * 8, num_classes)`. No softmax at the end.",
        ),
        compare=is_a_small_cnn,
        use=look_into,
        points=3,
        limit_s=30.0,
    ),
    Exercise(
        "09.knn_on_features",
        KNN_ON_FEATURES,
        knn_on_features,
        knn_cases,
        hints=(
            "For picture i: `((features - features[i]) ** 2).sum(axis=1)` are its distances to all pictures. The one "
            "to itself is 0; it must not win.",
            "Set `distances[i] = np.inf`, then `distances.argmin()` is the nearest other picture; its class is `y` at "
            "that place. Collect the classes of all i.",
        ),
        compare=names_the_neighbour,
        points=3,
        limit_s=10.0,
    ),
)
