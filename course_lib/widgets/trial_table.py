"""The trial table: sort it, look at one setting at a time, say which matters most, and train a better trial.

A training is a ``TrainingJob``: in a thread in Jupyter, in the foreground in Colab.
"""

import html
import time
from collections.abc import Sequence
from typing import Any

import ipywidgets

from course_lib.config import Config

from .parts import BLUE, GREEN, ORANGE, KeepsPicture, guarded, picture, sentence
from .training_job import TrainingJob, TrainsOne
from .trial_view import SETTINGS, Trial, TrialPicture, done, settings_of, spread, table_html
from .tweaker import REDRAW_S, button
from .tweaks import apply

LRS, FROZEN, EPOCHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3), (-1, 0, 1, 2, 3), (1, 2, 4, 6, 8, 12)


class TrialTable(TrainsOne, KeepsPicture, ipywidgets.VBox):
    """The trials of a sweep. Goals: find the setting that matters most; then beat the best trial.

    Args:
        log: The trials as ``as_log`` gives them; at least one setting has two values.
        cfg: What is trained anew, with another lr, other frozen stages, another length; it is never changed.
        seconds: The length of a training at the most.
    """

    def __init__(self, log: Sequence[Trial], cfg: Config, seconds: float = 60.0) -> None:
        self.trials, self.cfg, self.seconds = [dict(row) for row in log], apply(cfg, {}), seconds
        self.first_best = max(row["accuracy"] for row in done(log))
        self.job = TrainingJob(cfg)  # which waits for the button
        self.drawn = 0.0
        self.picture = TrialPicture()
        self.image = picture(*TrialPicture.size_px)
        self.table, self.answer, self.state, self.trouble = (ipywidgets.HTML() for _ in range(4))
        names = settings_of(log)
        self.setting = ipywidgets.ToggleButtons(options=[(SETTINGS.get(name, name), name) for name in names])
        self.setting.style.button_width = "110px"
        self.order = ipywidgets.Dropdown(options=["trial", *names, "accuracy"], value="accuracy", description="sort by")
        update = guarded(self.trouble, self.show)
        self.setting.observe(update, "value")
        self.order.observe(update, "value")
        self.claim_button = button("Matters most", self.claim, self.trouble, style="primary")
        style = {"description_width": "60px"}
        self.lr = ipywidgets.SelectionSlider(options=LRS, value=0.01, description="lr", style=style)
        self.frozen = ipywidgets.SelectionSlider(options=FROZEN, value=-1, description="frozen", style=style)
        self.epochs = ipywidgets.SelectionSlider(options=EPOCHS, value=6, description="epochs", style=style)
        self.train_button = button("Train", self.train, self.trouble, style="primary")
        self.stop_button = button("Stop", self.stop, self.trouble)
        goals = "🎯 Which setting matters most? Look at each, then say it. Then train a trial that beats the best."
        left = ipywidgets.VBox([self.setting, self.image, ipywidgets.HBox([self.claim_button, self.answer])])
        buttons = ipywidgets.HBox([self.train_button, self.stop_button])
        right = ipywidgets.VBox([self.order, self.table, self.lr, self.frozen, self.epochs, buttons, self.state])
        both = ipywidgets.Box([left, right], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="28px"))
        super().__init__([ipywidgets.HTML(sentence(goals, bold=True)), both, self.trouble])
        self.add_class("course-trial-table")
        self.stop_button.disabled = True
        self.show()

    def show(self) -> None:
        """Picture and table, as the controls say."""
        self.image.value = self.picture.png(self.trials, str(self.setting.value))
        self.table.value = table_html(self.trials, str(self.order.value))

    def claim(self) -> None:
        """Judge that the setting in the picture is the one that matters most."""
        spreads = {name: spread(self.trials, name) for name in settings_of(self.trials)}
        name = str(self.setting.value)
        right = spreads[name] == max(spreads.values())
        told = f"{SETTINGS.get(name, name)} moves the mean by {spreads[name]:.1f} points"
        text = f"✓ Yes: {told}, more than any other." if right else f"{told}. Another one moves it more."
        self.answer.value = sentence(html.escape(text), colour=GREEN if right else ORANGE, bold=True)

    # --- a trial more ---

    def values(self) -> dict[str, Any]:
        """What the controls say, by path of the config."""
        return {
            "optim_wrapper.optimizer.lr": self.lr.value,
            "model.backbone.frozen_stages": self.frozen.value,
            "train_cfg.max_epochs": self.epochs.value,
            "train_cfg.val_interval": self.epochs.value,
            "randomness.seed": len(self.trials),  # another for each, so that the same trial again shows what is luck
        }

    def train(self, background: bool | None = None) -> None:
        """Train with what the controls say; the trial becomes a row of the table.

        Args:
            background: In a thread; if not given, wherever what a thread shows can be seen.
        """
        if self.running:
            return
        self.job = TrainingJob(apply(self.cfg, self.values()), self.show_progress, seconds=self.seconds)
        self.train_button.disabled, self.stop_button.disabled = True, False
        self.state.value = sentence("reading the pictures …", colour=BLUE)
        self.job.start(background)

    def show_progress(self) -> None:
        """What the training has come to; called in its thread."""
        job, now = self.job, time.monotonic()
        if job.ended:
            self.train_button.disabled, self.stop_button.disabled = False, True
            if job.trouble:
                self.state.value = sentence(html.escape(job.trouble), colour=ORANGE, bold=True)
            elif job.ended == "done":
                self.add(job)
            else:
                self.state.value = sentence("Stopped; it does not count.")
        elif job.records and now - self.drawn >= REDRAW_S:
            self.drawn = now
            last = job.records[-1]
            if "loss" in last:
                self.state.value = sentence(f"epoch {last['epoch']:.1f}, loss {last['loss']:.2f}", colour=BLUE)

    def add(self, job: TrainingJob) -> None:
        """Write a finished training into the table."""
        assert job.trainer is not None
        accuracy = round(job.records[-1]["val/accuracy/top1"], 1)
        known = {
            "trial": max(row["trial"] for row in self.trials) + 1,
            "lr": job.cfg.optim_wrapper.optimizer.lr,
            "steps": job.trainer.step,
            "batch_size": job.cfg.train_dataloader.batch_size,
            "frozen_stages": job.cfg.model.backbone.frozen_stages,
            "accuracy": accuracy,
        }
        self.trials.append(known)
        self.show()
        beaten = accuracy > self.first_best
        text = f"Trial {known['trial']}: {accuracy:g} %. " + (
            f"✓ Better than {self.first_best:g}. But is it luck?"
            if beaten
            else f"The sweep's best is {self.first_best:g}."
        )
        self.state.value = sentence(text, colour=GREEN if beaten else "inherit", bold=True)
