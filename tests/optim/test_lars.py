"""LARS: steps by hand, and several against timm's."""

import copy

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.optim import LARS, make_optimizer


def test_two_steps_by_hand() -> None:
    weight = nn.Parameter(torch.tensor([3.0, 4.0]))
    optimizer = LARS([weight], lr=2.0, momentum=0.5, weight_decay=0.1, eta=0.01, eps=0.0)
    weight.grad = torch.tensor([0.0, 0.5])
    optimizer.step()
    first = 2 * 0.01 * 5 / (0.5 + 0.1 * 5) * torch.tensor([0.3, 0.9])
    torch.testing.assert_close(weight.data, torch.tensor([3.0, 4.0]) - first)
    before = weight.data.clone()
    weight.grad = torch.tensor([0.0, 0.0])  # of no length: the rate is that of the model
    optimizer.step()
    torch.testing.assert_close(weight.data, before - (2 * 0.1 * before + 0.5 * first))


@pytest.mark.parametrize(("momentum", "decay"), [(0.0, 0.0), (0.9, 0.01)])
def test_as_timm(momentum: float, decay: float) -> None:
    """At a constant rate; timm multiplies the velocity by it, we (and the paper) what is added to the velocity."""
    lars = pytest.importorskip("timm.optim").Lars
    torch.manual_seed(0)
    ours = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2))
    nn.init.zeros_(ours[2].weight)
    theirs = copy.deepcopy(ours)
    images = torch.randn(8, 4)
    args = {"lr": 0.5, "momentum": momentum, "weight_decay": decay}
    pairs = [
        (ours, LARS(ours.parameters(), eta=0.02, **args)),
        (theirs, lars(theirs.parameters(), trust_coeff=0.02, always_adapt=True, **args)),
    ]
    for model, optimizer in pairs:
        for _ in range(6):
            optimizer.zero_grad()
            (model(images) - 1).square().mean().backward()
            optimizer.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other)


def test_velocity_survives_saving() -> None:
    weight = nn.Parameter(torch.tensor([3.0]))
    optimizer = LARS([weight], lr=1.0, momentum=0.9)
    weight.grad = torch.tensor([1.0])
    optimizer.step()
    again = LARS([weight], lr=1.0, momentum=0.9)
    again.load_state_dict(optimizer.state_dict())
    assert again.state[weight]["velocity"].item() == pytest.approx(0.003)


def test_from_a_config() -> None:
    optimizer = make_optimizer(nn.Linear(3, 2), {"type": "LARS", "lr": 1.6, "momentum": 0.9, "weight_decay": 0.0})
    assert isinstance(optimizer, LARS)
    with pytest.raises(ConfigError, match=r"LARS refuses this: momentum=1\.5 is not in 0 ≤ m < 1"):
        make_optimizer(nn.Linear(3, 2), {"type": "LARS", "lr": 1.6, "momentum": 1.5})
