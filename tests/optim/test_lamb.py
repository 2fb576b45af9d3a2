"""LAMB: a step by hand, and several against timm's."""

import copy
import math

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.optim import Lamb, make_optimizer


def test_first_step_by_hand() -> None:
    """Adam's first step is the gradient's sign, here (1, −1); decay 0.5 of (3, 4) makes (2.5, 1)."""
    weight = nn.Parameter(torch.tensor([3.0, 4.0]))
    weight.grad = torch.tensor([0.2, -0.1])
    Lamb([weight], lr=0.1, weight_decay=0.5, eps=0.0).step()
    ratio = 5 / math.hypot(2.5, 1)
    torch.testing.assert_close(weight.data, torch.tensor([3 - 0.1 * ratio * 2.5, 4 - 0.1 * ratio * 1]))


def test_without_decay_it_is_adam() -> None:
    ours = nn.Linear(3, 2)
    theirs = copy.deepcopy(ours)
    pairs = [
        (ours, Lamb(ours.parameters(), lr=0.1, weight_decay=0.0, eps=1e-8, max_grad_norm=None)),
        (theirs, torch.optim.Adam(theirs.parameters(), lr=0.1)),
    ]
    for model, optimizer in pairs:
        for _ in range(5):
            optimizer.zero_grad()
            model(torch.ones(1, 3)).square().sum().backward()
            optimizer.step()
    torch.testing.assert_close(ours.weight, theirs.weight)


@pytest.mark.parametrize("scale", [0.01, 100.0])
def test_as_timm(scale: float) -> None:
    lamb = pytest.importorskip("timm.optim").Lamb
    torch.manual_seed(0)
    ours = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2))
    nn.init.zeros_(ours[2].weight)  # of no length: its step is Adam's
    theirs = copy.deepcopy(ours)
    images = torch.randn(8, 4)
    pairs = [
        (ours, Lamb(ours.parameters(), lr=0.05, weight_decay=0.02)),
        (theirs, lamb(theirs.parameters(), lr=0.05, weight_decay=0.02)),
    ]
    for model, optimizer in pairs:
        for _ in range(6):
            optimizer.zero_grad()
            (scale * (model(images) - 1).square().mean()).backward()
            optimizer.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6)


def test_state_survives_saving() -> None:
    weights = [nn.Parameter(torch.tensor([3.0, 4.0])) for _ in range(2)]
    whole, halves = Lamb([weights[0]], lr=0.1), Lamb([weights[1]], lr=0.1)
    for step in range(4):
        for weight, optimizer in zip(weights, (whole, halves), strict=True):
            weight.grad = torch.tensor([1.0, float(step)])
            optimizer.step()
        if step == 1:
            state = halves.state_dict()
            halves = Lamb([weights[1]], lr=0.1)
            halves.load_state_dict(state)
    assert torch.equal(*weights)


def test_closure_and_parameters_without_a_gradient() -> None:
    weight, unused = nn.Parameter(torch.tensor([3.0])), nn.Parameter(torch.tensor([1.0]))

    def closure() -> float:
        loss = weight.square().sum()
        loss.backward()
        return loss.item()

    assert Lamb([weight, unused]).step(closure) == 9.0
    assert weight.item() < 3 and unused.item() == 1.0


@pytest.mark.parametrize("name", ["Lamb", "LAMB"])
def test_from_a_config(name: str) -> None:
    optimizer = make_optimizer(
        nn.Linear(3, 2), {"type": name, "lr": 0.005, "weight_decay": 0.02}, {"bias_decay_mult": 0}
    )
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0.02, 0]
    with pytest.raises(ConfigError, match=r"Lamb refuses this: betas=\(0\.9, 2\) are not two numbers in 0 ≤ β < 1"):
        make_optimizer(nn.Linear(3, 2), {"type": name, "betas": (0.9, 2)})
