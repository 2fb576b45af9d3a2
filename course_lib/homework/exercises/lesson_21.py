"""Lesson 21, the capstone: a config trained under a budget, trials compared, an honest interval, a conclusion."""

import contextlib
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.builders import build_trainer, check_config, innermost
from course_lib.config import Config, ConfigDict, ConfigError, find_config

from ..compare import Case, Difference, config_mistakes, first_difference, short
from ..exercise import Answer, Exercise

# --- solution_config --------------------------------------------------------------------------------------------------

SOLUTION_CONFIG = '''def solution_config():
    """What your config says over its _base_, "zoo/resnet-mini_shapes": a dict with the keys of a config file.

    The check trains it on 240 pictures of arrow, hexagon and moon, for 6 epochs at the most, and measures it on 400
    others that nobody has seen. At least 85 % of them must be right.
    """
    ...
'''

BASE, CLASSES = "zoo/resnet-mini_shapes", ["arrow", "hexagon", "moon"]
PICTURES, HIDDEN_PICTURES, MAX_EPOCHS, ENOUGH = 240, 400, 6, 85.0


def solution_config() -> dict[str, Any]:
    return dict(
        load_from="zoo://resnet-mini_shapes",
        model=dict(head=dict(num_classes=3)),
        train_dataloader=dict(batch_size=32),
        optim_wrapper=dict(optimizer=dict(lr=0.03)),
        param_scheduler=[dict(type="CosineAnnealingLR", by_epoch=False)],
        train_cfg=dict(max_epochs=6),
    )


def solution_config_cases(rng: np.random.Generator) -> Iterator[Case]:
    # the seed of the pictures goes to train_under_budget, not to the answer, which takes no argument
    yield Case((int(rng.integers(1000, 10**6)),), f"{PICTURES} pictures to train with, {HIDDEN_PICTURES} hidden ones")


def train_under_budget(answer: Answer, seed: int) -> Any:
    """What becomes of an answer's config: its mistakes or, if there are none, its accuracy in percent.

    Pictures, length and seed of the training are the check's; everything else is the answer's.
    """
    values = answer()
    if not isinstance(values, Mapping):
        return values
    try:
        cfg = with_budget(written(values), seed)
        if mistakes := check_config(cfg, for_training=True):
            raise ConfigError(mistakes)
        with contextlib.redirect_stdout(io.StringIO()):  # which weights did not fit
            result = build_trainer(cfg, hooks=[]).fit()
    except ConfigError as error:  # a schedule that does not fit the length is found last
        return {"mistakes": [str(mistake) for mistake in error.mistakes]}
    return {"mistakes": [], "accuracy": result.metrics["accuracy/top1"]}


def written(values: Mapping[str, Any]) -> Config:
    """What a config file says that inherits from the base.

    Raises:
        ConfigError: a value that cannot stand in a config file.
    """
    lines = [f"_base_ = [{str(find_config(BASE))!r}]", *(f"{key} = {value!r}" for key, value in values.items())]
    return Config.fromstring("\n".join(lines), file="solution_config")


def with_budget(cfg: Config, seed: int) -> Config:
    """The config, changed: the check's own pictures, at most 6 epochs, nothing written."""
    kinds = (("train", PICTURES), ("test", HIDDEN_PICTURES))
    for loader, (split, count) in zip((cfg.train_dataloader, cfg.val_dataloader), kinds, strict=True):
        if not isinstance(loader, ConfigDict) or not isinstance(loader.get("dataset"), ConfigDict):
            return cfg  # check_config will say so
        pipeline = innermost(loader.dataset)[0].get("pipeline") or [dict(type="PackInputs")]
        loader.num_workers = 0
        loader.dataset = ConfigDict(
            type="Shapes", split=split, num_samples=count, classes=CLASSES, difficulty=0.7, seed=seed, pipeline=pipeline
        )
    asked = cfg.train_cfg.get("max_epochs", MAX_EPOCHS) if isinstance(cfg.train_cfg, ConfigDict) else MAX_EPOCHS
    epochs = min(asked, MAX_EPOCHS) if isinstance(asked, int) else asked
    cfg.train_cfg = ConfigDict(by_epoch=True, max_epochs=epochs, val_interval=epochs)
    cfg.val_evaluator = ConfigDict(type="Accuracy", topk=(1,))
    cfg.randomness, cfg.device, cfg.work_dir, cfg.resume = ConfigDict(seed=seed), "cpu", None, False
    return cfg


def good_enough(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether there are no mistakes, and the accuracy on the hidden pictures is at least 85 %."""
    if mistakes := config_mistakes(got):
        return mistakes
    if got["accuracy"] >= ENOUGH:
        return None
    lost = "About as much as from scratch: do the weights come along?" if got["accuracy"] < 60 else ""
    why = lost or "Look at your trial table: which lr, and what becomes of it during the training?"
    wanted = f"at least {ENOUGH:g} % of {HIDDEN_PICTURES} hidden pictures"
    return Difference(f"{got['accuracy']:.1f} %", wanted, why)


# --- compare ----------------------------------------------------------------------------------------------------------

COMPARE = '''def compare(log):
    """What each value of each setting came to: {setting: {value: mean accuracy of its trials}}.

    log: a list of dicts such as {"trial": 1, "lr": 0.01, "frozen_stages": 3, "accuracy": 84.0}; every key but "trial"
    and "accuracy" is a setting. A trial that failed has the accuracy None and is left out. So is a setting of which
    one value only is left.
    """
    ...
'''

NO_SETTINGS = ("trial", "accuracy")


def compare(log: Sequence[Mapping[str, Any]]) -> dict[str, dict[Any, float]]:
    done = [row for row in log if row["accuracy"] is not None]
    found: dict[str, dict[Any, float]] = {}
    for setting in (key for row in done[:1] for key in row if key not in NO_SETTINGS):
        values = list(dict.fromkeys(row[setting] for row in done))
        groups = {value: [row["accuracy"] for row in done if row[setting] == value] for value in values}
        if len(groups) > 1:
            found[setting] = {value: sum(group) / len(group) for value, group in groups.items()}
    return found


def compare_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case(([trial(1, 60.0, lr=0.01), trial(2, 80.0, lr=0.1)],), "two trials, one setting")
    grid = [trial(1, 70.0, lr=0.01, frozen_stages=-1), trial(2, 60.0, lr=0.01, frozen_stages=3)]
    grid += [trial(3, 90.0, lr=0.1, frozen_stages=-1), trial(4, 92.0, lr=0.1, frozen_stages=3)]
    yield Case((grid,), "a grid of two settings")
    yield Case(([{**row, "batch_size": 32} for row in grid],), "a setting that was always the same")
    yield Case(([*grid, trial(5, None, lr=10.0, frozen_stages=-1)],), "a trial that failed")
    yield Case((grid[:1],), "one trial: nothing to compare")
    yield Case(([],), "no trial yet")
    lrs, epochs, sizes = [0.001, 0.01, 0.1], [2, 6], [16, 32, 64]
    settings = [(lr, steps, size) for lr in lrs for steps in epochs for size in sizes]
    rows = [
        trial(number, round(float(rng.uniform(30, 95)), 1), lr=lr, max_epochs=steps, batch_size=size)
        for number, (lr, steps, size) in enumerate(settings, start=1)
    ]
    rng.shuffle(rows)  # type: ignore[arg-type]
    yield Case((rows[:-2],), "a large grid in any order, with two trials missing")


def trial(number: int, accuracy: float | None, **settings: Any) -> dict[str, Any]:
    """A row of a log."""
    return {"trial": number, **settings, "accuracy": accuracy}


# --- interval ---------------------------------------------------------------------------------------------------------

INTERVAL = '''def interval(hits, n):
    """Where the true accuracy lies with 95 % confidence, after `hits` of n pictures were right: (low, high), percent.

    Wilson's interval: (p + z²/2n ± z · √(p(1-p)/n + z²/4n²)) / (1 + z²/n), where p = hits / n and z = 1.96.
    """
    ...
'''


def interval(hits: int, n: int) -> tuple[float, float]:
    p, z = hits / n, 1.96
    middle = p + z**2 / (2 * n)
    margin = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return 100 * (middle - margin) / (1 + z**2 / n), 100 * (middle + margin) / (1 + z**2 / n)


def interval_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((50, 100), "half of a hundred")
    yield Case((54, 60), "90 % of 60 pictures")
    yield Case((540, 600), "90 % of 600 pictures: a narrower interval")
    yield Case((10, 10), "all right: the true accuracy may still be below 100 %")
    yield Case((0, 10), "none right")
    yield Case((1, 1), "a single picture")
    n = int(rng.integers(20, 3000))
    yield Case((int(rng.integers(0, n + 1)), n), "drawn by chance")


def nearly_the_same(case: Case, got: Any, expected: Any) -> Difference | None:
    """As ``close`` to a part in 10,000: the normal distribution's own 1.959964 is as good a z as 1.96."""
    why = first_difference(got, expected, tolerance=1e-4)
    return Difference(short(got), short(expected), why) if why else None


# --- conclusion -------------------------------------------------------------------------------------------------------

CONCLUSION = '''def conclusion():
    """What your trials say: a dict with the keys

    log       your trials, at least four of them, with two settings or more that were changed: LOG, as printed above
    best      the number of the trial with the highest accuracy
    setting   the setting that matters most: its means, as `compare` gives them, lie farthest apart
    points    how far apart the largest and the smallest of those means are, in points of accuracy
    """
    ...
'''

KEYS = ("log", "best", "setting", "points")
LOG = (
    trial(1, 44.0, lr=0.01, frozen_stages=-1),
    trial(2, 84.0, lr=0.01, frozen_stages=3),
    trial(3, 86.0, lr=0.1, frozen_stages=-1),
    trial(4, 92.0, lr=0.1, frozen_stages=3),
)


def conclusion() -> dict[str, Any]:
    return {"log": list(LOG), "best": 4, "setting": "lr", "points": 25.0}


def conclusion_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case((), "your own log")


def follows_from_log(case: Case, got: Any, expected: Any) -> Difference | None:
    """Whether each claim follows from the log that comes with it."""
    if not isinstance(got, Mapping) or any(key not in got for key in KEYS):
        missing = [key for key in KEYS if key not in got] if isinstance(got, Mapping) else []
        why = f"It lacks the key {missing[0]!r}." if missing else "A conclusion is a dict. Is there a `return`?"
        return Difference(short(got), f"a dict with the keys {', '.join(KEYS)}", why)
    if why := wrong_log(got["log"]):
        return Difference(short(got["log"]), "the list of your trials, as the lesson prints it", why)
    log = [row for row in got["log"] if row["accuracy"] is not None]
    most = max(row["accuracy"] for row in log)
    best = [row["trial"] for row in log if row["accuracy"] == most]
    if got["best"] not in best:
        return Difference(short(got["best"]), short(best[0]), f"The log's highest accuracy is {most:g}.")
    spreads = {name: max(means.values()) - min(means.values()) for name, means in compare(log).items()}
    widest = max(spreads.values())
    if got["setting"] not in spreads or spreads[got["setting"]] < widest - 1e-6:
        told = ", ".join(f"{name} {spread:.1f}" for name, spread in spreads.items())
        name = next(name for name, spread in spreads.items() if spread == widest)
        return Difference(short(got["setting"]), short(name), f"The means lie so far apart, in points: {told}.")
    if not isinstance(got["points"], (int, float, np.floating)) or not abs(float(got["points"]) - widest) <= 0.06:
        why = f"Largest minus smallest mean of {got['setting']!r}."
        return Difference(short(got["points"]), f"{widest:.1f}", why)
    return None


def wrong_log(log: Any) -> str:
    """Why a log supports no conclusion; '' if it does."""
    if not isinstance(log, (list, tuple)) or not all(
        isinstance(row, Mapping) and {*NO_SETTINGS} <= {*row} for row in log
    ):
        return 'A log is a list of dicts, each with "trial" and "accuracy".'
    if any({*row} != {*log[0]} for row in log) or len({row["trial"] for row in log}) < len(log):
        return "Every trial has the same keys and a number of its own."
    done = [row for row in log if row["accuracy"] is not None]
    if not all(isinstance(row["accuracy"], (int, float)) and 0 <= row["accuracy"] <= 100 for row in done):
        return "An accuracy is a number from 0 to 100, or None."
    if len(done) < 4:
        return f"Four trials at least: {len(done)} came to an end."
    changed = compare(done)
    return "" if len(changed) > 1 else f"Two settings at least must have been changed; here {len(changed)} was."


EXERCISES = (
    Exercise(
        "21.solution_config",
        SOLUTION_CONFIG,
        solution_config,
        solution_config_cases,
        hints=(
            "The base trains from scratch, on seven classes, with a warm-up of 100 steps. What have you learnt that "
            "240 pictures need instead? Three lines: `load_from`, the head's classes, a schedule that fits 48 steps.",
            '`load_from="zoo://resnet-mini_shapes"`, `model=dict(head=dict(num_classes=3))`, '
            '`param_scheduler=[dict(type="CosineAnnealingLR", by_epoch=False)]`, and the lr and frozen_stages of your '
            "best trial: `optim_wrapper=dict(optimizer=dict(lr=…))`, `model=dict(backbone=dict(frozen_stages=…), …)`.",
        ),
        compare=good_enough,
        use=train_under_budget,
        points=5,
        limit_s=90.0,
    ),
    Exercise(
        "21.compare",
        COMPARE,
        compare,
        compare_cases,
        hints=(
            "First throw out the failed trials. Then, for each setting: which values are there, and what are the "
            "accuracies of the trials that have each of them?",
            '`groups.setdefault(row[setting], []).append(row["accuracy"])` collects them. Keep a setting only if '
            "`len(groups) > 1`, and take the mean of each list.",
        ),
        points=3,
    ),
    Exercise(
        "21.interval",
        INTERVAL,
        interval,
        interval_cases,
        hints=(
            "Compute p, then the two parts of the numerator: the middle, p + z²/2n, and the margin with the root.",
            "`margin = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))`; both ends are divided by `1 + z**2 / n`, "
            "and times 100.",
        ),
        compare=nearly_the_same,
        points=2,
    ),
    Exercise(
        "21.conclusion",
        CONCLUSION,
        conclusion,
        conclusion_cases,
        hints=(
            "Nothing is to be typed but LOG: your own `compare(LOG)` knows the means, and `max(LOG, key=…)` the best.",
            "`means = compare(LOG)`, then the spread of each setting is `max(means[s].values()) - "
            "min(means[s].values())`. The setting with the largest spread is the answer, and the spread its points.",
        ),
        compare=follows_from_log,
        points=2,
    ),
)
