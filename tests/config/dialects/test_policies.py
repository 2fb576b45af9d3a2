"""The policies of learning rate and momentum, row by row; 20 epochs, or 200 iterations, at a base rate of 0.1."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from course_lib.config import registry
from course_lib.config.config import Config
from course_lib.config.dialects import upgrade
from course_lib.config.errors import ConfigError


def schedules(key: str = "lr_config", max_iters: int | None = None, **config: Any) -> Any:
    runner: dict[str, Any] = dict(type="EpochBasedRunner", max_epochs=20)
    if max_iters is not None:
        runner = dict(type="IterBasedRunner", max_iters=max_iters)
    values = {"optimizer": dict(type="SGD", lr=0.1), "runner": runner, key: config}
    return upgrade(Config.fromdict(values)).param_scheduler


EPOCHS = dict(by_epoch=True, begin=0, end=20)
EACH_ITERATION = dict(**EPOCHS, convert_to_iter_based=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            dict(policy="step", step=[6, 12, 18]),
            dict(type="MultiStepLR", milestones=[6, 12, 18], gamma=0.1, by_epoch=True),
        ),
        (
            dict(policy="step", step=5, gamma=0.5, min_lr=0.02),
            dict(type="StepLR", step_size=5, gamma=0.5, by_epoch=True, min_lr=0.02),
        ),
        (
            dict(policy="CosineAnnealing", min_lr=0),
            dict(type="CosineAnnealingLR", T_max=20, eta_min=0, **EPOCHS),
        ),
        (
            dict(policy="cosineannealing", min_lr_ratio=0.01, by_epoch=False),
            dict(type="CosineAnnealingLR", T_max=20, eta_min_ratio=0.01, **EACH_ITERATION),
        ),
        (
            dict(policy="poly", power=2.0, min_lr=0),
            dict(type="PolyLR", power=2.0, eta_min=0, by_epoch=True, begin=0, end=21),
        ),
        (
            dict(policy="Poly", power=0.9, min_lr=1e-4, by_epoch=False),
            dict(type="PolyLR", power=0.9, eta_min=1e-4, **EACH_ITERATION, exact_end=True),
        ),
        (dict(policy="exp", gamma=0.9), dict(type="ExponentialLR", by_epoch=True, gamma=0.9)),
        (
            dict(policy="inv", gamma=0.1, power=0.75),
            dict(type="InverseLR", power=0.75, by_epoch=True, gamma=0.1),
        ),
        (
            dict(policy="LinearAnnealing", min_lr=0.001),
            dict(type="LinearLR", start_factor=1.0, end_factor=0.01, by_epoch=True, begin=0, end=21),
        ),
        (
            dict(policy="LinearAnnealing", min_lr_ratio=0.01, by_epoch=False),
            dict(type="LinearLR", start_factor=1.0, end_factor=0.01, **EACH_ITERATION, exact_end=True),
        ),
        (
            dict(policy="FlatCosineAnnealing", start_percent=0.5, min_lr=0.0),
            dict(type="CosineAnnealingLR", eta_min=0.0, by_epoch=True, begin=10, end=20),
        ),
        (
            dict(policy="CosineRestart", periods=[8, 12], restart_weights=[1, 0.5], min_lr=0),
            dict(type="CosineRestartLR", eta_min=0, by_epoch=True, periods=[8, 12], restart_weights=[1, 0.5]),
        ),
        (
            dict(policy="cyclic", target_ratio=(10, 1e-4), cyclic_times=2),
            dict(type="CyclicLR", by_epoch=False, target_ratio=(10, 1e-4), cyclic_times=2),
        ),
        (
            dict(policy="OneCycle", max_lr=1.0, pct_start=0.3),
            dict(
                type="OneCycleLR",
                eta_max=1.0,
                total_steps=20,
                by_epoch=True,
                convert_to_iter_based=True,
                pct_start=0.3,
            ),
        ),
    ],
)
def test_a_policy(old: dict[str, Any], new: dict[str, Any]) -> None:
    made = schedules(**old)
    assert len(made) == 1
    assert made[0].pop("end_factor", 0) == pytest.approx(new.pop("end_factor", 0))
    assert made == [new]


def test_in_a_training_that_counts_iterations_the_length_is_known() -> None:
    assert schedules(max_iters=200, policy="poly", by_epoch=False) == [
        dict(type="PolyLR", power=1.0, by_epoch=False, begin=0, end=201)
    ]
    assert schedules(max_iters=200, policy="CosineAnnealing", min_lr=0, by_epoch=False) == [
        dict(type="CosineAnnealingLR", T_max=200, eta_min=0, by_epoch=False, begin=0, end=200)
    ]


def test_fixed_is_no_schedule() -> None:
    assert schedules(policy="fixed") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (dict(warmup="linear", warmup_iters=25), dict(type="LinearLR", start_factor=0.1)),
        (dict(warmup="Linear", warmup_iters=25, warmup_ratio=0.25), dict(type="LinearLR", start_factor=0.25)),
        (dict(warmup="constant", warmup_iters=25), dict(type="ConstantLR", factor=0.1)),
        (dict(warmup="EXP", warmup_iters=25, warmup_ratio=0.2), dict(type="ExponentialWarmupLR", factor=0.2)),
    ],
)
def test_a_warm_up_by_iteration_stands_first_and_ends_one_later(old: dict[str, Any], new: dict[str, Any]) -> None:
    made = schedules(policy="fixed", **old)
    assert made == [dict(**new, by_epoch=False, begin=0, end=26)]
    assert [item["type"] for item in schedules(policy="exp", gamma=0.9, **old)] == [new["type"], "ExponentialLR"]


def test_a_warm_up_by_epoch_says_that_its_end_is_exact() -> None:
    assert schedules(policy="fixed", warmup="linear", warmup_iters=3, warmup_by_epoch=True) == [
        dict(
            type="LinearLR",
            start_factor=0.1,
            by_epoch=True,
            begin=0,
            end=3,
            convert_to_iter_based=True,
            exact_end=True,
        )
    ]


def test_the_momentum_has_the_same_policies_and_its_warm_up_divides() -> None:
    assert schedules("momentum_config", policy="CosineAnnealing", min_momentum=0.5) == [
        dict(type="CosineAnnealingMomentum", T_max=20, eta_min=0.5, **EPOCHS)
    ]
    made = schedules("momentum_config", policy="step", step=[6], warmup="constant", warmup_iters=5, warmup_ratio=0.8)
    assert made[0] == dict(type="ConstantMomentum", factor=1.25, by_epoch=False, begin=0, end=6)
    assert made[1]["type"] == "MultiStepMomentum"
    made = schedules("momentum_config", policy="fixed", warmup="linear", warmup_iters=5)
    assert made == [dict(type="LinearMomentum", start_factor=0.9, divide=True, by_epoch=False, begin=0, end=6)]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("policy='stepp'", "old.py:1: lr_config.policy: there is no policy 'stepp'. Did you mean 'step'?"),
        (
            "policy='step', step=[1], warmup='liner'",
            "old.py:1: lr_config.warmup: there is no warm-up 'liner'. Did you mean 'linear'?",
        ),
        (
            "policy='step', step=[1], warmup='linear', warmup_iters='5'",
            "old.py:1: lr_config.warmup_iters: a number belongs here, not '5'.",
        ),
    ],
)
def test_what_cannot_be_upgraded(config: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        upgrade(Config.fromstring(f"lr_config = dict({config})", "old.py"))
    assert str(caught.value) == said


def test_what_a_policy_does_not_know_is_kept_for_check_to_find() -> None:
    assert schedules(policy="step", step=[1], gama=0.5)[0].gama == 0.5


def test_the_new_schedules_draw_the_old_curves() -> None:
    """The curves by the formulas of mmcv 1.7.2's hooks, 10 iterations an epoch."""
    optim = pytest.importorskip("course_lib.optim")
    ratio, base = 0.1, 0.1

    def step(i: int) -> float:
        return base * 0.1 ** (sum(i // 10 >= milestone for milestone in (6, 12)))

    def cosine(i: int) -> float:
        return base * (1 + math.cos(math.pi * i / 200)) / 2

    def warmed(regular: Callable[[int], float], count: int) -> list[float]:
        ramp = [regular(i) * (1 - (1 - i / count) * (1 - ratio)) for i in range(count)]
        return ramp + [regular(i) for i in range(count, 200)]

    def exponential(i: int) -> float:
        return step(i) * ratio ** (1 - i / 25) if i < 25 else step(i)

    warmup = dict(warmup="linear", warmup_iters=25)
    by_epoch = dict(warmup="Linear", warmup_iters=3, warmup_by_epoch=True)
    expected: list[tuple[dict[str, Any], list[float]]] = [
        (dict(policy="step", step=[6, 12], **warmup), warmed(step, 25)),
        (dict(policy="step", step=[6, 12], **by_epoch), warmed(step, 30)),
        (dict(policy="step", step=[6, 12], **{**warmup, "warmup": "exp"}), [exponential(i) for i in range(200)]),
        (dict(policy="CosineAnnealing", min_lr=0, by_epoch=False, **warmup), warmed(cosine, 25)),
        (dict(policy="poly", power=2.0, min_lr=0), [base * (1 - i // 10 / 20) ** 2 for i in range(200)]),
        (
            dict(policy="LinearAnnealing", min_lr=0.001, by_epoch=False),
            [base + (0.001 - base) * i / 200 for i in range(200)],
        ),
    ]
    for config, curve in expected:
        made = [
            registry.find(item["type"], "schedule").target(**{key: item[key] for key in item if key != "type"})
            for item in schedules(**config)
        ]
        assert optim.lr_curve(made, base, epoch_len=10, max_epochs=20) == pytest.approx(curve, abs=1e-12)
