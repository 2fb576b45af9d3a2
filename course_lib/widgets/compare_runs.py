"""The curves of several runs compared: smoothed, on a logarithmic axis, with the values under the pointer.

Drawn in the browser (``curves.js``). Where anywidget is missing, the same choices make a picture.
"""

import html
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import ipywidgets
import numpy as np

from course_lib.viz.curves import Record, curves_figure, first_metric, series

from .curve_panels import panel
from .parts import GREEN, ORANGE, allow_own_views, guarded, sentence

CLOSE = 1.0  # in points: what another seed changes easily


def final_values(runs: Mapping[str, Sequence[Record]], metric: str) -> dict[str, float]:
    """Where the validations of each run ended; runs without any are left out."""
    values = {name: series(records, f"val/{metric}")[1] for name, records in runs.items()}
    return {name: float(each[-1]) for name, each in values.items() if len(each) and np.isfinite(each[-1])}


def ahead_since(runs: Mapping[str, Sequence[Record]], best: str, metric: str) -> int | None:
    """The step of the validation from which ``best`` was above all other runs for good; None if it never was."""
    steps, values = series(runs[best], f"val/{metric}")
    ahead = np.isfinite(values)
    for name, records in runs.items():
        other_steps, other_values = series(records, f"val/{metric}")
        if name != best and len(other_steps):
            ahead &= values > np.interp(steps, other_steps, other_values)
    if not len(ahead) or not ahead[-1]:
        return None
    behind = np.flatnonzero(~ahead)
    return int(steps[behind[-1] + 1 if len(behind) else 0])


def verdict(runs: Mapping[str, Sequence[Record]], chosen: str, metric: str) -> tuple[bool, str]:
    """Whether the chosen run ended highest, and what is said of it."""
    ends = final_values(runs, metric)
    if chosen not in ends:
        return False, f"{chosen} was never validated: nobody knows what it is worth."
    others = {name: value for name, value in ends.items() if name != chosen}
    if not others:
        return True, f"{chosen} ends at {ends[chosen]:.1f}, and is alone."
    rival = max(others, key=others.__getitem__)
    right, gap = ends[chosen] >= others[rival], abs(ends[chosen] - others[rival])
    said = f"{chosen} ends at {ends[chosen]:.1f}, {rival} at {others[rival]:.1f}."
    if gap < CLOSE:
        return right, f"{said} Less than a point apart: another seed may turn it round. Train each with three seeds."
    if not right:
        return False, f"{said} Look again: which curve is highest at the end?"
    since = ahead_since(runs, chosen, metric)
    length = max(record["step"] for record in runs[chosen])
    return True, f"{said} Right! It was ahead for good from step {since:,} of {length:,} on."


class CompareRuns(ipywidgets.VBox):
    """Curves over each other. Goal: name the run that one would keep.

    Args:
        runs: A run's name → its records, such as ``read_metrics("work_dirs/a")`` or ``TrainingDashboard.runs`` gives.
        metric: Of the validation, the higher the better; without it, the first that was measured.
        interactive: False gives a picture, as where anywidget is missing.
    """

    def __init__(
        self, runs: Mapping[str, Sequence[Record]], metric: str | None = None, interactive: bool = True
    ) -> None:
        self.runs = {name: list(records) for name, records in runs.items()}
        self.metric = metric or first_metric(self.runs) or "accuracy/top1"
        self.smoothing = ipywidgets.FloatSlider(
            0.6,
            min=0,
            max=0.98,
            step=0.02,
            description="smoothing",
            layout=ipywidgets.Layout(width="340px"),
        )
        self.logarithmic = ipywidgets.Checkbox(False, description="logarithmic loss and learning rate", indent=False)
        self.said, self.trouble = ipywidgets.HTML(), ipywidgets.HTML()
        self.view = make_curves_view() if interactive else None
        self.image = ipywidgets.Image(format="png", layout=ipywidgets.Layout(width="800px", flex="0 0 auto"))
        for control in (self.smoothing, self.logarithmic):
            control.observe(guarded(self.trouble, self.show), "value")
        self.buttons = []
        for name in self.runs:
            button = ipywidgets.Button(description=name, layout=ipywidgets.Layout(width="auto", min_width="80px"))
            button.on_click(guarded(self.trouble, partial(self.choose, name)))
            self.buttons.append(button)
        wrap = ipywidgets.Layout(flex_flow="row wrap", align_items="center", grid_gap="4px")
        asked = "🎯 Which run would you keep, and since when could you have known? Smooth, hover, then choose."
        curves = self.view if self.view is not None else self.image
        controls = ipywidgets.Box([self.smoothing, self.logarithmic], layout=wrap)
        choice = ipywidgets.Box(self.buttons, layout=wrap)
        super().__init__(
            [ipywidgets.HTML(sentence(asked, bold=True)), controls, curves, choice, self.said, self.trouble]
        )
        self.add_class("course-compare-runs")
        guarded(self.trouble, self.show)()

    @property
    def panels(self) -> list[dict[str, Any]]:
        """Of ``CurvesView``: loss, metric and learning rate, those that any run has."""
        names = {name for records in self.runs.values() for record in records for name in record}
        smoothed = {"loss": self.smoothing.value}
        return [
            panel(
                self.runs,
                name,
                smoothing=smoothed.get(name, 0),
                log=self.logarithmic.value and name in ("loss", "lr"),
            )
            for name in ("loss", f"val/{self.metric}", "lr")
            if name in names
        ]

    def show(self) -> None:
        """The curves as the controls ask for them."""
        if self.view is not None:
            self.view.panels = self.panels
        else:
            self.image.value = self.still()

    def choose(self, name: str) -> None:
        """Say whether a run is the one to keep."""
        right, said = verdict(self.runs, name, self.metric)
        self.said.value = sentence(html.escape(said), colour=GREEN if right else ORANGE, bold=True)

    def still(self) -> bytes:
        """The curves as they are now, for pages where no kernel runs."""
        figure = curves_figure(
            self.runs, metric=self.metric, smoothing=self.smoothing.value, log=self.logarithmic.value
        )
        return figure._repr_png_()[0]

    _repr_png_ = still


def make_curves_view() -> Any:
    """The curves that are drawn in the browser, or None where anywidget is not installed."""
    try:
        from .curves_view import CurvesView
    except ImportError:
        return None
    allow_own_views()
    return CurvesView()
