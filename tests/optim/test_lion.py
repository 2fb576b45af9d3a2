"""Lion: steps by hand, and several against timm's."""

import copy

import pytest
import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.optim import Lion, make_optimizer


def test_two_steps_by_hand() -> None:
    weight = nn.Parameter(torch.tensor([3.0, 4.0]))
    optimizer = Lion([weight], lr=0.1, betas=(0.5, 0.75), weight_decay=0.2)
    weight.grad = torch.tensor([8.0, -8.0])
    optimizer.step()
    torch.testing.assert_close(weight.data, torch.tensor([3 * 0.98 - 0.1, 4 * 0.98 + 0.1]))
    weight.grad = torch.tensor([-1.0, 4.0])  # the mean is (2, −2): half of each sums to (0.5, 1)
    optimizer.step()
    torch.testing.assert_close(weight.data, torch.tensor([2.84 * 0.98 - 0.1, 4.02 * 0.98 - 0.1]))
    torch.testing.assert_close(optimizer.state[weight]["mean"], torch.tensor([1.25, -0.5]))


def test_as_timm() -> None:
    lion = pytest.importorskip("timm.optim").Lion
    torch.manual_seed(0)
    ours = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2))
    theirs = copy.deepcopy(ours)
    images = torch.randn(8, 4)
    args = {"lr": 0.01, "weight_decay": 0.1}
    pairs = [(ours, Lion(ours.parameters(), **args)), (theirs, lion(theirs.parameters(), **args))]
    for model, optimizer in pairs:
        for _ in range(6):
            optimizer.zero_grad()
            (model(images) - 1).square().mean().backward()
            optimizer.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other)


def test_from_a_config() -> None:
    optimizer = make_optimizer(nn.Linear(3, 2), {"type": "Lion", "lr": 1e-4}, {"bias_lr_mult": 2.0})
    assert [group["lr"] for group in optimizer.param_groups] == [1e-4, 2e-4]
    with pytest.raises(ConfigError, match=r"Lion refuses this: betas=\[0\.9\] are not two numbers"):
        make_optimizer(nn.Linear(3, 2), {"type": "Lion", "betas": [0.9]})
