"""Trials, one after another in this process: what is done stays, what was cut off goes on, what fails is a row."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from course_lib import builders
from course_lib.config import Config, ConfigError, CourseError, DivergenceError, load_config
from course_lib.engine import read_record
from course_lib.engine.checkpoint import refuse_changes
from course_lib.engine.signals import REASONS
from course_lib.engine.work_dir import alone_in, writable

from .folds import use_fold
from .table import Row, read_rows, told, write_tables

CUT_OFF = (None, *REASONS.values())  # how a training ended that is to go on


@dataclass(frozen=True)
class Plan:
    """What is to be tried.

    Args:
        config: A file, or a ready-made name.
        folder: Where the trials go, ``trial_01``, ``trial_02``, …
        trials: What each tries, as overrides by path; see ``combinations``.
        options: Overrides of all trials.
        seeds: Each trial is trained once with each; empty leaves the config's own.
        folds: Each trial is trained once on each of so many folds; None keeps the config's validation data.
    """

    config: str | None
    folder: Path
    trials: Sequence[Mapping[str, Any]]
    options: Mapping[str, Any] = field(default_factory=dict)
    seeds: Sequence[int] = ()
    folds: int | None = None

    def runs(self) -> list[tuple[int | None, int | None]]:
        """Seed and fold of each training of a trial."""
        return list(product(self.seeds or (None,), range(self.folds) if self.folds else (None,)))


@dataclass(frozen=True)
class Trial:
    """One training: a row's overrides with one seed on one fold, in a folder of its own."""

    config: Config
    folder: Path
    title: str


def sweep(plan: Plan, say: Callable[[str], None] = print) -> list[Row]:
    """Train everything that is not done yet; ``trials.csv`` and ``trials.json`` are written after each training.

    Raises:
        ConfigError: some trial's config has mistakes (all of them are told, and nothing was started), or the folder
            holds trials of another config.
        CourseError: another sweep is at work in the folder.
        KeyboardInterrupt: it was interrupted; the same call goes on.
    """
    with alone_in(writable(plan.folder)):
        rows = numbered(plan)
        check(plan, rows)
        write_tables(plan.folder, rows)
        for count, row in enumerate(rows, start=1):
            begin(row)
            for seed, fold in plan.runs():
                trial = make_trial(plan, row, seed, fold)
                title = ", ".join(filter(None, [told(row.overrides), trial.title]))
                done = is_done(trial.folder)
                say(f"\ntrial {count} of {len(rows)}: {title}" + (" (done before)" if done else ""))
                reason = "" if done else train(trial)
                note(row, trial, reason)
                write_tables(plan.folder, rows)
            row.state = "failed" if row.reason else "done"
            write_tables(plan.folder, rows)
    return rows


def numbered(plan: Plan) -> list[Row]:
    """A row for each trial. One that the folder knows keeps its number, so that a grid can grow."""
    known = {_key(row.overrides): row.trial for row in read_rows(plan.folder)}
    rows, last = [], max(known.values(), default=0)
    for overrides in plan.trials:
        number = known.get(_key(overrides))
        if number is None:
            number = last = last + 1
        rows.append(Row(number, dict(overrides)))
    return rows


def _key(overrides: Mapping[str, Any]) -> str:
    return json.dumps(overrides, sort_keys=True)


def check(plan: Plan, rows: Sequence[Row]) -> None:
    """Find what is wrong with any trial before the first is started."""
    mistakes = []
    for row in rows:
        trials = [make_trial(plan, row, seed, fold) for seed, fold in plan.runs()]
        mistakes += builders.check_config(trials[0].config, for_training=True)
        for trial in trials:
            if is_done(trial.folder) or trial.config.get("resume"):
                refuse_other_config(trial)
    if mistakes:
        raise ConfigError(list({str(mistake): mistake for mistake in mistakes}.values()))  # what trials share, once


def make_trial(plan: Plan, row: Row, seed: int | None, fold: int | None) -> Trial:
    """The config of one training, and where it goes."""
    parts = {"seed": seed, "fold": fold}
    known = {name: value for name, value in parts.items() if value is not None}
    folder = plan.folder / f"trial_{row.trial:02}"
    if known:
        folder /= "_".join(f"{name}_{value}" for name, value in known.items())
    options = {**plan.options, **row.overrides, "work_dir": str(folder)}
    if (folder / "checkpoints").exists():
        options |= {"resume": True, "load_from": None}  # of its own checkpoint rather than where it began
    if seed is not None:
        options["randomness.seed"] = seed
    cfg = load_config(plan.config, options)
    if fold is not None:
        assert plan.folds is not None
        use_fold(cfg, fold, plan.folds)
    return Trial(cfg, folder, " ".join(f"{name} {value}" for name, value in known.items()))


def is_done(folder: Path) -> bool:
    """Whether a training is over. One that diverged is: it would do so again."""
    record = read_record(folder)
    if record is None or record["ended"] in CUT_OFF:
        return False
    return not record["error"] or record["ended"].startswith(DivergenceError.__name__)


def refuse_other_config(trial: Trial) -> None:
    """Refuse to take up what another config began (ConfigError)."""
    path = trial.folder / "config.py"
    before = path.read_text(encoding="utf-8") if path.exists() else None
    try:
        refuse_changes(before, trial.config.dump(), str(path))
    except ConfigError as error:
        difference = str(error).rpartition("\n")[0]
        raise ConfigError(f"{difference}\nTake the change back, or begin another sweep: --work-dir.") from error


def train(trial: Trial) -> str:
    """Train, or go on where it was cut off; why it failed, or ''.

    A loss that is no number and a memory that is too small say something of the values that were tried. What would
    fail in every trial, such as missing data, is raised.
    """
    try:
        result = builders.build_trainer(trial.config).fit()
    except ConfigError as error:  # found out in the middle of the work, where it is no longer "nothing was started"
        raise CourseError(str(error)) from error
    except (DivergenceError, RuntimeError) as error:  # torch's out of memory is a RuntimeError
        return f"{type(error).__name__}: {error}".splitlines()[0]
    if result.stopped in REASONS.values():
        raise KeyboardInterrupt
    return ""


def begin(row: Row) -> None:
    """Forget what an earlier sweep wrote into the row; it is read from the trainings' records again."""
    row.values, row.best, row.minutes, row.reason, row.state = [], [], 0.0, "", "waiting"


def note(row: Row, trial: Trial, reason: str) -> None:
    """Put what a training's record says into its row."""
    cfg = trial.config
    optimizer = cfg.optim_wrapper.optimizer
    rule = builders.linear_rule(cfg)
    row.lr = float(optimizer.get("lr", 1e-3)) * (rule.factor if rule else 1)  # 1e-3 is torch's own default
    row.batch_size = cfg.train_dataloader.get("batch_size")
    row.frozen_stages = (cfg.model.get("backbone") or {}).get("frozen_stages")
    record = read_record(trial.folder) or {}
    row.steps = record.get("steps", row.steps)
    row.minutes += sum(part.get("elapsed_s") or 0.0 for part in (record, *record.get("earlier", []))) / 60
    if record.get("error"):
        reason = reason or record["ended"]
    if reason:
        row.reason = row.reason or f"{trial.title}: {reason}".removeprefix(": ")
        return
    if best := record.get("best"):
        row.metric, row.rule = best["monitor"], best["rule"]
        row.values.append(record["metrics"][row.metric])
        row.best.append(best["metrics"][row.metric])
