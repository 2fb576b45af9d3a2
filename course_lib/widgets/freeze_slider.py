"""The freeze slider: how much of a pretrained network trains, and what a short fine-tuning then comes to.

What a sweep has tried is shown at once; for the rest a guess is asked for, which starts the training. That is a
``TrainingJob``: in a thread in Jupyter, in the foreground in Colab.
"""

import html
from collections.abc import Sequence
from typing import Any

import ipywidgets
import torch

from course_lib import builders
from course_lib.config import Config, ConfigError
from course_lib.sweep import Row

from .freeze_view import FreezePicture, Setting
from .parts import BLUE, GREEN, ORANGE, KeepsPicture, guarded, picture, sentence
from .training_job import TrainingJob, TrainsOne
from .tweaker import button
from .tweaks import apply, value_at

FROZEN, RATE = "model.backbone.frozen_stages", "optim_wrapper.optimizer.lr"
RATES = (0.01, 0.05, 0.2, 0.8)

# --- what is computed -------------------------------------------------------------------------------------------------


def num_trainable(cfg: Config, frozen_stages: int) -> int:
    """How many parameters train with so many stages frozen; counted without the network being made."""
    model = builders.without_weights(apply(cfg, {FROZEN: frozen_stages}).model)
    with torch.device("meta"):
        return sum(each.numel() for each in builders.build_model(model).parameters() if each.requires_grad)


def count_parts(cfg: Config) -> dict[str, int]:
    """The parameters of the stem, of each stage and of the head: by how much freezing one more part reduces them.

    Raises:
        ConfigError: the backbone has no ``frozen_stages``, or not one for each of several stages.
    """
    with torch.device("meta"):
        backbone: Any = builders.build_model(builders.without_weights(cfg.model)).backbone
    if not hasattr(backbone, "frozen_stages") or not hasattr(backbone, "stages"):
        kind = type(backbone).__name__
        raise ConfigError(f"the freeze slider needs a backbone with stages that can be frozen; {kind} is none.")
    names = ["stem", *(f"stage {number}" for number in range(1, len(backbone.stages) + 1))]
    left = [num_trainable(cfg, frozen) for frozen in range(-1, len(names))]
    counts = {name: before - after for name, before, after in zip(names, left, left[1:], strict=False)}
    return counts | {"head": left[-1]}


def accuracies(rows: Sequence[Row]) -> dict[Setting, float]:
    """What the trials of a sweep came to, by frozen stages and learning rate; of several, the one with most steps."""
    ordered = sorted(rows, key=lambda row: row.steps or 0)
    return {
        (row.frozen_stages, row.lr): row.mean
        for row in ordered
        if row.frozen_stages is not None and row.lr is not None and row.mean is not None
    }


# --- what is shown ----------------------------------------------------------------------------------------------------


class FreezeSlider(TrainsOne, KeepsPicture, ipywidgets.VBox):
    """Choose what is frozen and a rate, guess the accuracy, train. Goal: some guesses in a row that are near.

    Args:
        cfg: A fine-tuning whose backbone has ``frozen_stages``, such as ``ResNet``; it is never changed.
        rows: Trials that are known already, from a sweep over ``frozen_stages`` and the rate.
        rates: What can be chosen; those of the config and of the rows join them.
        scratch: The accuracy of fresh weights in percent, for comparison.
        within: How many points a near guess may be off.
        goal: How many near guesses in a row reach the goal.
        seconds: The length of a training at the most.
    """

    def __init__(
        self,
        cfg: Config,
        rows: Sequence[Row] = (),
        *,
        rates: Sequence[float] = RATES,
        scratch: float | None = None,
        within: float = 5.0,
        goal: int = 3,
        seconds: float = 60.0,
    ) -> None:
        self.cfg, self.within, self.goal, self.seconds = apply(cfg, {}), within, goal, seconds
        self.parts = count_parts(cfg)
        self.found = accuracies(rows)
        own = float(value_at(cfg, RATE))
        self.rates = sorted({own, *rates, *(rate for _, rate in self.found)})
        self.guesses: list[tuple[float, float]] = []  # what was said, what it is
        self.job = TrainingJob(cfg)  # which waits for the button
        self.at_work: Setting | None = None
        self.picture = FreezePicture(self.parts, self.rates, scratch)
        self.image = picture(*FreezePicture.size_px)
        self.state, self.score, self.trouble = (ipywidgets.HTML() for _ in range(3))
        self.state.layout.min_height = "48px"  # two lines, so that what stands below does not jump
        style = {"description_width": "100px"}
        self.frozen = ipywidgets.SelectionSlider(options=list(self.picture.frozen), description="frozen_stages")
        self.rate = ipywidgets.SelectionSlider(options=[(f"{rate:g}", rate) for rate in self.rates], description="lr")
        self.rate.value = own
        self.guess = ipywidgets.IntSlider(60, 25, 100, description="my guess in %")
        for slider in (self.frozen, self.rate, self.guess):
            slider.style, slider.layout.width = style, "360px"
        update = guarded(self.trouble, self.show)
        self.frozen.observe(update, "value")
        self.rate.observe(update, "value")
        self.train_button = button("Train it", self.train, self.trouble, style="primary")
        self.stop_button = button("Stop", self.stop, self.trouble)
        said = (
            f"🎯 Where a “?” stands, guess the accuracy, then train: {goal} guesses in a row within {within:g} points."
        )
        buttons = ipywidgets.HBox([self.train_button, self.stop_button])
        controls = ipywidgets.VBox([self.frozen, self.rate, self.guess, buttons])
        words = ipywidgets.VBox([self.state, self.score, self.trouble], layout=ipywidgets.Layout(flex="1 1 360px"))
        below = ipywidgets.Box([controls, words], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="20px"))
        super().__init__([ipywidgets.HTML(sentence(said, bold=True)), self.image, below])
        self.add_class("course-freeze-slider")
        self.show()

    @property
    def setting(self) -> Setting:
        """Frozen stages and rate, as the sliders say."""
        return int(self.frozen.value), float(self.rate.value)

    @property
    def streak(self) -> int:
        """How many of the last guesses were near, without a miss between."""
        near = [abs(said - is_) <= self.within for said, is_ in self.guesses]
        return next((count for count, hit in enumerate(reversed(near)) if not hit), len(near))

    def show(self) -> None:
        """Picture, words and buttons, as they are now."""
        self.image.value = self.picture.png(self.setting, self.found)
        self.train_button.disabled = self.guess.disabled = self.running or self.setting in self.found
        self.stop_button.disabled = not self.running
        if not self.running:
            self.state.value = self.verdict()
        self.score.value = self.score_html()

    # --- a guess and its training ---

    def train(self, background: bool | None = None) -> None:
        """Take the guess for the setting that is chosen, and train it.

        Args:
            background: In a thread; if not given, wherever what a thread shows can be seen.
        """
        if self.running or self.setting in self.found:
            return
        self.at_work, self.said = self.setting, float(self.guess.value)
        frozen, rate = self.at_work
        self.job = TrainingJob(apply(self.cfg, {FROZEN: frozen, RATE: rate}), self.show_end, seconds=self.seconds)
        self.state.value = sentence(f"{name(self.at_work)}: training …", colour=BLUE)
        self.train_button.disabled = self.guess.disabled = True
        self.stop_button.disabled = False
        self.job.start(background)

    def show_end(self) -> None:
        """Take what the training has come to, once it is over; called in its thread."""
        job = self.job
        if self.at_work is None or not job.ended:
            return
        last = job.records[-1] if job.records else {}
        if job.ended == "done" and "val/accuracy/top1" in last:
            self.found[self.at_work] = last["val/accuracy/top1"]
            self.guesses.append((self.said, last["val/accuracy/top1"]))
        self.show()
        if job.trouble:
            self.state.value = sentence(html.escape(job.trouble), colour=ORANGE, bold=True)

    # --- words ---

    def verdict(self) -> str:
        """What is known of the setting that is chosen."""
        accuracy = self.found.get(self.setting)
        if accuracy is None:
            return sentence(f"{name(self.setting)}: not tried yet. What is your guess?")
        text = f"{name(self.setting)}: {accuracy:.0f} %."
        if self.setting == self.at_work and self.guesses:
            said, is_ = self.guesses[-1]
            near = abs(said - is_) <= self.within
            text += f" You said {said:.0f} %: {'near enough.' if near else f'off by {abs(said - is_):.0f} points.'}"
            return sentence(text, colour=GREEN if near else ORANGE, bold=True)
        return sentence(text, bold=True)

    def score_html(self) -> str:
        """The goal, as far as it is reached."""
        if not self.guesses:
            return ""
        off = sum(abs(said - is_) for said, is_ in self.guesses) / len(self.guesses)
        said = f"{len(self.guesses)} guess{'es' if len(self.guesses) > 1 else ''}, off by {off:.0f} points on average; "
        said += f"{self.streak} in a row within {self.within:g}."
        if self.streak >= self.goal:
            return sentence(f"✓ {said} Goal reached!", colour=GREEN, bold=True)
        return sentence(said)


def name(setting: Setting) -> str:
    """``frozen_stages 3, lr 0.8``."""
    return f"frozen_stages {setting[0]}, lr {setting[1]:g}"
