"""The optimizers' formulas against torch.optim, and the race between them."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

from course_lib.widgets.descent import (
    FAST_STEPS,
    GOAL_LOSS,
    NUM_STEPS,
    OPTIMIZERS,
    RATES,
    Run,
    first_ones,
    goals_reached,
    race,
    run,
)
from course_lib.widgets.landscapes import LANDSCAPES

TORCHS: dict[str, tuple[type[torch.optim.Optimizer], dict[str, Any]]] = {
    "SGD": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "Nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "AdaGrad": (torch.optim.Adagrad, {}),
    "RMSProp": (torch.optim.RMSprop, {}),
    "Adam": (torch.optim.Adam, {}),
}


@pytest.mark.parametrize("ground", LANDSCAPES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_fifty_steps_are_torchs(name: str, ground: str) -> None:
    landscape = LANDSCAPES[ground]
    kind, arguments = TORCHS[name]
    w = torch.nn.Parameter(torch.tensor(landscape.start, dtype=torch.float64))
    optimizer = kind([w], lr=0.07, **arguments)  # type: ignore[call-arg]
    ours = islice(OPTIMIZERS[name](landscape.gradient, np.array(landscape.start), 0.07), 50)
    for step, point in enumerate(ours, 1):
        w.grad = torch.from_numpy(landscape.gradient(w.detach().numpy()))
        optimizer.step()
        assert np.allclose(point, w.detach(), rtol=1e-9, atol=1e-12), step


def test_sgd_by_hand() -> None:
    way = run("saddle", "SGD", 0.5, (2.0, 0.0))
    assert way.points[:4].tolist() == [[2, 0], [1, 0], [0.5, 0], [0.25, 0]]
    assert way.losses[0] == 2.25 and way.points.shape == (NUM_STEPS + 1, 2) and not way.diverged
    assert way.arrived is None and way.losses[-1] == pytest.approx(0.25)  # it stays on the saddle


def test_who_flies_past_has_not_arrived() -> None:
    losses = np.full(NUM_STEPS + 1, 1.0)
    points = np.zeros((NUM_STEPS + 1, 2))
    losses[[4, 5]] = 0.001
    assert Run(points, losses).arrived is None
    losses[20:] = 0.5 * GOAL_LOSS
    assert Run(points, losses).arrived == 20
    losses[20] = GOAL_LOSS
    assert Run(points, losses).arrived == 21
    assert Run(points, np.zeros(NUM_STEPS + 1)).arrived == 0


def test_a_rate_beyond_two_over_the_curvature_diverges() -> None:
    start = LANDSCAPES["narrow valley"].start
    assert not run("narrow valley", "SGD", 0.5, start).diverged  # 2 / 4 is the border
    far = run("narrow valley", "SGD", 0.6, start)
    assert far.diverged and far.arrived is None and np.isfinite(far.losses).all()
    assert len(far.points) == len(far.losses) <= NUM_STEPS


def test_in_the_valley_nesterov_is_first() -> None:
    runs = race("narrow valley", dict.fromkeys(OPTIMIZERS, 0.1), LANDSCAPES["narrow valley"].start)
    assert first_ones(runs) == ["Nesterov"] and runs["AdaGrad"].arrived is None
    assert [runs[name].arrived for name in ("Nesterov", "RMSProp", "momentum", "Adam", "SGD")] == [18, 42, 58, 127, 150]


def test_first_ones() -> None:
    still = LANDSCAPES["saddle"].minima[0]
    assert first_ones(race("saddle", dict.fromkeys(OPTIMIZERS, 0.1), still)) == list(OPTIMIZERS)
    assert first_ones(race("saddle", dict.fromkeys(OPTIMIZERS, 0.1), (2.0, 0.0))) == []


def reached(landscape: str, rates: dict[str, float]) -> set[str]:
    start = LANDSCAPES[landscape].start
    return goals_reached(landscape, rates, start, race(landscape, rates, start))


def test_each_goal_can_be_reached_but_not_at_once() -> None:
    rates = {
        name: {lr for lr in RATES if name in reached("narrow valley", dict.fromkeys(OPTIMIZERS, lr))}
        for name in ("fast", "Adam")
    }
    assert rates == {"fast": {0.15}, "Adam": {0.25, 0.3, 0.4}} and FAST_STEPS == 15
    first = {lr for lr in RATES if "momentum" in reached("bumpy bowl", dict.fromkeys(OPTIMIZERS, lr))}
    assert first == {0.02, 0.025, 0.03}
    assert all(reached(name, dict.fromkeys(OPTIMIZERS, 0.1)) == set() for name in LANDSCAPES)


def test_goals_ask_for_one_rate_and_the_own_start() -> None:
    slow = {**dict.fromkeys(OPTIMIZERS, 0.001), "momentum": 0.1}
    start = LANDSCAPES["narrow valley"].start
    assert first_ones(race("narrow valley", slow, start)) == ["momentum"]
    assert reached("narrow valley", slow) == set()
    assert "fast" in reached("narrow valley", {**slow, "Nesterov": 0.15})
    rates = dict.fromkeys(OPTIMIZERS, 0.15)
    assert goals_reached("narrow valley", rates, (0.1, 0.0), race("narrow valley", rates, (0.1, 0.0))) == set()
