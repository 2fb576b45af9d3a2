"""Lesson 21's exercises on right and wrong answers."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from scipy.stats import binomtest

from course_lib.homework.compare import Case
from course_lib.homework.exercises import lesson_21
from course_lib.homework.judge import judge

from .cards import card_words

words = partial(card_words, limit_s=120.0)
EXERCISES = {exercise.name: exercise for exercise in lesson_21.EXERCISES}


def said_of(answer: Callable[[], Any], seed: int = 3) -> str:
    """What the check says of a config; without the reference's own training, which takes longer than all of this."""
    case = Case((seed,))
    difference = lesson_21.good_enough(case, lesson_21.train_under_budget(answer, seed), None)
    return "" if difference is None else f"{difference.got} | {difference.expected} | {difference.why}"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda: None, "Is there a `return`?"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda: "text", "A conclusion is a dict."),
        (lambda log: {}, "It takes other arguments"),
    ],
)
def test_no_conclusion(answer: Callable[..., Any], text: str) -> None:
    assert text in words("21.conclusion", answer)


# --- solution_config --------------------------------------------------------------------------------------------------


def changed(**parts: Any) -> Callable[[], dict[str, Any]]:
    """The reference's config with other parts; None leaves a part out."""
    return lambda: {key: value for key, value in {**lesson_21.solution_config(), **parts}.items() if value is not None}


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (dict, "7 classes, but the data set of train_dataloader has 3: arrow, hexagon, moon. Write num_classes=3."),
        (changed(param_scheduler=None), "PolyLR: begin=100, but the training ends after 48 iterations."),
        (changed(optim_wraper=dict(optimizer=dict(lr=0.1))), "Did you mean 'optim_wrapper'?"),
        (changed(load_from="zoo://resnet-mini_shape"), "zoo://resnet-mini_shape"),
        (changed(train_dataloader=dict(batch_size="many")), "batch_size"),
        (changed(train_cfg=dict(max_epochs="long")), "max_epochs"),
    ],
)
def test_configs_with_mistakes(answer: Callable[[], Any], text: str) -> None:
    said = said_of(answer)
    assert text in said and "`check_config` found " in said


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (changed(load_from=None), "from scratch: do the weights come along?"),
        (changed(optim_wrapper=dict(optimizer=dict(lr=0.0005))), "at least 85 % of 400 hidden pictures"),
    ],
    ids=["scratch", "small steps"],
)
def test_lazy_configs_do_not_reach_the_threshold(answer: Callable[[], Any], text: str) -> None:
    assert text in said_of(answer)


def test_no_config() -> None:
    assert "is there a `return`?" in said_of(lambda: None)
    assert "A config is a dict." in said_of(lambda: "load_from = 3")
    assert "ZeroDivisionError: division by zero" in words("21.solution_config", lambda: 1 / 0)


def test_the_budget_is_the_check_s() -> None:
    asked = changed(
        train_cfg=dict(max_epochs=1000),
        train_dataloader=dict(batch_size=32, num_workers=2, dataset=dict(num_samples=10**6, difficulty=0.0)),
        val_dataloader=dict(dataset=dict(difficulty=0.0)),
    )
    cfg = lesson_21.with_budget(lesson_21.written(asked()), seed=5)
    assert (cfg.train_cfg.max_epochs, cfg.work_dir, cfg.device) == (6, None, "cpu")
    for loader, split, count in ((cfg.train_dataloader, "train", 240), (cfg.val_dataloader, "test", 400)):
        data = loader.dataset
        assert (data.split, data.num_samples, data.difficulty, data.seed) == (split, count, 0.7, 5)
        assert data.classes == ["arrow", "hexagon", "moon"] and loader.num_workers == 0
    assert cfg.train_dataloader.dataset.pipeline[0].type == "RandomFlip"  # the augmentation stays the answer's
    assert cfg.train_dataloader.batch_size == 32


def test_other_ways_to_a_good_config() -> None:
    head_alone = changed(
        model=dict(backbone=dict(frozen_stages=3), head=dict(num_classes=3)),
        optim_wrapper=dict(optimizer=dict(lr=0.1)),
        train_cfg=dict(max_epochs=100),
    )
    assert said_of(head_alone) == ""


# --- compare ----------------------------------------------------------------------------------------------------------


def compare_with_failed(log: Any) -> Any:
    return lesson_21.compare([{**row, "accuracy": row["accuracy"] or 0.0} for row in log])


def compare_all_settings(log: Any) -> Any:
    done = [row for row in log if row["accuracy"] is not None]
    found: dict[str, dict[Any, list[float]]] = {}
    for row in done:
        for key in row.keys() - {"trial", "accuracy"}:
            found.setdefault(key, {}).setdefault(row[key], []).append(row["accuracy"])
    return {key: {value: sum(all_) / len(all_) for value, all_ in means.items()} for key, means in found.items()}


def compare_with_max(log: Any) -> Any:
    best = lesson_21.compare(log)
    return {
        key: {value: max(row["accuracy"] or 0 for row in log if row[key] == value) for value in means}
        for key, means in best.items()
    }


def compare_with_trial(log: Any) -> Any:
    numbers = {row["trial"]: row["accuracy"] for row in log if row["accuracy"] is not None}
    return lesson_21.compare(log) | ({"trial": numbers} if len(numbers) > 1 else {})


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda log: None, "is there a `return`?"),
        (lambda log: {}, "two trials, one setting | "),
        (compare_with_failed, "a trial that failed | "),
        (compare_all_settings, "a setting that was always the same | "),
        (compare_with_max, "a grid of two settings | "),
        (compare_with_trial, "has the key 'trial', which should not be there"),
        (lambda log: lesson_21.compare(log) if len(log) > 1 else log[0] and {}, "no trial yet | IndexError"),
        (lambda log: log.clear() or {}, "changed its input `log`"),
    ],
)
def test_compare(answer: Callable[..., Any], text: str) -> None:
    assert text in words("21.compare", answer)


def test_compare_by_hand() -> None:
    log = [
        {"trial": 1, "lr": 0.1, "epochs": 2, "accuracy": 50.0},
        {"trial": 2, "lr": 0.1, "epochs": 6, "accuracy": 70.0},
        {"trial": 3, "lr": 0.01, "epochs": 6, "accuracy": 90.0},
        {"trial": 4, "lr": 10.0, "epochs": 6, "accuracy": None},
    ]
    assert lesson_21.compare(log) == {"lr": {0.1: 60.0, 0.01: 90.0}, "epochs": {2: 50.0, 6: 80.0}}


# --- interval ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hits", "n"), [(54, 60), (0, 10), (10, 10), (1, 3), (2100, 3000)])
def test_interval_is_scipy_s(hits: int, n: int) -> None:
    found = binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert lesson_21.interval(hits, n) == pytest.approx((100 * found.low, 100 * found.high), abs=2e-3)


def simple_interval(hits: int, n: int) -> tuple[float, float]:
    p = hits / n
    margin = 1.96 * math.sqrt(p * (1 - p) / n)
    return 100 * (p - margin), 100 * (p + margin)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (simple_interval, "half of a hundred | "),
        (lambda hits, n: tuple(each / 100 for each in lesson_21.interval(hits, n)), "half of a hundred | "),
        (lambda hits, n: lesson_21.interval(hits, n)[::-1], "half of a hundred | "),
        (lambda hits, n: hits / n, "should be a tuple of 2 values"),
        (lambda hits, n: lesson_21.interval(min(hits, n - 1), n), "all right: the true accuracy may still be below"),
    ],
)
def test_interval(answer: Callable[..., Any], text: str) -> None:
    assert text in words("21.interval", answer)


def test_scipy_s_interval_passes_and_another_z_does_not() -> None:
    def by_scipy(hits: int, n: int) -> tuple[float, float]:
        found = binomtest(hits, n).proportion_ci(0.95, method="wilson")
        return 100 * found.low, 100 * found.high

    def with_two(hits: int, n: int) -> tuple[float, float]:
        p, margin = hits / n, 2 * math.sqrt(hits / n * (1 - hits / n) / n + 1 / n**2)
        return 100 * (p + 2 / n - margin) / (1 + 4 / n), 100 * (p + 2 / n + margin) / (1 + 4 / n)

    for seed in range(5):
        assert judge(EXERCISES["21.interval"], by_scipy, seed).status == "passed"
    assert "half of a hundred | " in words("21.interval", with_two)


# --- conclusion -------------------------------------------------------------------------------------------------------

OWN = [
    {"trial": 7, "lr": 0.1, "steps": 16, "frozen_stages": 3, "accuracy": 81.7},
    {"trial": 2, "lr": 0.1, "steps": 48, "frozen_stages": 3, "accuracy": 83.3},
    {"trial": 3, "lr": 0.01, "steps": 16, "frozen_stages": 3, "accuracy": 60.3},
    {"trial": 5, "lr": 0.01, "steps": 48, "frozen_stages": 3, "accuracy": 74.7},
    {"trial": 9, "lr": 9.0, "steps": 48, "frozen_stages": 3, "accuracy": None},
]
RIGHT = {"log": OWN, "best": 2, "setting": "lr", "points": 15.0}


def test_a_log_of_one_s_own_passes() -> None:
    for points in (15.0, 15, 14.96):

        def conclusion(value: float = points) -> dict[str, Any]:
            return RIGHT | {"points": value}

        verdict = judge(EXERCISES["21.conclusion"], conclusion)
        assert verdict.status == "passed", verdict


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"best": 7}, "The log's highest accuracy is 83.3."),
        ({"setting": "steps"}, "The means lie so far apart, in points: lr 15.0, steps 8.0."),
        ({"setting": "frozen_stages"}, "| 'lr' | "),
        ({"setting": ["lr"]}, ""),
        ({"points": 8.0}, "Largest minus smallest mean of 'lr'."),
        ({"points": "15"}, "Largest minus smallest mean of 'lr'."),
        ({"points": math.nan}, "Largest minus smallest mean of 'lr'."),
        ({"log": []}, "Four trials at least: 0 came to an end."),
        ({"log": OWN[1:]}, "Four trials at least: 3 came to an end."),
        ({"log": "my log"}, "A log is a list of dicts"),
        ({"log": [{"lr": 0.1}]}, "A log is a list of dicts"),
        ({"log": [*OWN, OWN[0]]}, "a number of its own"),
        ({"log": [{**row, "accuracy": 900.0} for row in OWN]}, "An accuracy is a number from 0 to 100"),
        ({"log": [{**row, "lr": 0.1} for row in OWN]}, "Two settings at least must have been changed; here 1 was."),
    ],
)
def test_claims_that_do_not_follow(values: dict[str, Any], text: str) -> None:
    assert text in words("21.conclusion", lambda: RIGHT | values)


def test_a_key_is_missing() -> None:
    assert "It lacks the key 'setting'." in words("21.conclusion", lambda: {"log": OWN, "best": 2})
