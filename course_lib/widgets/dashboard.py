"""The training dashboard: a real training that one watches, pauses, resumes and stops while the notebook stays usable.

It needs torch, as the config tweaker does, and so is imported from here and not from ``course_lib.widgets``.
"""

import html
import threading
import time
from collections.abc import Sequence
from typing import Any

import ipywidgets

from course_lib.config import Config

from .compare_runs import make_curves_view
from .curve_panels import from_zero, panel
from .parts import BLUE, GREEN, ORANGE, guarded, picture, sentence
from .run_curves import RunCurves
from .training_job import Record, TrainingJob, TrainsOne

ACCURACY = "val/accuracy/top1"
TILES = {
    "loss": ("loss", "{:.3f}"),
    ACCURACY: ("validation accuracy", "{:.1f} %"),
    "lr": ("learning rate", "{:.3g}"),
    "pictures_per_s": ("pictures a second", "{:,.0f}"),
}
HEIGHTS = {"loss": 220, ACCURACY: 220, "lr": 160, "pictures_per_s": 160}


def newest(records: Sequence[Record], name: str) -> float | None:
    """The last value of that name."""
    return next((record[name] for record in reversed(records) if name in record), None)


def tiles_html(records: Sequence[Record]) -> str:
    """The newest of each number, large."""
    shown = []
    for name, (title, form) in TILES.items():
        value = newest(records, name)
        number = "–" if value is None else form.format(value)
        shown.append(
            f'<div style="min-width:150px"><div style="font-size:24px;font-weight:600;line-height:1.3;'
            f'font-variant-numeric:tabular-nums">{number}</div><div style="opacity:.7">{title}</div></div>'
        )
    return f'<div style="display:flex;flex-wrap:wrap;gap:4px 20px;margin:6px 0">{"".join(shown)}</div>'


def status(job: TrainingJob, goal: float, seconds: float) -> tuple[str, str]:
    """What a training is doing, as HTML, and the colour of it.

    Args:
        goal: An accuracy in percent.
        seconds: Since it was started.
    """
    step = job.records[-1]["step"] if job.records else 0
    epoch = job.records[-1]["epoch"] if job.records else 0.0
    if job.trouble:
        return html.escape(job.trouble).replace("\n", "<br>"), ORANGE
    if job.ended:
        accuracy = newest(job.records, ACCURACY)
        said = "Trained to its end." if job.ended == "done" else f"Stopped after step {step:,}."
        if accuracy is None:
            return f"{said} Nothing was measured.", "inherit"
        reached = accuracy >= goal
        said += f" {accuracy:.1f} % of the validation is right{': goal reached!' if reached else '.'}"
        return said, GREEN if reached else "inherit"
    return {
        "ready": ("Not trained yet: how far will it get, and after how many epochs?", "inherit"),
        "starting": ("Making the pictures …", "inherit"),
        "training": (f"Training: epoch {epoch:.1f}, step {step:,}, {seconds:.0f} s", BLUE),
        "pausing": ("Pausing, after this step …", BLUE),
        "paused": (f"Paused after epoch {epoch:.1f}. Everything waits in memory; Resume goes on from here.", BLUE),
        "stopping": ("Stopping: this step, then a last validation …", BLUE),
    }[job.state]


class TrainingDashboard(TrainsOne, ipywidgets.VBox):
    """Numbers and curves of a training as it runs, and its buttons. Goal: an accuracy, and knowing when to stop.

    Nothing is written to the disk. The network is in ``trainer.model`` while it trains and afterwards.

    Args:
        cfg: What to train; the attribute ``cfg`` may be changed or replaced before each training.
        goal: Accuracy on the validation data, in percent.
        interactive: False draws the curves as a picture, as where anywidget is missing.
    """

    def __init__(self, cfg: Config, *, goal: float = 85.0, interactive: bool = True) -> None:
        self.cfg, self.goal = cfg, goal
        self.jobs: list[TrainingJob] = []
        self.job = TrainingJob(cfg)  # which waits for the button
        self.started_at, self.drawn_at = 0.0, 0.0
        self.lock = threading.RLock()  # both threads show what they know
        self.tiles, self.state, self.trouble = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.state.layout.min_height = "28px"
        self.view = make_curves_view() if interactive else None
        self.curves, self.image = RunCurves(goal), picture(RunCurves.width_px, RunCurves.height_px)
        self.train_button = ipywidgets.Button(description="Train", button_style="primary")
        self.pause_button = ipywidgets.Button(description="Pause")
        self.stop_button = ipywidgets.Button(description="Stop")
        self.train_button.on_click(guarded(self.trouble, self.train))
        self.pause_button.on_click(guarded(self.trouble, self.pause_or_resume))
        self.stop_button.on_click(guarded(self.trouble, self.stop))
        buttons = ipywidgets.HBox([self.train_button, self.pause_button, self.stop_button])
        asked = (
            f"🎯 Goal: {goal:g} % on pictures that it never trains on. "
            "Pause when you think that it will get no better, and resume: were you right?"
        )
        curves = self.view if self.view is not None else self.image
        goal_line = ipywidgets.HTML(sentence(asked, bold=True))
        super().__init__([goal_line, buttons, self.state, self.tiles, curves, self.trouble])
        self.add_class("course-dashboard")
        guarded(self.trouble, self.show)()

    # --- what the buttons do ---

    def train(self, background: bool | None = None) -> None:
        """Train what the config says, from the beginning.

        Args:
            background: In a thread; if not given, wherever what a thread shows can be seen.
        """
        if self.running:
            return
        self.job = TrainingJob(self.cfg, guarded(self.trouble, self.show))
        self.jobs.append(self.job)
        self.started_at = time.monotonic()
        self.job.start(background)
        self.show()

    def pause_or_resume(self) -> None:
        """Wait after the step that it is at; or go on with the next."""
        if self.job.control.pausing:
            self.job.control.resume()
        else:
            self.job.control.pause()
        self.show()

    def stop(self) -> None:
        """End it after the step that it is at, with a last validation."""
        super().stop()
        self.show()

    # --- what it has come to ---

    @property
    def trainer(self) -> Any:
        """The newest training's ``Trainer``; None before it is built."""
        return self.job.trainer

    @property
    def runs(self) -> dict[str, list[Record]]:
        """The records of all trainings that came to a first step, for ``CompareRuns``."""
        return {f"run {number}": list(job.records) for number, job in enumerate(self.jobs, start=1) if job.records}

    @property
    def panels(self) -> list[dict[str, Any]]:
        """The curves of all trainings, for ``CurvesView``."""
        runs, epochs = self.runs, self._epochs()
        return [
            panel(
                runs,
                name,
                title=f"{title}{' (%)' if name == ACCURACY else ''}".capitalize(),
                along="epoch",
                length=epochs,
                span=(0.0, 100.0) if name == ACCURACY else from_zero(runs, name),
                goal=self.goal if name == ACCURACY else None,
                height=HEIGHTS[name],
            )
            for name, (title, _) in TILES.items()
        ]

    def show(self) -> None:
        """Buttons, words, numbers and curves as they are now."""
        with self.lock:
            self._show()

    def _show(self) -> None:
        job, running = self.job, self.running
        now = time.monotonic()
        said, colour = status(job, self.goal, now - self.started_at)
        hint = " The notebook's own stop button ends it." if running and job.thread is None else ""
        self.state.value = sentence(said + hint, colour=colour, bold=True)
        self.train_button.disabled = running
        self.train_button.description = "Train again" if self.jobs else "Train"
        heard = running and job.thread is not None
        self.pause_button.disabled = self.stop_button.disabled = not heard or job.control.stopping
        self.pause_button.description = "Resume" if running and job.control.pausing else "Pause"
        self.tiles.value = tiles_html(job.records)
        if self.view is not None:
            self.view.panels = self.panels
        elif now - self.drawn_at >= 0.5 or not running:  # a picture costs 0.1 s, which the training waits for
            self.drawn_at = now
            self.image.value = self.still()

    def _epochs(self) -> float:
        """The length of the longest training."""
        built = [job.trainer.max_epochs for job in self.jobs if job.trainer is not None]
        return float(max(built, default=1))

    def still(self) -> bytes:
        """Loss and accuracy as they are now, for pages where no kernel runs."""
        with self.lock:
            return self.curves.png(self.runs, self._epochs())

    _repr_png_ = still
