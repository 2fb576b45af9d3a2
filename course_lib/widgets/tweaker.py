"""The config tweaker: a form made from a real config, the change as text, and a real training of some seconds.

The training is one of ``training_job.py``: in a thread in Jupyter, in the foreground in Colab.
"""

import html
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import ipywidgets

from course_lib.builders import check_config, stopping_point
from course_lib.config import Config
from course_lib.models.complexity import short_number

from .parts import BLUE, GREEN, ORANGE, KeepsPicture, guarded, picture, sentence
from .run_curves import RunCurves
from .training_job import Record, TrainingJob, TrainsOne
from .tweaks import Knob, apply, chosen_values, command, cost, difference, usual_knobs

REDRAW_S = 0.5  # a picture costs about 0.1 s, which the training waits for


@dataclass(frozen=True)
class Goal:
    """What a learner tries to reach: at least this accuracy, in percent, with fewer parameters than this."""

    accuracy: float = 85.0
    max_parameters: int = 20_000

    def __str__(self) -> str:
        return f"Goal: beat {self.accuracy:g} % with fewer than {self.max_parameters:,} parameters."


@dataclass
class Run:
    """One press of the button.

    Args:
        name: Its number and what was changed: ``'2 · lr 0.03'``.
        parameters: What the network learns.
        epochs: How long the config wants to train.
        records: What the training said so far.
        ended: How it ended; '' while it runs.
    """

    name: str
    parameters: int
    epochs: float = 1.0
    records: list[Record] = field(default_factory=list)
    ended: str = ""

    @property
    def accuracy(self) -> float | None:
        """Of the last validation, in percent."""
        found = [record["val/accuracy/top1"] for record in self.records if "val/accuracy/top1" in record]
        return found[-1] if found else None

    def reaches(self, goal: Goal) -> bool:
        return self.accuracy is not None and self.accuracy > goal.accuracy and self.parameters < goal.max_parameters


class ConfigTweaker(TrainsOne, KeepsPicture, ipywidgets.VBox):
    """A form, the difference to the config that it began with, and a button that trains.

    Args:
        cfg: The config to begin with; it is never changed.
        knobs: The controls; without them, those of ``usual_knobs``.
        goal: What to reach.
        seconds: The length of a training at the most.
    """

    def __init__(
        self, cfg: Config, knobs: Sequence[Knob] | None = None, *, goal: Goal | None = None, seconds: float = 20.0
    ) -> None:
        self.cfg, self.goal, self.seconds = cfg, goal or Goal(), seconds
        self.knobs = list(usual_knobs(cfg) if knobs is None else knobs)
        self.runs: list[Run] = []
        self.job, self.drawn = TrainingJob(cfg), 0.0
        self.curves = RunCurves(self.goal.accuracy)
        self.image = picture(RunCurves.width_px, RunCurves.height_px)
        self.change, self.verdict, self.state = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.state.layout.min_height = "48px"  # two lines, so that what stands below does not jump
        self.table, self.trouble = ipywidgets.HTML(), ipywidgets.HTML()
        self.controls = {knob.label: control(knob) for knob in self.knobs}
        update = guarded(self.trouble, self.update)
        for each in self.controls.values():
            each.observe(update, "value")
        self.train_button = button(f"Train {seconds:g} s", self.train, self.trouble, style="primary")
        self.stop_button = button("Stop", self.stop, self.trouble)
        self.back_button = button("Reset", self.reset, self.trouble)
        self.stop_button.disabled = True
        goal_line = ipywidgets.HTML(sentence(f"🎯 {self.goal}", bold=True))
        buttons = ipywidgets.HBox([self.train_button, self.stop_button, self.back_button])
        form = ipywidgets.VBox([*self.controls.values(), self.verdict, buttons, self.state])
        form.layout.width = "390px"
        self.change.layout = ipywidgets.Layout(flex="1 1 400px", min_width="300px")
        top = ipywidgets.Box([form, self.change], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="16px"))
        super().__init__([goal_line, top, self.trouble, self.image, self.table])
        self.add_class("course-config-tweaker")
        self.update()
        self.draw()

    # --- what the form says ---

    @property
    def values(self) -> dict[str, object]:
        """What the form sets, by dotted path."""
        chosen = {label: each.value for label, each in self.controls.items()}
        return chosen_values(self.knobs, chosen, chosen.get("backbone", ""))

    @property
    def tweaked(self) -> Config:
        """The config that the form stands for."""
        return apply(self.cfg, self.values)

    @property
    def changed(self) -> str:
        """What is not as in the config, for a legend: ``'lr 0.03, epochs 5'``."""
        backbone = getattr(self.controls.get("backbone"), "value", "")
        parts = []
        for knob in self.knobs:
            choice = self.controls[knob.label].value
            if choice != knob.start and knob.backbone in ("", backbone):
                parts.append(choice if knob.label == "backbone" else f"{knob.label} {choice}")
        return ", ".join(parts) or "as it is"

    def update(self) -> None:
        """Show what the form changes, and what the network weighs or what is wrong with it."""
        backbone = getattr(self.controls.get("backbone"), "value", "")
        for knob in self.knobs:
            self.controls[knob.label].disabled = knob.backbone not in ("", backbone)
        tweaked = self.tweaked
        self.change.value = difference_html(difference(self.cfg, tweaked), command(self.cfg, self.values))
        mistakes = check_config(tweaked, for_training=True)
        self.train_button.disabled = bool(mistakes) or self.running
        if mistakes:
            listed = "".join(f"<li>{html.escape(str(mistake))}</li>" for mistake in mistakes)
            self.verdict.value = sentence(f'<ul style="margin:0;padding-left:18px">{listed}</ul>', colour=ORANGE)
            return
        needs = cost(tweaked)
        small = needs.params < self.goal.max_parameters
        text = f"{needs.params:,} parameters{'' if small else f': {self.goal.max_parameters:,} or more'}"
        work = sentence(f"{short_number(needs.macs)} multiplications a picture (MACs)")
        self.verdict.value = sentence(text, colour=GREEN if small else ORANGE, bold=True) + work

    def reset(self) -> None:
        """Every control back to the config's own value."""
        for knob in self.knobs:
            self.controls[knob.label].value = knob.start

    # --- training ---

    def train(self, background: bool | None = None) -> None:
        """Train what the form stands for.

        Args:
            background: In a thread; if not given, wherever what a thread shows can be seen.
        """
        if self.running:
            return
        cfg = self.tweaked
        run = Run(f"{len(self.runs) + 1} · {self.changed}", cost(cfg).params, stopping_point(cfg)[0] or 1)
        self.runs.append(run)
        self.job, self.drawn = TrainingJob(cfg, self.show_progress, seconds=self.seconds), 0.0
        run.records = self.job.records
        self.train_button.disabled, self.stop_button.disabled = True, False
        self.state.value = sentence("Making the pictures …")
        self.job.start(background)

    def show_progress(self) -> None:
        """What the training has come to; called in its thread."""
        run, now = self.runs[-1], time.monotonic()
        if self.job.ended:
            run.ended = self.job.ended
            text, colour = (self.job.trouble, ORANGE) if run.ended == "failed" else outcome(run, self.goal)
            self.state.value = sentence(html.escape(text).replace("\n", "<br>"), colour=colour, bold=True)
            self.train_button.disabled, self.stop_button.disabled = False, True
            self.draw()
        elif now - self.drawn >= REDRAW_S:
            self.drawn = now
            said = "" if run.accuracy is None else f", {run.accuracy:.1f} %"
            self.state.value = sentence(f"Epoch {run.records[-1]['epoch']:.1f}{said}", colour=BLUE)
            self.draw()

    # --- what is shown ---

    def draw(self) -> None:
        """The curves of all runs, and their table."""
        epochs = max((run.epochs for run in self.runs), default=stopping_point(self.cfg)[0] or 1)
        self.image.value = self.curves.png({run.name: run.records for run in self.runs}, epochs)
        self.table.value = runs_table(self.runs, self.goal)


def outcome(run: Run, goal: Goal) -> tuple[str, str]:
    """A run's end in words, and their colour."""
    if run.accuracy is None:
        return "Stopped before there was anything to measure.", "inherit"
    said = f"{run.accuracy:.1f} % with {run.parameters:,} parameters."
    if run.reaches(goal):
        return f"{said} Goal reached!", GREEN
    if run.accuracy > goal.accuracy:
        return f"{said} Accurate enough; now make it smaller.", "inherit"
    if run.parameters < goal.max_parameters:
        return f"{said} Small enough; now make it better.", "inherit"
    return said, "inherit"


def control(knob: Knob) -> ipywidgets.Widget:
    """A slider or a list for a knob; both listen to the arrow keys."""
    kind = ipywidgets.SelectionSlider if knob.slider else ipywidgets.Dropdown
    layout = ipywidgets.Layout(width="370px" if knob.slider else "250px")
    style = {"description_width": "76px"}
    return kind(options=list(knob.choices), value=knob.start, description=knob.label, layout=layout, style=style)


def button(text: str, action: Callable[[], None], trouble: ipywidgets.HTML, style: str = "") -> ipywidgets.Button:
    """A button whose errors show in ``trouble``."""
    made = ipywidgets.Button(description=text, button_style=style, layout=ipywidgets.Layout(width="110px"))
    made.on_click(guarded(trouble, action))
    return made


def difference_html(text: str, terminal: str) -> str:
    """A difference with its lines in colour, and the command that does the same in a terminal."""
    colours = {"+": "rgba(0,158,115,.16)", "-": "rgba(213,94,0,.14)"}
    lines = [
        f'<div style="background:{colours.get(line[:1], "none")};white-space:pre-wrap">{html.escape(line) or " "}</div>'
        for line in text.splitlines()
    ] or ['<div style="opacity:.65">The config as it is. Move something.</div>']
    box = "font-family:monospace;font-size:12px;line-height:1.45;border-left:3px solid #b0b0b0;padding:2px 0 2px 10px"
    small = "font-family:monospace;font-size:11px;opacity:.7;margin-top:6px;white-space:pre-wrap;line-height:1.4"
    return f'<div style="{box}">{"".join(lines)}</div><div style="{small}">$ {html.escape(terminal)}</div>'


def runs_table(runs: Sequence[Run], goal: Goal) -> str:
    """What was tried, the newest first."""
    if not runs:
        return ""
    cell = "padding:1px 18px 1px 0;text-align:left;background:none"
    rows = "".join(
        f'<tr style="background:none"><td style="{cell}">{html.escape(run.name)}</td>'
        f'<td style="{cell};text-align:right">{run.parameters:,}</td>'
        f'<td style="{cell};text-align:right">{"…" if run.accuracy is None else f"{run.accuracy:.1f} %"}</td>'
        f'<td style="{cell};color:{GREEN}">{"✓ goal" if run.reaches(goal) else ""}</td></tr>'
        for run in reversed(runs)
    )
    head = "".join(f'<th style="{cell};font-weight:600">{text}</th>' for text in ("run", "parameters", "accuracy", ""))
    return f'<table style="border:none;line-height:1.5"><tr style="background:none">{head}</tr>{rows}</table>'
