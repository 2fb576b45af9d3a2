"""Learning curves: what a training wrote into its ``metrics.jsonl``, read and drawn; several trainings over each other.

A record is a dict with ``step``, ``epoch`` and values: ``loss``, ``lr`` while training, ``val/accuracy/top1`` and the
like after a validation.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from course_lib.config.errors import DataError, did_you_mean

from .style import PALETTE, QUIET, NotebookFigure, apart, log_scale, new_figure, quiet_axes, styled

Record = Mapping[str, Any]
LABELS = {"loss": "Loss", "lr": "Learning rate", "accuracy/top1": "Accuracy", "accuracy/top5": "Top-5 accuracy"}


def read_metrics(path: str | Path) -> list[dict[str, Any]]:
    """The records of a ``metrics.jsonl``, or of the work folder that holds it.

    A last line that was cut off by a kill is left out. Where a training was resumed from an earlier step, what was
    written after that step before counts no more.

    Raises:
        DataError: there is no such file, or a line other than the last is no JSON object.
    """
    file = Path(path)
    file = file / "metrics.jsonl" if file.is_dir() else file
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        folders = [log.parent.name for log in Path(path).parent.glob("*/metrics.jsonl")]
        hint = did_you_mean(Path(path).name, folders)
        raise DataError(f"{file}: there is no log to read ({error.strerror}). {hint}".rstrip()) from error
    records: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
            step = record["step"]
        except (ValueError, TypeError, KeyError):
            if number == len(lines):
                break
            raise DataError(f"{file}:{number}: not a record such as {{'step': 1, 'epoch': 0, 'loss': 2.3}}.") from None
        while records and _is_replaced(records[-1], record, step):
            records.pop()
        records.append(record)
    return records


def _is_replaced(old: Record, new: Record, step: int) -> bool:
    return old["step"] > step or (old["step"] == step and old.keys() == new.keys())


def series(records: Sequence[Record], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Steps and values, float64 of shape (n,), of the records that hold ``name``; what is not finite becomes NaN."""
    pairs = [(record["step"], record[name]) for record in records if name in record]
    steps, values = np.array(pairs, dtype=np.float64).reshape(-1, 2).T  # (n, 2) -> (2, n)
    return steps, np.where(np.isfinite(values), values, np.nan)


def smooth(values: np.ndarray, smoothing: float) -> np.ndarray:
    """The exponential moving average of ``values`` (n,), from both sides; NaN is passed over.

    An average of the past alone is late: a falling loss would look higher than it is, and worse than the validation's.

    Args:
        smoothing: How slowly a value's weight falls with its distance, 0 (no smoothing) to less than 1.
    """
    return (_average_of_past(values, smoothing) + _average_of_past(values[::-1], smoothing)[::-1]) / 2


def _average_of_past(values: np.ndarray, smoothing: float) -> np.ndarray:
    averaged = np.empty_like(values, dtype=np.float64)
    total, weight = 0.0, 0.0  # divided by the weight, the first averages are not pulled towards 0
    for index, value in enumerate(values):
        if math.isfinite(value):
            total = smoothing * total + (1 - smoothing) * value
            weight = smoothing * weight + (1 - smoothing)
        averaged[index] = total / weight if weight else math.nan
    return averaged


@styled
def curves_figure(
    runs: Mapping[str, Sequence[Record]],
    *,
    metric: str | None = None,
    smoothing: float = 0.6,
    log: bool = False,
    title: str = "",
) -> NotebookFigure:
    """Loss, accuracy and learning rate over the steps, training and validation together, one colour a run.

    A panel without a value in any run is left out.

    Args:
        runs: A run's name → its records (see ``read_metrics``).
        metric: The middle panel's, such as ``'accuracy/top1'``; if not given, the first that a validation wrote.
        smoothing: For the training curves; the values themselves stay as a faint line. 0 to less than 1.
        log: Loss and learning rate on logarithmic axes.
    """
    names = {name for records in runs.values() for record in records for name in record}
    metric = metric or first_metric(runs)
    panels = [name for name in ("loss", metric) if name and {name, f"train/{name}", f"val/{name}"} & names]
    has_lr = "lr" in names
    figure = new_figure(800, (360 if panels else 60) + 150 * has_lr + 26 * (len(runs) > 1) + 24 * bool(title))
    if not panels and not has_lr:
        figure.text(0.5, 0.5, "nothing recorded yet", ha="center", va="center", color=QUIET)
        return figure
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
    rows: list[Any] = ([panels] if panels else []) + ([["lr"] * max(len(panels), 1)] if has_lr else [])
    ratios = [2.6, 1.0][-len(rows) :] if len(rows) == 2 else [1.0]
    axes_of = figure.subplot_mosaic(rows, height_ratios=ratios)
    last_step = max((record["step"] for records in runs.values() for record in records), default=1)
    for name, axes in axes_of.items():
        quiet_axes(axes)
        axes.set_title(_title(name))
        axes.set_xlim(0, max(last_step, 1))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(_thousands))
        axes.set_xlabel("step")
        if log and name in ("loss", "lr"):
            log_scale(axes, (1.0, 2.0, 5.0) if name == "loss" else (1.0,))
        _draw_panel(axes, name, runs, smoothing if name != "lr" else 0.0)
    if panels and has_lr:
        for name in panels:
            axes_of[name].set_xlabel("")
    if len(runs) > 1:
        handles = [
            axes_of[next(iter(axes_of))].plot([], [], color=_colour(i), lw=3, label=n)[0] for i, n in enumerate(runs)
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=4, handlelength=1.0, columnspacing=1.6)
    return figure


def first_metric(runs: Mapping[str, Sequence[Record]]) -> str | None:
    """The metric that a chart of these runs shows: top-1 accuracy if it was measured, else what was measured first."""
    found = [
        name.removeprefix("val/")
        for records in runs.values()
        for record in records
        for name in record
        if name.startswith("val/") and name != "val/loss"
    ]
    return "accuracy/top1" if "accuracy/top1" in found else next(iter(found), None)


def _title(name: str) -> str:
    return LABELS.get(name, name) + (" (%)" if name.startswith("accuracy/") else "")


def _colour(index: int) -> str:
    return PALETTE[index % len(PALETTE)]


def _thousands(value: float, _: int) -> str:
    return f"{value:,.0f}"


def _draw_panel(axes: Axes, name: str, runs: Mapping[str, Sequence[Record]], smoothing: float) -> None:
    """One value of all runs; with a single run the lines are named where they end."""
    ends: list[tuple[str, float, str]] = []
    for index, records in enumerate(runs.values()):
        train_name = name if any(name in record for record in records) else f"train/{name}"
        # with a single run colours tell training and validation apart, with several they tell the runs apart
        colours = [_colour(index)] * 2 if len(runs) > 1 else [PALETTE[0], PALETTE[1]]
        steps, values = series(records, train_name)
        if len(steps):
            if smoothing:
                axes.plot(steps, values, color=colours[0], lw=0.8, alpha=0.25)
            averaged = smooth(values, smoothing)
            width = 1.8 if len(runs) == 1 else 1.1
            if name == "lr":  # runs often share it: each line is thinner than the one below, so that all are seen
                width = 1.6 + 1.6 * min(len(runs) - 1 - index, 3)
            axes.plot(steps, averaged, color=colours[0], lw=width, marker="o" if len(steps) < 3 else None, markersize=4)
            ends.append(("training", averaged[-1], colours[0]))
        steps, values = series(records, f"val/{name}")
        if len(steps):
            marker = "o" if len(steps) <= 40 else None
            axes.plot(steps, values, color=colours[1], lw=1.8, marker=marker, markersize=4, clip_on=False)
            ends.append(("validation", values[-1], colours[1]))
    if name == "lr" and axes.get_yscale() == "linear":
        axes.set_ylim(bottom=0)
    kinds = {kind for kind, _, _ in ends}
    if len(runs) == 1 and name != "lr":
        _name_lines(axes, ends)
    elif len(kinds) == 2:
        axes.set_title("thin: training, dots: validation", loc="right", fontsize=9, fontweight="normal", color=QUIET)
    elif kinds and name != "lr":
        axes.set_title(kinds.pop(), loc="right", fontsize=9, fontweight="normal", color=QUIET)


def _name_lines(axes: Axes, ends: list[tuple[str, float, str]]) -> None:
    ends = [end for end in ends if math.isfinite(end[1])]
    # heights in parts of the panel, so that names can be moved apart on linear and logarithmic axes alike
    to_panel = axes.transData + axes.transAxes.inverted()
    axes.autoscale_view()
    heights = [float(to_panel.transform((0, value))[1]) for _, value, _ in ends]
    for (kind, _, colour), height in zip(ends, apart(heights, 0.075), strict=True):
        axes.text(1.015, height, kind, color=colour, transform=axes.transAxes, va="center", fontsize=9.5)
