"""The schedule builder: a list of schedules to put together, their curve, their config, and a race with the constant.

Both trainings begin with the same weights and see the same pictures. They are those of ``training_job.py``: in a thread
in Jupyter, in the foreground in Colab.
"""

import html
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets

from course_lib.builders import build, count_batches, stopping_point
from course_lib.config import Config, ConfigError
from course_lib.optim import Schedule, lr_curve

from .parts import BLUE, GREEN, ORANGE, KeepsPicture, guarded, picture, sentence, threads_show
from .perceptron import beside
from .run_curves import RunCurves
from .schedule_curve import ScheduleCurve
from .schedule_kinds import Kind, Node, as_text, borders, kinds
from .training_job import TrainingJob
from .tweaker import REDRAW_S, button
from .tweaks import apply, value_at

BORDER = "border-left:3px solid #b0b0b0;padding:2px 0 2px 10px"
TEXT = f"font-size:12px;line-height:1.45;white-space:pre-wrap;word-break:normal;{BORDER}"
RATES = (0.01, 0.03, 0.1, 0.3, 0.6, 1.0, 2.0, 3.0)


@dataclass(frozen=True)
class Try:
    """A training, and what it is called."""

    name: str
    job: TrainingJob

    @property
    def accuracy(self) -> float | None:
        """Of the last validation, in percent; None unless it has come to its end."""
        found = [record["val/accuracy/top1"] for record in self.job.records if "val/accuracy/top1" in record]
        return found[-1] if found and self.job.ended == "done" else None


class ScheduleRow(ipywidgets.VBox):
    """One schedule of the list: its sliders, and a button that takes it away.

    Args:
        name: As in a config, a key of ``kinds``.
        kind: What can be moved.
        num_steps: The training's length.
        changed: Called when a slider has moved.
        removed: Called when the button is pressed.
    """

    def __init__(
        self,
        name: str,
        kind: Kind,
        num_steps: int,
        changed: Callable[..., None],
        removed: Callable[["ScheduleRow"], None],
    ) -> None:
        self.name, self.kind = name, kind
        places = borders(num_steps)
        end = places[min(2, len(places) - 1)] if kind.is_warm_up else places[-1]
        self.sliders = {"begin": choice("begin", places, 0), "end": choice("end", places, end)}
        for argument, (values, start) in kind.arguments.items():
            self.sliders[argument] = choice(argument, values, start)
        for each in self.sliders.values():
            each.observe(changed, "value")
        self.remove_button = ipywidgets.Button(
            description="Remove", tooltip=f"Remove {name}", layout=ipywidgets.Layout(width="90px")
        )
        self.remove_button.on_click(lambda _: removed(self))
        title = ipywidgets.HTML(f"<b>{name}</b> <small>{kind.words}</small>", layout=ipywidgets.Layout(width="300px"))
        super().__init__([ipywidgets.HBox([title, self.remove_button]), *self.sliders.values()])
        self.layout = ipywidgets.Layout(border_left="3px solid #b0b0b0", padding="0 0 0 8px", margin="4px 0")
        self.add_class("course-schedule-row")

    @property
    def node(self) -> Node:
        """The schedule as a config says it."""
        return {"type": self.name, "by_epoch": False, **{name: each.value for name, each in self.sliders.items()}}


class ScheduleBuilder(KeepsPicture, ipywidgets.VBox):
    """A list of schedules, and a race with the constant rate. Goal: beat it clearly.

    Args:
        cfg: What is trained; it is never changed. Its optimizer has ``lr`` and perhaps ``momentum``; its rate, kept
            constant, is what is to be beaten. Its own schedules do not count.
        margin: By how many points of accuracy.
        seconds: The length of a training at the most.
    """

    def __init__(self, cfg: Config, margin: float = 5.0, seconds: float = 60.0) -> None:
        self.margin, self.seconds = margin, seconds
        self.cfg = apply(cfg, {"param_scheduler": []})
        self.epoch_len = count_batches(cfg.train_dataloader)
        max_epochs, max_steps = stopping_point(cfg)
        self.epochs = float(max_epochs or (max_steps or self.epoch_len) / self.epoch_len)
        self.num_steps = round(self.epochs * self.epoch_len)
        self.kinds = kinds(self.num_steps)
        self.tries: list[Try] = []  # the first is the constant rate
        self.waiting: list[Try] = []  # to be trained next
        self.running, self.drawn, self.background = False, 0.0, True
        constant = float(value_at(cfg, "optim_wrapper.optimizer.lr"))
        self.constant = f"constant rate {constant:g}"
        self.curve, self.run_curves = ScheduleCurve(constant), RunCurves()
        self.image = picture(ScheduleCurve.width_px, ScheduleCurve.height_px)
        self.run_image = picture(RunCurves.width_px, RunCurves.height_px)
        self.trouble, self.mistake, self.text, self.state, self.best = (ipywidgets.HTML() for _ in range(5))
        self.state.layout.min_height = "48px"  # two lines, so that what stands below does not jump
        self.update = guarded(self.trouble, self.show)
        self.lr = choice("lr", sorted({*RATES, constant}), constant)
        self.lr.observe(self.update, "value")
        self.new = ipywidgets.Dropdown(options=list(self.kinds), layout=ipywidgets.Layout(width="230px"))
        self.add_button = button("Add", lambda: self.add(self.new.value), self.trouble)
        self.rows = ipywidgets.VBox()
        self.train_button = button("Train", self.train, self.trouble, style="primary")
        self.stop_button = button("Stop", self.stop, self.trouble)
        self.stop_button.disabled = True
        goal = ipywidgets.HTML(sentence(f"🎯 Beat the {self.constant} by {margin:g} points of accuracy.", bold=True))
        buttons = ipywidgets.HBox([self.train_button, self.stop_button])
        form = ipywidgets.VBox(
            [self.lr, ipywidgets.HBox([self.new, self.add_button]), self.rows], layout={"width": "420px"}
        )
        shown = ipywidgets.VBox([self.image, self.mistake, buttons, self.state, self.best, self.text])
        shown.layout.width = f"{ScheduleCurve.width_px + 10}px"
        super().__init__([goal, beside(form, shown), self.trouble, self.run_image])
        self.add_class("course-schedule-builder")
        self.show()
        self.draw()

    # --- the list ---

    def add(self, name: str) -> None:
        """Append a schedule, a key of ``kinds``."""
        row = ScheduleRow(name, self.kinds[name], self.num_steps, self.update, self.remove)
        self.rows.children = (*self.rows.children, row)
        self.update()

    def remove(self, row: ScheduleRow) -> None:
        """Take a schedule away."""
        self.rows.children = tuple(each for each in self.rows.children if each is not row)
        self.update()

    @property
    def nodes(self) -> list[Node]:
        """``param_scheduler`` as it is now."""
        return [row.node for row in self.rows.children]

    def show(self) -> None:
        """Curve and config as they are now; where the list is wrong, what is wrong with it, and no training."""
        self.text.value = f'<pre style="{TEXT}">{html.escape(as_text(self.nodes))}</pre>'
        try:
            schedules: list[Schedule] = build(self.nodes)
            lr = lr_curve(schedules, self.lr.value, self.epoch_len, self.epochs)
            base = float(self.cfg.optim_wrapper.optimizer.get("momentum", 0.0))
            momentum = lr_curve(schedules, base, self.epoch_len, self.epochs, "momentum")
            if not 0 <= momentum.min() <= momentum.max() < 1:
                said = f"the momentum goes from {momentum.min():.3g} to {momentum.max():.3g}; it must stay below 1."
                raise ConfigError(said)
        except ConfigError as error:
            self.mistake.value = sentence(html.escape(str(error)), colour=ORANGE)
        else:
            self.mistake.value = ""
            self.image.value = self.curve.png(lr, momentum)
        self.train_button.disabled = self.running or bool(self.mistake.value)

    # --- the race ---

    def train(self, background: bool | None = None) -> None:
        """Train what was built; before the first time, the constant rate.

        Args:
            background: In a thread; if not given, wherever what a thread shows can be seen.
        """
        if self.running or self.mistake.value:
            return
        names = [row.name.removesuffix("LR").replace("Annealing", "") for row in self.rows.children]
        yours = apply(self.cfg, {"param_scheduler": self.nodes, "optim_wrapper.optimizer.lr": self.lr.value})
        self.tries = [each for each in self.tries if each.job.ended == "done"]  # what was stopped is forgotten
        race = [] if self.tries else [(self.constant, self.cfg)]
        race.append((f"{len(self.tries) or 1} · {', '.join([f'lr {self.lr.value:g}', *names])}", yours))
        self.waiting = [Try(name, TrainingJob(cfg, self.show_progress, seconds=self.seconds)) for name, cfg in race]
        self.running, self.background = True, threads_show() if background is None else background
        self.train_button.disabled, self.stop_button.disabled = True, False
        self._next()

    def _next(self) -> None:
        self.tries.append(self.waiting.pop(0))
        self.state.value = sentence(f"{self.tries[-1].name}: making the pictures …")
        self.tries[-1].job.start(self.background)

    def show_progress(self) -> None:
        """What the race has come to; called in the thread of the training."""
        name, job, now = self.tries[-1].name, self.tries[-1].job, time.monotonic()
        if job.ended == "done" and self.waiting:
            self._next()
        elif job.ended:
            self.running = False
            self.train_button.disabled, self.stop_button.disabled = bool(self.mistake.value), True
            text, colour = (job.trouble, ORANGE) if job.ended == "failed" else outcome(self.tries, self.margin)
            self.state.value = sentence(html.escape(text).replace("\n", "<br>"), colour=colour, bold=True)
            self.draw()
        elif job.records and now - self.drawn >= REDRAW_S:
            self.drawn = now
            line = f"{name}: epoch {job.records[-1]['epoch']:.1f} of {self.epochs:g}"
            self.state.value = sentence(line, colour=BLUE)
            self.draw()

    def stop(self) -> None:
        """End the race after the step that it is at."""
        self.waiting.clear()
        self.tries[-1].job.control.stop()

    def wait(self) -> None:
        """Until the race is over."""
        for each in self.tries:  # the second joins them before the first has ended
            each.job.wait()

    def draw(self) -> None:
        """The curves of all trainings, and the best of them."""
        # the constant rate stays among the four that the picture names
        kept = [*self.tries[:1], *self.tries[1:][-3:]]
        self.run_image.value = self.run_curves.png({each.name: each.job.records for each in kept}, self.epochs)
        ended = [each for each in self.tries[1:] if each.accuracy is not None]
        best = max(ended, key=lambda each: each.accuracy or 0.0, default=None)
        self.best.value = sentence(f"Your best: {best.accuracy:.1f} %, {best.name}", colour=GREEN) if best else ""


def outcome(tries: Sequence[Try], margin: float) -> tuple[str, str]:
    """The race's end in words, and their colour."""
    constant, yours = tries[0].accuracy, tries[-1].accuracy
    if len(tries) < 2 or constant is None or yours is None:
        return "Stopped: there is nothing to compare.", "inherit"
    said = f"Yours {yours:.1f} %, the {tries[0].name} {constant:.1f} %: {yours - constant:+.1f} points."
    if yours - constant >= margin:
        return f"{said} Goal reached!", GREEN
    return f"{said} {f'Better, but the goal is {margin:g}.' if yours > constant else 'Try again.'}", "inherit"


def choice(name: str, values: Sequence[float], start: float) -> ipywidgets.SelectionSlider:
    """A slider over some numbers; it listens to the arrow keys."""
    options = [(f"{value:g}", value) for value in values]
    layout, style = ipywidgets.Layout(width="390px"), {"description_width": "130px"}
    return ipywidgets.SelectionSlider(options=options, value=start, description=name, layout=layout, style=style)
