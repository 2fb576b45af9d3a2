"""The range test: on losses whose course is known, and on a network that must stay as it was."""

import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_lib.config.errors import ConfigError
from course_lib.engine import Trainer, random_state
from course_lib.engine.lr_finder import find_lr, lr_range


def make_trainer(**options) -> Trainer:
    torch.manual_seed(0)
    points = torch.randn(64, 1, 2, 2, generator=torch.Generator().manual_seed(0))
    loader = DataLoader(TensorDataset(points, (points.sum(dim=(1, 2, 3)) > 0).long()), batch_size=16, shuffle=True)
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
    groups = [{"params": list(net[1].parameters())}, {"params": list(net[2:].parameters()), "lr": 0.02}]
    optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
    return Trainer(net, loader, optimizer, **{"max_epochs": 2, "hooks": [], "device": "cpu"} | options)


def test_steepest_and_lowest_of_a_known_course():
    x = np.linspace(-5, 0, 201)  # log10 of the rate
    lr, loss = 10**x, 2 - np.tanh(2 * (x + 3)) - 0.2 * x + 3 * np.clip(x + 1, 0, None) ** 2  # falls fastest at 1e-3
    found = lr_range(list(lr), list(loss))
    assert found.steepest == pytest.approx(1e-3, rel=0.15)
    assert found.lowest == pytest.approx(lr[np.argmin(loss)], rel=0.2)
    assert found.tenth == found.lowest / 10


def test_losses_that_are_no_numbers_are_left_out():
    found = lr_range([1, 2, 3, 4], [3.0, 2.0, 1.0, float("nan")], exploded=True)
    assert found.lr.tolist() == [1, 2, 3] and found.exploded
    with pytest.raises(ConfigError, match="no number from the first rates on: begin with a smaller one"):
        lr_range([1, 2, 3], [3.0, float("inf"), float("nan")])


def test_the_rate_rises_by_the_same_factor():
    found = find_lr(make_trainer(), start=1e-5, end=1e-2, steps=31)
    assert np.allclose(found.lr, np.logspace(-5, -2, 31)) and not found.exploded


def test_the_losses_are_those_of_a_hand_written_test():
    trainer = make_trainer()
    net, batches = copy.deepcopy(trainer.model), []
    for epoch in range(3):
        trainer.epoch = epoch
        batches += list(trainer.batches())
    trainer.epoch = 0
    optimizer = torch.optim.SGD(net.parameters(), lr=1.0, momentum=0.9)
    expected = []
    for lr, batch in zip(np.logspace(-4, -1, 10), batches, strict=False):
        for group in optimizer.param_groups:
            group["lr"] = lr
        loss = net.loss(batch)["loss"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    for group in trainer.optimizer.param_groups:
        group["lr"] = 0.1  # all alike, as by hand
    assert np.allclose(find_lr(trainer, start=1e-4, end=1e-1, steps=10).loss, expected, atol=1e-6)


def test_it_ends_where_the_loss_explodes():
    found = find_lr(make_trainer(), start=1e-4, end=1e6, steps=200)
    assert found.exploded and len(found.lr) < 200
    assert found.steepest <= found.lowest < found.lr[-1]


def test_model_optimizer_and_random_numbers_stay_as_they_were():
    trainer = make_trainer()
    trainer.fit()
    model, optimizer = copy.deepcopy((trainer.model.state_dict(), trainer.optimizer.state_dict()))
    random = random_state()["torch"]
    find_lr(trainer, start=1e-4, end=10.0, steps=20)
    for name, value in trainer.model.state_dict().items():
        assert torch.equal(value, model[name]), name
    after = trainer.optimizer.state_dict()
    assert after["param_groups"] == optimizer["param_groups"]
    for index, state in after["state"].items():
        assert torch.equal(state["momentum_buffer"], optimizer["state"][index]["momentum_buffer"])
    assert torch.equal(random_state()["torch"], random)
    assert (trainer.step, trainer.stopped) == (8, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": 0.1, "end": 0.01}, "the rates must rise from above 0: start=0.1, end=0.01"),
        ({"start": 0.0}, "the rates must rise from above 0"),
        ({"steps": 5}, "steps=5 rates are too few to see anything; take 10 or more"),
    ],
)
def test_what_cannot_be_tried(options, message):
    with pytest.raises(ConfigError, match=message):
        find_lr(make_trainer(), **options)
