import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from course_lib.config.errors import ConfigError
from course_lib.config.registry import find, names, signature
from course_lib.optim import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    ExponentialWarmupLR,
    LinearLR,
    LinearMomentum,
    MultiStepLR,
    PolyLR,
    Schedule,
    StepLR,
    lr_curve,
    value_at,
)

# curves that mmcv 1.7.2 and mmengine 0.10.7 themselves gave, 20 epochs of 10 iterations
GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))


def from_dict(description: dict[str, Any]) -> Schedule:
    arguments = {name: value for name, value in description.items() if name != "type"}
    return find(description["type"], "schedule").target(**arguments)


@pytest.mark.parametrize("entry", GOLDEN["curves"], ids=lambda entry: entry["name"])
def test_same_curve_as_the_originals(entry: dict[str, Any]) -> None:
    expected = np.concatenate([[run] if isinstance(run, float) else np.full(run[1], run[0]) for run in entry["curve"]])
    schedules = [from_dict(description) for description in entry["param_scheduler"]]
    curve = lr_curve(schedules, entry["base"], 10, 20, target=entry["target"])
    np.testing.assert_allclose(curve, expected, rtol=1e-12, atol=0)


def torch_curve(make: Any, steps: int, base: float = 0.1) -> np.ndarray:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(rates)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (MultiStepLR([3, 9]), lambda o: lr_scheduler.MultiStepLR(o, [3, 9])),
        (StepLR(4, gamma=0.5), lambda o: lr_scheduler.StepLR(o, 4, gamma=0.5)),
        (CosineAnnealingLR(eta_min=0.01), lambda o: lr_scheduler.CosineAnnealingLR(o, 15, eta_min=0.01)),
        (CosineAnnealingLR(T_max=6), lambda o: lr_scheduler.CosineAnnealingLR(o, 6)),  # climbs again after T_max
        (PolyLR(power=0.9, end=16), lambda o: lr_scheduler.PolynomialLR(o, total_iters=15, power=0.9)),
        (ExponentialLR(0.9), lambda o: lr_scheduler.ExponentialLR(o, 0.9)),
        (LinearLR(0.25, end=5, exact_end=True), lambda o: lr_scheduler.LinearLR(o, 0.25, total_iters=5)),
        (ConstantLR(0.25, end=5, exact_end=True), lambda o: lr_scheduler.ConstantLR(o, 0.25, total_iters=5)),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, Schedule) else "",
)
def test_same_curve_as_torch(ours: Schedule, theirs: Any) -> None:
    curve = lr_curve([ours], base=0.1, epoch_len=1, max_epochs=15)
    np.testing.assert_allclose(curve, torch_curve(theirs, 15), rtol=1e-12, atol=1e-16)


def test_ways_of_counting() -> None:
    # a ramp over 2 epochs of 3 steps: a new rate each epoch, and each iteration
    by_epoch = lr_curve([LinearLR(0.5, end=2)], 1.0, epoch_len=3, max_epochs=3)
    assert by_epoch.tolist() == [0.5, 0.5, 0.5, 1, 1, 1, 1, 1, 1]
    converted = lr_curve([LinearLR(0.5, end=2, convert_to_iter_based=True)], 1.0, epoch_len=3, max_epochs=3)
    np.testing.assert_allclose(converted, [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 1, 1], rtol=1e-12)
    exact = lr_curve([LinearLR(0.4, end=2, convert_to_iter_based=True, exact_end=True)], 1.0, epoch_len=3, max_epochs=3)
    np.testing.assert_allclose(exact, [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 1], rtol=1e-12)


@pytest.mark.parametrize(
    "make",
    [
        lambda convert: MultiStepLR([2, 5], begin=1, convert_to_iter_based=convert),
        lambda convert: StepLR(3, convert_to_iter_based=convert),
    ],
)
def test_steps_fall_at_the_same_place_when_converted(make: Any) -> None:
    plain, converted = (lr_curve([make(convert)], 1.0, epoch_len=4, max_epochs=8) for convert in (False, True))
    np.testing.assert_array_equal(plain, converted)


def test_converted_cosine_is_the_iteration_based_one() -> None:
    converted = lr_curve([CosineAnnealingLR(T_max=8, convert_to_iter_based=True)], 1.0, epoch_len=4, max_epochs=8)
    np.testing.assert_array_equal(converted, lr_curve([CosineAnnealingLR(by_epoch=False)], 1.0, 4, 8))


def test_a_training_counted_in_iterations() -> None:
    assert len(lr_curve([], 1.0, epoch_len=7, max_epochs=30 / 7)) == 30
    curve = lr_curve([PolyLR(by_epoch=False)], 1.0, epoch_len=7, max_epochs=30 / 7)
    np.testing.assert_allclose(curve, np.linspace(1, 0, 30), atol=1e-15)
    by_epoch = lr_curve([PolyLR()], 1.0, epoch_len=7, max_epochs=30 / 7)  # the fifth epoch is cut short
    np.testing.assert_allclose(by_epoch[[0, 7, 14, 21, 28]], [1, 0.75, 0.5, 0.25, 0], atol=1e-15)


def test_schedules_one_after_the_other() -> None:
    # warm-up, way down to a rate that is not 0, then a tenth of that: the last works on what the others left
    last = ConstantLR(0.1, begin=8, end=20)
    schedules = [LinearLR(0.5, end=3), CosineAnnealingLR(eta_min=0.2, begin=3, end=8), last]
    curve = lr_curve(schedules, 1.0, epoch_len=1, max_epochs=10)
    down = [0.2 + 0.8 * (1 + np.cos(np.pi * t / 5)) / 2 for t in range(5)]
    np.testing.assert_allclose(curve, [0.5, 0.75, 1, *down, 0.1 * down[-1], 0.1 * down[-1]], rtol=1e-12)


def test_warmup_scales_the_decayed_rate() -> None:
    schedules = [ConstantLR(0.5, end=2, exact_end=True), StepLR(1, gamma=0.1, min_lr=0.05)]
    assert lr_curve(schedules, 1.0, 1, 4).tolist() == [0.5, 0.05, 0.05, 0.05]


@pytest.mark.parametrize("ramp", [LinearLR(0.1, end=1), ConstantLR(0.1, end=1), ExponentialWarmupLR(0.1, end=1)])
def test_a_ramp_of_one_position_is_already_done(ramp: Schedule) -> None:
    assert lr_curve([ramp], 1.0, epoch_len=2, max_epochs=2).tolist() == [1, 1, 1, 1]


def test_a_training_of_one_epoch_still_learns() -> None:
    assert lr_curve([PolyLR()], 1.0, epoch_len=2, max_epochs=1).tolist() == [1, 1]
    assert lr_curve([CosineAnnealingLR()], 1.0, epoch_len=2, max_epochs=1).tolist() == [1, 1]


def test_momentum_and_rate_have_their_own_schedules() -> None:
    schedules = [LinearMomentum(0.5, end=2), MultiStepLR([1])]
    assert lr_curve(schedules, 1.0, 1, 3).tolist() == [1.0, 0.1, 0.1]
    assert lr_curve(schedules, 0.9, 1, 3, target="momentum").tolist() == [0.45, 0.9, 0.9]


def test_every_schedule_names_its_arguments() -> None:
    for name in names("schedule"):
        arguments = signature(name).parameters
        assert {"begin", "end", "by_epoch", "convert_to_iter_based"} <= set(arguments), name


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: MultiStepLR([6, 4]), "MultiStepLR: milestones=[6, 4] must increase from each to the next."),
        (lambda: MultiStepLR([6, 6]), "MultiStepLR: milestones=[6, 6] must increase from each to the next."),
        (lambda: MultiStepLR([-1]), "MultiStepLR: a milestone=-1 must be a whole number, 1 or more."),
        (lambda: MultiStepLR(5), "milestones=5 must be a list such as [30, 60]; StepLR has a step_size."),  # type: ignore
        (lambda: StepLR(0), "StepLR: step_size=0 must be a whole number, 1 or more."),
        (lambda: StepLR(2, gamma=-0.1), "StepLR: gamma=-0.1 must be a number, more than 0."),
        (lambda: CosineAnnealingLR(begin=5, end=5), "CosineAnnealingLR: begin=5 must be smaller than end=5."),
        (lambda: CosineAnnealingLR(begin=-1), "CosineAnnealingLR: begin=-1 must be a whole number, 0 or more."),
        (lambda: CosineAnnealingLR(eta_min=0.1, eta_min_ratio=0.1), "give eta_min or eta_min_ratio, not both."),
        (lambda: CosineAnnealingLR(eta_min=-1.0), "eta_min=-1.0 must be a number, 0 or more."),
        (lambda: LinearLR(end=1.5), "LinearLR: end=1.5 must be a whole number, 1 or more."),  # type: ignore
        (lambda: LinearLR("0.1"), "LinearLR: start_factor='0.1' must be a number, 0 or more."),  # type: ignore
        (lambda: LinearLR(by_epoch=False, convert_to_iter_based=True), "it needs by_epoch=True."),
        (lambda: ExponentialWarmupLR(0.0), "ExponentialWarmupLR: factor=0.0 must be a number, more than 0."),
        (lambda: PolyLR(power=0), "PolyLR: power=0 must be a number, more than 0."),
    ],
)
def test_mistakes_are_named(make: Any, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert words in str(caught.value)


def test_a_schedule_after_the_end_is_a_mistake() -> None:
    schedule = CosineAnnealingLR(begin=5)
    with pytest.raises(ConfigError) as caught:
        schedule.bind(epoch_len=10, max_epochs=3)
    assert str(caught.value) == (
        "CosineAnnealingLR: begin=5, but the training ends after 3 epochs. Let it begin earlier or train longer."
    )


def test_an_unknown_schedule_gets_the_nearest_name() -> None:
    with pytest.raises(
        ConfigError, match=r"there is no schedule 'CosineAnealingLR'. Did you mean 'CosineAnnealingLR'?"
    ):
        find("CosineAnealingLR", "schedule")


def test_an_unbound_schedule_says_so() -> None:
    with pytest.raises(RuntimeError, match=r"PolyLR does not know the training's length yet: call bind\(\) first."):
        value_at([PolyLR()], 0, 0.1)
