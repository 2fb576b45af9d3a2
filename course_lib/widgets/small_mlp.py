"""A multilayer perceptron (多层感知机) in numpy, small enough to train between two pictures; classes are -1 and +1.

One output neuron gives a score; its sigmoid is the chance of class +1. Without hidden layers it is lesson 02's line.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

Layers = list[tuple[np.ndarray, np.ndarray]]  # of each layer, W (D_in, D_out) and b (D_out,)
Function = Callable[[np.ndarray], np.ndarray]


def sigmoid(score: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-score)), by way of tanh, which no score is too large for."""
    return 0.5 * (1 + np.tanh(0.5 * score))


# the function, and its slope as a function of what it gave
ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "tanh": (np.tanh, lambda out: 1 - out**2),
    "ReLU": (lambda score: np.maximum(score, 0), lambda out: (out > 0) * 1.0),
    "sigmoid": (sigmoid, lambda out: out * (1 - out)),
    "none": (lambda score: score, np.ones_like),
}


def begin(sizes: Sequence[int], seed: int) -> Layers:
    """Random layers from ``sizes[0]`` features to ``sizes[-1]`` scores; weights with the variance 1 / D_in."""
    rng = np.random.default_rng(seed)
    return [(rng.normal(0, d_in**-0.5, (d_in, d_out)), rng.normal(0, 0.1, d_out)) for d_in, d_out in pairwise(sizes)]


def outputs(layers: Layers, X: np.ndarray, activation: str) -> list[np.ndarray]:
    """X (N, D_in), then what each layer gives; the last one, the scores, without an activation."""
    function, _ = ACTIVATIONS[activation]
    found = [X]
    for index, (W, b) in enumerate(layers):
        score = found[-1] @ W + b  # (N, D_out)
        found.append(score if index == len(layers) - 1 else function(score))
    return found


def scores(layers: Layers, X: np.ndarray, activation: str) -> np.ndarray:
    """(N,), 0 or more says class +1."""
    return outputs(layers, X, activation)[-1][:, 0]


def loss_and_gradients(layers: Layers, X: np.ndarray, y: np.ndarray, activation: str) -> tuple[float, Layers]:
    """The mean cross-entropy of points X (N, D) of classes y (N,), and its gradient for each W and b."""
    found = outputs(layers, X, activation)
    score = found[-1][:, 0]
    loss = float(np.logaddexp(0, -y * score).mean())
    back = (-y * sigmoid(-y * score) / len(y))[:, None]  # (N, 1), the gradient for the scores
    gradients: Layers = []
    for index in reversed(range(len(layers))):
        gradients.append((found[index].T @ back, back.sum(axis=0)))
        if index:
            _, slope = ACTIVATIONS[activation]
            back = back @ layers[index][0].T * slope(found[index])
    return loss, gradients[::-1]


class Training:
    """A network in training: its layers, what Adam (arXiv 1412.6980) remembers of them, and the losses so far.

    Args:
        hidden: The neurons of each hidden layer; none makes a perceptron.
        activation: A key of ``ACTIVATIONS``.
        seed: Of the random weights that it begins with.
    """

    def __init__(self, hidden: Sequence[int] = (), activation: str = "tanh", seed: int = 0) -> None:
        self.hidden, self.activation = tuple(hidden), activation
        self.layers = begin([2, *hidden, 1], seed)
        self.means = [(np.zeros_like(W), np.zeros_like(b)) for W, b in self.layers]
        self.squares = [(np.zeros_like(W), np.zeros_like(b)) for W, b in self.layers]
        self.losses: list[float] = []

    @property
    def num_hidden(self) -> int:
        """The hidden neurons of all layers."""
        return sum(self.hidden)

    @property
    def num_parameters(self) -> int:
        return sum(W.size + b.size for W, b in self.layers)

    def train(self, X: np.ndarray, y: np.ndarray, lr: float, num_steps: int) -> None:
        """Take steps, each with all points X (N, 2) of classes y (N,)."""
        for _ in range(num_steps if len(X) else 0):
            loss, gradients = loss_and_gradients(self.layers, X, y, self.activation)
            self.losses.append(loss)
            t = len(self.losses)
            for layer in range(len(self.layers)):
                for part in range(2):  # W, then b
                    gradient, mean, square = (each[layer][part] for each in (gradients, self.means, self.squares))
                    mean += 0.1 * (gradient - mean)
                    square += 0.001 * (gradient**2 - square)
                    step = mean / (1 - 0.9**t) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
                    self.layers[layer][part][...] -= lr * step

    def scores(self, X: np.ndarray) -> np.ndarray:
        """(N,) of points X (N, 2)."""
        return scores(self.layers, X, self.activation)

    def mistakes(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The indices of the points on the wrong side."""
        return np.flatnonzero(np.where(self.scores(X) >= 0, 1, -1) != y)
