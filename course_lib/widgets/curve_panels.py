"""What the curves in the browser are made of: limits, and points that are smoothed and not too many."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.viz.curves import LABELS, Record, series, smooth
from course_lib.viz.style import PALETTE

from .run_curves import MAX_LOSS

MAX_POINTS = 300  # more than a panel has pixels for


def panel(
    runs: Mapping[str, Sequence[Record]],
    name: str,
    *,
    title: str = "",
    along: str = "step",
    length: float = 0,
    smoothing: float = 0,
    log: bool = False,
    span: tuple[float, float] | None = None,
    goal: float | None = None,
    height: int = 230,
) -> dict[str, Any]:
    """One panel of ``CurvesView``: a value of all runs.

    Args:
        runs: A run's name → its records; the last is drawn thickest.
        name: Of the value: ``'loss'``, ``'val/accuracy/top1'``.
        along: The x axis: ``'step'`` or ``'epoch'``.
        length: Where the x axis ends at the earliest.
        smoothing: 0 to less than 1 (see ``viz.curves.smooth``); the values themselves stay as a faint line.
        log: A logarithmic axis; what is not above 0 has no place there.
        span: The y axis from and to; without it, what the values need.
        goal: A value that is to be reached, drawn as a dashed line.
        height: In pixels, of 420 in width.
    """
    lines, seen, last = [], [np.zeros(0)], [length, 1e-9]
    for index, (run, records) in enumerate(runs.items()):
        kept = [record for record in records if name in record]
        values = series(kept, name)[1]
        values = np.where(values > 0, values, np.nan) if log else values
        places = np.array([record[along] for record in kept], dtype=np.float64)
        drawn = smooth(values, smoothing) if smoothing else values
        last.append(places[-1] if len(places) else 0)
        seen.append(drawn)
        lines.append(
            {
                "name": run,
                "colour": PALETTE[index % len(PALETTE)],
                "width": 2.4 if index == len(runs) - 1 else 1.5,
                "dots": name.startswith("val/") and len(places) <= 40,
                "points": points(places, drawn),
                "faint": points(places, values) if smoothing else [],
            }
        )
    low, high = span or limits(np.concatenate(seen), log)
    return {
        "title": title or label(name),
        "along": along,
        "height": height,
        "limits": [0.0, 1.02 * float(max(last)), low, high],
        "log": log,
        "goal": goal,
        "lines": lines,
    }


def label(name: str) -> str:
    """What a panel is called: ``'val/accuracy/top1'`` → ``'Validation: accuracy (%)'``."""
    plain = name.removeprefix("val/")
    known = LABELS.get(plain, plain)
    unit = " (%)" if plain.startswith("accuracy/") else ""
    return f"Validation: {known.lower()}{unit}" if plain != name else f"{known}{unit}"


def limits(values: np.ndarray, log: bool = False) -> tuple[float, float]:
    """The y axis from and to, with some room around the values (n,); NaN is passed over."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = float(finite.min()), float(finite.max())
    if log:
        return low / 1.15, high * 1.15
    room = 0.06 * (high - low) or 0.06 * abs(high) or 0.5
    return (max(0.0, low - room) if low >= 0 else low - room), high + room


def points(places: np.ndarray, values: np.ndarray) -> list[list[float | None]]:
    """[[x, y], …] of places and values (n,), at most ``MAX_POINTS`` and always the last; y is None where it is NaN."""
    every = -(-len(places) // MAX_POINTS) or 1
    chosen = range((len(places) - 1) % every, len(places), every)
    return [[round(float(places[i]), 4), float(values[i]) if np.isfinite(values[i]) else None] for i in chosen]


def from_zero(runs: Mapping[str, Sequence[Record]], name: str) -> tuple[float, float]:
    """An axis from 0 to the highest value of any run; of a loss, not to more than ``MAX_LOSS``."""
    values = np.concatenate([series(records, name)[1] for records in runs.values()] or [np.zeros(0)])
    highest = float(max(values[np.isfinite(values)], default=0.0)) or 1.0
    return 0.0, 1.08 * (min(highest, MAX_LOSS) if name == "loss" else highest)
