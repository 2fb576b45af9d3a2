"""The activations and their chain against torch's autograd; the explorer, driven by its values."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_lib.widgets import ActivationExplorer
from course_lib.widgets.activations import ACTIVATIONS, Chain, verdict

TORCHS: dict[str, Callable[[torch.Tensor, float], torch.Tensor]] = {
    "sigmoid": lambda x, a: torch.sigmoid(x),
    "tanh": lambda x, a: torch.tanh(x),
    "ReLU": lambda x, a: F.relu(x),
    "Leaky ReLU, PReLU": lambda x, a: F.leaky_relu(x, a),
    "ELU": lambda x, a: F.elu(x, a),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("a", [0.1, 1.0, 1.7])
def test_functions_and_gradients_are_torchs(name: str, a: float) -> None:
    scores = torch.linspace(-6, 6, 49, dtype=torch.float64).requires_grad_()
    values = TORCHS[name](scores, a)
    (slopes,) = torch.autograd.grad(values.sum(), scores)
    x = scores.detach().numpy()
    assert np.allclose(ACTIVATIONS[name].function(x, a), values.detach())
    assert np.allclose(ACTIVATIONS[name].gradient(x, a), slopes)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("x", [2.0, -2.0])
def test_chain_is_autograds(name: str, x: float) -> None:
    first = value = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    scores = []
    for _ in range(20):
        scores.append(1.2 * value)
        value = TORCHS[name](scores[-1], 0.3)
    (gradient,) = torch.autograd.grad(value, first)
    chain = Chain(name, 0.3, x, 1.2, 20)
    assert np.allclose(chain.scores, [score.item() for score in scores])
    assert chain.remaining[0] == 1 and np.isclose(chain.remaining[-1], gradient.item(), rtol=1e-9, atol=0)


def test_gradient_goes_back_from_the_last_layer() -> None:
    chain = Chain("ELU", 1.0, -2.0, 1.0, 3)
    last = np.exp(chain.scores[-1])  # the slope of ELU below 0
    assert np.isclose(chain.remaining[1], last) and chain.scores[0] == -2.0


def test_who_survives_twenty_layers() -> None:
    weights = np.linspace(0.5, 2.0, 31)
    for name, x, a, possible in (
        ("sigmoid", 2.0, 0.0, False),
        ("sigmoid", -2.0, 0.0, False),
        ("ReLU", 2.0, 0.0, True),
        ("ReLU", -2.0, 0.0, False),
        ("Leaky ReLU, PReLU", -2.0, 0.9, True),
    ):
        assert any(Chain(name, a, x, weight).alive for weight in weights) == possible, (name, x)
    assert Chain("sigmoid", layers=20, x=0.0).remaining[-1] < 0.25**19


def test_verdicts() -> None:
    assert "nothing is left: the gradient is <b>dead</b>" in verdict(Chain("ReLU", x=-2.0))[0]
    assert (
        verdict(Chain("ReLU", x=2.0, layers=1))[0] == "After 1 layer, 1 is left of a gradient of 1: it is <b>alive</b>."
    )
    assert "it has <b>vanished</b>" in verdict(Chain("sigmoid"))[0]
    assert "it has <b>exploded</b>" in verdict(Chain("ReLU", x=2.0, weight=1.5))[0]


def test_explorer_redraws_and_knows_its_goal() -> None:
    explorer = ActivationExplorer()
    before = explorer.still()
    assert before.startswith(b"\x89PNG") and "vanished" in explorer.text.value and explorer.a.disabled
    explorer.x.value = 1.0
    assert explorer.still() != before
    explorer.choice.value, explorer.x.value = "ReLU", 2.0
    assert explorer.reached == {2.0: "ReLU"} and "✓ x = 2 with ReLU" in explorer.goal.value
    explorer.x.value = -2.0
    assert "dead" in explorer.text.value and "Goal reached!" not in explorer.goal.value
    explorer.choice.value = "Leaky ReLU, PReLU"
    assert not explorer.a.disabled and explorer.a.value == 0.1 and -2.0 not in explorer.reached
    explorer.a.value = 1.0
    assert "Goal reached!" in explorer.goal.value and explorer.trouble.value == ""


def test_fewer_layers_do_not_count() -> None:
    explorer = ActivationExplorer("ReLU")
    explorer.reached.clear()
    explorer.layers.value = 19
    assert "alive" in explorer.text.value and explorer.reached == {}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_setting_can_be_drawn(name: str) -> None:
    explorer = ActivationExplorer(name)
    for x in (-4.0, 0.0, 4.0):
        explorer.x.value = x
        explorer.weight.value, explorer.a.value, explorer.layers.value = 2.0, 2.0, 30
        explorer.weight.value, explorer.a.value, explorer.layers.value = 0.5, 0.0, 1
    assert explorer.trouble.value == "" and explorer._repr_png_() == explorer.still()


def test_errors_show_in_the_widget() -> None:
    explorer = ActivationExplorer()
    kept, explorer.picture = explorer.picture, None  # type: ignore[assignment]
    explorer.x.value = 1.0
    assert "AttributeError" in explorer.trouble.value
    explorer.picture = kept
    explorer.x.value = 1.5
    assert explorer.trouble.value == ""
