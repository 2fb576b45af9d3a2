"""Lesson 03, the multilayer perceptron: a layer is a pair (W, b), W of shape (D_in, D_out), and computes X @ W + b."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ..compare import Case
from ..exercise import Exercise

Params = list[tuple[np.ndarray, np.ndarray]]

# --- xor_net, one neuron written, two missing -------------------------------------------------------------------------

XOR_NET = '''def xor_net(x):
    """1 if exactly one of two switches is up, else 0; x: (2,), each near 0 (down) or near 1 (up)."""

    def step(score):  # the activation
        return 1 if score >= 0 else 0

    either = step(x[0] + x[1] - 0.5)  # hidden neuron 1: at least one is up
    both = ...  # hidden neuron 2
    return step(... * either + ... * both + ...)  # the output neuron
'''


def xor_net(x: np.ndarray) -> int:
    either, both = x[0] + x[1] >= 0.5, x[0] + x[1] >= 1.5
    return int(either and not both)


def xor_cases(rng: np.random.Generator) -> Iterator[Case]:
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    notes = ("both switches down", "the second switch up", "the first switch up", "both switches up")
    for corner, note in zip(corners, notes, strict=True):
        yield Case((corner,), note)
    for corner in corners[rng.permutation(4)]:
        yield Case((np.abs(corner - np.array([0.15, 0.1])),), "worn switches: each is only near 0 or 1")
    for corner in rng.choice(corners, 12):
        yield Case((corner + rng.uniform(-0.2, 0.2, 2),), "worn switches: each is only near 0 or 1")


# --- mlp_forward ------------------------------------------------------------------------------------------------------

MLP_FORWARD = '''def mlp_forward(X, params):
    """The scores of an MLP: each layer computes X @ W + b, and ReLU follows on every layer but the last.

    X: (N, D) points; params: a list of pairs (W, b), one a layer, W: (D_in, D_out), b: (D_out,).
    Returns (N, K), a score for each point and class.
    """
    ...
'''


def mlp_forward(X: np.ndarray, params: Params) -> np.ndarray:
    *hidden_layers, (last_W, last_b) = params
    for W, b in hidden_layers:
        X = np.maximum(X @ W + b, 0)
    return X @ last_W + last_b


def random_params(rng: np.random.Generator, *sizes: int) -> Params:
    """Layers from ``sizes[0]`` features to ``sizes[-1]`` scores."""
    return [(rng.normal(size=pair), rng.normal(size=pair[1])) for pair in pairwise(sizes)]


def forward_cases(rng: np.random.Generator) -> Iterator[Case]:
    one = [(np.array([[1.0, -1.0], [0.0, 2.0]]), np.array([0.0, -5.0]))]
    yield Case((np.array([[1.0, 1.0]]), one), "a single layer, which is the last: its scores may be negative")
    hidden = (np.array([[1.0, -1.0]]), np.array([0.0, 0.0]))
    absolute = [hidden, (np.array([[1.0], [1.0]]), np.array([0.5]))]
    yield Case((np.array([[2.0], [-3.0]]), absolute), "a hidden layer of two neurons: only one of them fires")
    for sizes in ((2, 3, 2), (2, 4, 3, 3), (5, 8, 8, 4, 10)):
        note = f"{len(sizes) - 1} layers: {' → '.join(map(str, sizes))}"
        yield Case((rng.normal(size=(4, sizes[0])), random_params(rng, *sizes)), note)
    yield Case((rng.normal(size=(1, 3)), random_params(rng, 3, 5, 2)), "a single point")


# --- softmax ----------------------------------------------------------------------------------------------------------

SOFTMAX = '''def softmax(z):
    """Each row of scores as probabilities: exp of each score, over the sum of these in its row.

    z: (N, K) scores, of any size: 1000 must not overflow. Returns (N, K); each row sums to 1.
    """
    ...
'''


def softmax(z: np.ndarray) -> np.ndarray:
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((np.array([[0.0, 0.0]]),), "two equal scores: a half each")
    yield Case((np.log([[1.0, 2.0, 5.0]]),), "the logarithms of 1, 2 and 5, so that the shares are 1, 2 and 5 eighths")
    yield Case((np.array([[1.0, 2.0], [3.0, 1.0], [0.0, 0.0]]),), "three rows, each on its own")
    yield Case((np.array([[1000.0, 1001.0]]),), "large scores: exp(1000) is too large for a computer")
    yield Case((np.array([[-1000.0, -1001.0]]),), "very negative scores: exp(-1000) is 0, and 0 / 0 is no number")
    yield Case((np.array([[1000.0, 1001.0], [0.0, 1.0]]),), "a row of large scores and a row of small ones")
    yield Case((np.array([[-2.0, -1.0, 5000.0]]),), "one score far above the others")
    for size in ((1, 5), (4, 3), (3, 10)):
        yield Case((rng.normal(0, 3, size),))


EXERCISES = (
    Exercise(
        "03.xor_net",
        XOR_NET,
        xor_net,
        xor_cases,
        hints=(
            "`both` is `either` with another bias: at which sum of the two switches may it begin to fire?",
            "`both = step(x[0] + x[1] - 1.5)`. The lamp is on for either but not both: give `both` a negative weight, "
            "and choose the bias so that either = 1, both = 0 is above 0 and the other two are below.",
        ),
    ),
    Exercise(
        "03.mlp_forward",
        MLP_FORWARD,
        mlp_forward,
        forward_cases,
        hints=(
            "What one layer gives is what the next one takes: a loop over `params` that renews a variable each time.",
            "`for W, b in params[:-1]: X = np.maximum(X @ W + b, 0)` does the hidden layers. The last pair, "
            "`W, b = params[-1]`, gets no ReLU.",
        ),
        points=2,
    ),
    Exercise(
        "03.softmax",
        SOFTMAX,
        softmax,
        softmax_cases,
        hints=(
            "Sums run along a row: `.sum(axis=1, keepdims=True)` keeps the shape (N, 1), which divides (N, K) row by "
            "row. For large scores, remember what adding a number to all of them changed.",
            "Take the largest score of each row away first: `z - z.max(axis=1, keepdims=True)`. Then no exponent is "
            "above 0, and at least one of them is 0.",
        ),
        points=2,
    ),
)
