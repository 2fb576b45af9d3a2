"""The list of trials: what each tried, what came out, how long it took; as a table to read, as CSV and as JSON."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from course_lib.config.whole_files import whole_file, write_whole

COLUMNS = ("steps", "lr", "batch_size", "frozen_stages")  # what a reader of the list asks for, whatever was tried
PATHS = {
    "lr": "optim_wrapper.optimizer.lr",
    "batch_size": "train_dataloader.batch_size",
    "frozen_stages": "model.backbone.frozen_stages",
}


@dataclass
class Row:
    """One trial.

    Args:
        trial: Its number.
        overrides: What it tried, by path.
        state: ``'waiting'``, ``'done'`` or ``'failed'``.
        metric, rule: By what it is judged, and whether more (``'greater'``) or less of it is better.
        values: The metric after the last step, of each seed and fold.
        best: The same at its best validation. It flatters: the best of many measurements is partly luck.
        minutes: Of all seeds and folds together.
        reason: Why it failed.
    """

    trial: int
    overrides: dict[str, Any]
    state: str = "waiting"
    steps: int | None = None
    lr: float | None = None
    batch_size: int | None = None
    frozen_stages: int | None = None
    metric: str | None = None
    rule: str = "greater"
    values: list[float] = field(default_factory=list)
    best: list[float] = field(default_factory=list)
    minutes: float = 0.0
    reason: str = ""

    @property
    def mean(self) -> float | None:
        return fmean(self.values) if self.values else None

    @property
    def spread(self) -> float | None:
        """The standard deviation over seeds and folds."""
        return stdev(self.values) if len(self.values) > 1 else None


def sort_rows(rows: Sequence[Row]) -> list[Row]:
    """The best first; then those without a value, then the failed ones."""

    def key(row: Row) -> tuple[Any, ...]:
        sign = -1 if row.rule == "greater" else 1
        return (row.state == "failed", row.mean is None, sign * (row.mean or 0), row.trial)

    return sorted(rows, key=key)


def write_tables(folder: Path, rows: Sequence[Row]) -> None:
    """Write ``trials.csv`` and ``trials.json``, sorted; a kill leaves whole files."""
    rows = sort_rows(rows)
    plain = [{**asdict(row), "mean": row.mean, "spread": row.spread} for row in rows]
    write_whole(folder / "trials.json", json.dumps(plain, indent=2, ensure_ascii=False) + "\n")
    paths = list(dict.fromkeys(path for row in rows for path in row.overrides))
    with whole_file(folder / "trials.csv") as partial, open(partial, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        ending = ("metric", "mean", "spread", "best", "runs", "minutes", "reason")
        writer.writerow(["trial", "state", *paths, *COLUMNS, *ending])
        for row in rows:
            tried = [row.overrides.get(path) for path in paths]
            known = [getattr(row, name) for name in COLUMNS]
            best = fmean(row.best) if row.best else None
            found = [row.metric, row.mean, row.spread, best, len(row.values), round(row.minutes, 2), row.reason]
            writer.writerow([row.trial, row.state, *tried, *known, *found])


def read_rows(folder: Path) -> list[Row]:
    """The trials of a sweep's folder; none where it has no ``trials.json`` yet."""
    try:
        stored = json.loads((folder / "trials.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [Row(**{name: value for name, value in row.items() if name not in ("mean", "spread")}) for row in stored]


def table(rows: Sequence[Row]) -> str:
    """The trials as text, the best first."""
    rows = sort_rows(rows)
    paths = list(dict.fromkeys(path for row in rows for path in row.overrides))
    shown = [name for name in COLUMNS if PATHS.get(name) not in paths]
    shown = [name for name in shown if any(getattr(row, name) is not None for row in rows)]
    metric = next((row.metric for row in rows if row.metric), "result")
    lines = [["trial", *short_names(paths), *shown, metric, "best", "minutes"]]
    for row in rows:
        mean = "-" if row.mean is None else f"{row.mean:.2f}"
        spread = "" if row.spread is None else f" ± {row.spread:.2f}"
        best = f"{fmean(row.best):.2f}" if row.best else "-"
        tried = [_said(row.overrides.get(path)) for path in paths]
        known = [_said(getattr(row, name)) for name in shown]
        result = row.state if row.state != "done" else mean + spread
        lines.append([str(row.trial), *tried, *known, result, best, _minutes(row.minutes)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = ["  ".join(f"{cell:>{width}}" for cell, width in zip(line, widths, strict=True)) for line in lines]
    failed = [f"trial {row.trial} failed: {row.reason}" for row in rows if row.state == "failed"]
    return "\n".join([*text, *([""] if failed else []), *failed])


def short_names(paths: Sequence[str]) -> list[str]:
    """The last part of each path, with as many before it as tell all of them apart."""
    for depth in range(1, max((path.count(".") + 1 for path in paths), default=1) + 1):
        names = [".".join(path.split(".")[-depth:]) for path in paths]
        if len(set(names)) == len(names):
            break
    return names if paths else []


def told(overrides: Mapping[str, Any]) -> str:
    """What a trial tries, in a line."""
    names = short_names(list(overrides))
    return ", ".join(f"{name}={_said(value)}" for name, value in zip(names, overrides.values(), strict=True))


def _minutes(minutes: float) -> str:
    return f"{minutes:.1f}" if minutes >= 1 else f"{minutes:.2f}"


def _said(value: Any) -> str:
    return "-" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
