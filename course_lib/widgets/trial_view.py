"""What is known of some trials: the mean of each value of a setting, the kept picture of one setting, and the table."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_lib.sweep import Row
from course_lib.viz.style import INK, QUIET, quiet_axes, styled

from .parts import BLUE, ORANGE, empty_figure, encoded

Trial = Mapping[str, Any]  # 'trial', 'accuracy' and the settings
SETTINGS = {"lr": "lr", "steps": "steps", "batch_size": "batch size", "frozen_stages": "frozen stages"}


def as_log(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What a sweep came to, a dict a trial: its number under ``trial``, the settings, and the ``accuracy``.

    The accuracy is in percent, the mean of a trial's trainings, to a tenth; None where it failed.
    """
    return [
        {"trial": row.trial}
        | {name: getattr(row, name) for name in SETTINGS}
        | {"accuracy": None if row.mean is None else round(row.mean, 1)}
        for row in rows
    ]


def settings_of(log: Sequence[Trial]) -> list[str]:
    """The settings of which more than one value was tried."""
    keys = [key for key in (log[0] if log else ()) if key not in ("trial", "accuracy")]
    return [key for key in keys if len({row[key] for row in done(log)}) > 1]


def done(log: Sequence[Trial]) -> list[Trial]:
    """The trials that came to an accuracy."""
    return [row for row in log if row["accuracy"] is not None]


def spread(log: Sequence[Trial], setting: str) -> float:
    """How far apart the means of a setting's values lie, in points."""
    means = [sum(each) / len(each) for each in groups(log, setting).values()]
    return max(means) - min(means)


def groups(log: Sequence[Trial], setting: str) -> dict[Any, list[float]]:
    """The accuracies of the trials with each value, the smallest value first."""
    values = sorted({row[setting] for row in done(log)})
    return {value: [row["accuracy"] for row in done(log) if row[setting] == value] for value in values}


class TrialPicture:
    """Accuracy by the values of one setting: a dot a trial, a line through the means; another setting, another PNG."""

    size_px = (560, 300)

    @styled
    def __init__(self) -> None:
        self.figure = empty_figure(*self.size_px)
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.1, right=0.97, bottom=0.16, top=0.9)
        quiet_axes(self.axes)
        self.dots = self.axes.plot([], [], "o", color=BLUE, ms=8, alpha=0.55, mew=0)[0]
        self.best = self.axes.plot([], [], "o", color="none", mec=ORANGE, mew=2, ms=14)[0]
        self.means = self.axes.plot([], [], "-", color=INK, marker="_", ms=22, mew=2.5, lw=1)[0]
        self.word = self.axes.text(0, 0, " the best", color=ORANGE, va="center", fontsize=9.5)
        self.axes.set_title("accuracy, % of the validation pictures")
        self.axes.set_ylim(0, 103)
        self.canvas = FigureCanvasAgg(self.figure)

    @styled
    def png(self, log: Sequence[Trial], setting: str) -> bytes:
        """The picture of one setting."""
        found = groups(log, setting)
        points = [(place, value) for place, values in enumerate(found.values()) for value in values]
        most = max(points, key=lambda point: point[1])
        self.dots.set_data(*zip(*points, strict=True))
        self.best.set_data([most[0]], [most[1]])
        self.word.set_position((most[0] + 0.06, most[1]))
        self.means.set_data(range(len(found)), [sum(values) / len(values) for values in found.values()])
        self.axes.set_xlim(-0.5, len(found) - 0.5)
        self.axes.set_ylim(max(min(value for _, value in points) - 8, -3), 103)
        self.axes.set_xticks(range(len(found)), [f"{value:g}" for value in found])
        self.axes.set_xlabel(SETTINGS.get(setting, setting), color=QUIET)
        self.canvas.draw()
        return encoded(self.canvas)


def table_html(log: Sequence[Trial], by: str) -> str:
    """The trials as a table, sorted: the accuracy from above, everything else from below; the best one marked."""
    ready = sorted(done(log), key=lambda row: -row[by] if by == "accuracy" else row[by])
    most = max((row["accuracy"] for row in ready), default=None)
    keys = list(log[0]) if log else []
    cell = "padding:1px 14px 1px 0;text-align:right;background:none"
    head = "".join(f'<th style="{cell}">{html.escape(SETTINGS.get(key, key))}</th>' for key in keys)
    lines = []
    for row in [*ready, *(row for row in log if row["accuracy"] is None)]:
        weight = f"font-weight:600;color:{ORANGE}" if row["accuracy"] == most else ""
        values = ["failed" if row[key] is None else f"{row[key]:g}" for key in keys]
        cells = "".join(f'<td style="{cell}">{each}</td>' for each in values)
        lines.append(f'<tr style="background:none;{weight}">{cells}</tr>')
    return f'<table style="border-collapse:collapse;font-size:13px"><tr>{head}</tr>{"".join(lines)}</table>'
