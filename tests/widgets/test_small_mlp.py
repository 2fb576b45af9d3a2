"""The small network against torch: scores, loss, gradients, and Adam's steps."""

import numpy as np
import pytest
import torch

from course_lib.widgets.small_mlp import (
    ACTIVATIONS,
    Layers,
    Training,
    begin,
    loss_and_gradients,
    outputs,
    scores,
    sigmoid,
)

TORCH = {"tanh": torch.tanh, "ReLU": torch.relu, "sigmoid": torch.sigmoid, "none": lambda score: score}
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(20, 2)), RNG.choice([-1, 1], 20)


def as_tensors(layers: Layers) -> list[torch.Tensor]:
    return [torch.tensor(part, requires_grad=True) for layer in layers for part in layer]


def torch_loss(tensors: list[torch.Tensor], activation: str) -> torch.Tensor:
    found = torch.tensor(X)
    for index in range(0, len(tensors), 2):
        found = found @ tensors[index] + tensors[index + 1]
        if index < len(tensors) - 2:
            found = TORCH[activation](found)
    target = torch.tensor((Y + 1) / 2)
    return torch.nn.functional.binary_cross_entropy_with_logits(found[:, 0], target)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(), (3,), (4, 3, 2)])
def test_loss_and_gradients_are_torchs(activation: str, hidden: tuple[int, ...]) -> None:
    layers = begin([2, *hidden, 1], seed=1)
    tensors = as_tensors(layers)
    expected = torch_loss(tensors, activation)
    expected.backward()
    loss, gradients = loss_and_gradients(layers, X, Y, activation)
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    flat = [part for layer in gradients for part in layer]
    for gradient, tensor in zip(flat, tensors, strict=True):
        assert tensor.grad is not None
        assert np.allclose(gradient, tensor.grad.numpy(), rtol=1e-10, atol=1e-14)


def test_steps_are_adams() -> None:
    training = Training((3,), "tanh", seed=2)
    tensors = as_tensors([(W.copy(), b.copy()) for W, b in training.layers])
    optimizer = torch.optim.Adam(tensors, lr=0.03)
    losses = []
    for _ in range(50):
        optimizer.zero_grad()
        loss = torch_loss(tensors, "tanh")
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    training.train(X, Y, 0.03, 20)
    training.train(X, Y, 0.03, 30)
    assert np.allclose(training.losses, losses, rtol=1e-8)
    flat = [part for layer in training.layers for part in layer]
    assert all(np.allclose(part, tensor.detach(), rtol=1e-7) for part, tensor in zip(flat, tensors, strict=True))


def test_counts() -> None:
    training = Training((4, 3))
    assert training.num_hidden == 7 and training.num_parameters == 2 * 4 + 4 + 4 * 3 + 3 + 3 + 1
    assert Training().num_hidden == 0 and Training().num_parameters == 3


def test_mistakes_and_scores() -> None:
    training = Training()
    training.layers = [(np.array([[1.0], [0.0]]), np.array([-0.5]))]
    points = np.array([[1.0, 9.0], [0.5, 0.0], [0.0, 3.0]])
    assert training.scores(points).tolist() == [0.5, 0.0, -0.5]
    assert training.mistakes(points, np.array([1, -1, 1])).tolist() == [1, 2]
    assert outputs(training.layers, points, "tanh")[0] is points
    assert scores(training.layers, np.zeros((0, 2)), "tanh").shape == (0,)


def test_no_points_no_steps() -> None:
    training = Training((2,))
    training.train(np.zeros((0, 2)), np.zeros(0), 0.1, 5)
    assert training.losses == []


def test_the_seed_decides() -> None:
    one, same, other = (begin([2, 5, 1], seed) for seed in (3, 3, 4))
    assert all(
        (a == b).all() for layer, again in zip(one, same, strict=True) for a, b in zip(layer, again, strict=True)
    )
    assert not (one[0][0] == other[0][0]).any()


def test_sigmoid_of_large_scores() -> None:
    found = sigmoid(np.array([-1e4, 0.0, 1e4]))
    assert found.tolist() == [0.0, 0.5, 1.0]
