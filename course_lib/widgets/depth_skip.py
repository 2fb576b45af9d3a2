"""Depth × shortcuts: the gradient of every layer before the first step, and what training makes of the network.

A prediction starts the training, which is a ``TrainingJob``: in a thread in Jupyter, in the foreground in Colab.
"""

import html
import math
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise

import ipywidgets
import torch
from torch import nn

from course_lib import builders
from course_lib.config import Config

from .depth_skip_view import DepthPicture, Gradients, Network
from .parts import BLUE, GREEN, ORANGE, KeepsPicture, guarded, picture, sentence
from .training_job import TrainingJob, TrainsOne
from .tweaker import REDRAW_S, button
from .tweaks import apply

DEPTHS = (8, 14, 20, 26, 32, 44, 56)

# --- what is computed -------------------------------------------------------------------------------------------------


def with_network(cfg: Config, network: Network) -> Config:
    """A copy of a config with another depth, with or without shortcuts."""
    depth, shortcuts = network
    return apply(cfg, {"model.backbone.depth": depth, "model.backbone.shortcuts": shortcuts})


def gradient_norms(cfg: Config) -> list[float]:
    """The size of the gradient of each convolution, first layer first, for the first batch and fresh weights."""
    torch.manual_seed(int(cfg.get("randomness", {}).get("seed") or 0))
    model = builders.build_model(cfg.model).train()
    batch = next(builders.build_loader(cfg.train_dataloader, training=True).epoch(0))
    batch = builders.build_preprocessor(cfg)(batch, True)
    nn.functional.cross_entropy(model(batch["images"]), batch["labels"]).backward()
    weights = [module.weight for module in model.modules() if isinstance(module, nn.Conv2d)]
    return [float(weight.grad.norm()) for weight in weights if weight.grad is not None]


def boundary(found: Mapping[Network, float], depths: Sequence[int], limit: float) -> tuple[int, int] | None:
    """Two neighbouring depths of plain networks, where the shallower learnt and the deeper did not; None if unknown."""
    for shallow, deep in pairwise(depths):
        if found.get((shallow, False), math.inf) < limit <= found.get((deep, False), -math.inf):
            return shallow, deep
    return None


# --- what is shown ----------------------------------------------------------------------------------------------------


class DepthExplorer(TrainsOne, KeepsPicture, ipywidgets.VBox):
    """Choose a network, look at its gradients, say whether it will learn. Goal: find where plain training dies.

    Args:
        cfg: A training whose backbone has ``depth`` and ``shortcuts``, such as ``SmallResNet``; it is never changed.
        depths: What the slider offers.
        limit: A network has learnt if the mean loss of the last epoch is below.
        seconds: The length of a training at the most.
    """

    def __init__(self, cfg: Config, depths: Sequence[int] = DEPTHS, limit: float = 0.6, seconds: float = 120.0) -> None:
        self.cfg, self.depths, self.limit, self.seconds = apply(cfg, {}), tuple(depths), limit, seconds
        networks = [(depth, shortcuts) for depth in self.depths for shortcuts in (False, True)]
        self.gradients: Gradients = {each: gradient_norms(with_network(cfg, each)) for each in networks}
        self.found: dict[Network, float] = {}  # the loss in the end
        self.right: list[bool] = []  # of each prediction
        self.job = TrainingJob(cfg)  # which waits for the button
        self.at_work: Network | None = None
        self.said, self.drawn = False, 0.0
        self.picture = DepthPicture(self.gradients, limit)
        self.image = picture(*DepthPicture.size_px)
        self.state, self.score, self.trouble = (ipywidgets.HTML() for _ in range(3))
        self.state.layout.min_height = "48px"  # two lines, so that what stands below does not jump
        style = {"description_width": "60px"}
        self.depth = ipywidgets.SelectionSlider(options=self.depths, description="layers", style=style)
        self.depth.layout.width = "340px"
        self.shortcuts = ipywidgets.Checkbox(False, description="shortcuts", indent=False)
        update = guarded(self.trouble, self.show)
        self.depth.observe(update, "value")
        self.shortcuts.observe(update, "value")
        self.yes = button("It learns", lambda: self.predict(True), self.trouble, style="primary")
        self.no = button("It does not", lambda: self.predict(False), self.trouble, style="primary")
        self.stop_button = button("Stop", self.stop, self.trouble)
        goal = "🎯 Find where plain training dies: two neighbouring depths, of which one learns. Then revive it."
        buttons = ipywidgets.HBox([self.yes, self.no, self.stop_button])
        controls = ipywidgets.VBox([self.depth, self.shortcuts, buttons])
        words = ipywidgets.VBox([self.state, self.score, self.trouble], layout=ipywidgets.Layout(flex="1 1 380px"))
        below = ipywidgets.Box([controls, words], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="20px"))
        super().__init__([ipywidgets.HTML(sentence(goal, bold=True)), self.image, below])
        self.add_class("course-depth-skip")
        self.show()

    @property
    def network(self) -> Network:
        """The depth, and whether there are shortcuts, as the controls say."""
        return int(self.depth.value), bool(self.shortcuts.value)

    def show(self) -> None:
        """Picture, words and buttons, as they are now."""
        self.image.value = self.picture.png(self.network, self.found)
        self.yes.disabled = self.no.disabled = self.running or self.network in self.found
        self.stop_button.disabled = not self.running
        if not self.running:
            self.state.value = self.verdict()
        self.score.value = self.score_html()

    # --- a prediction and its training ---

    def predict(self, learns: bool, background: bool | None = None) -> None:
        """Take the prediction for the network that is chosen, and train it.

        Args:
            background: In a thread; if not given, wherever what a thread shows can be seen.
        """
        if self.running or self.network in self.found:
            return
        self.said, self.at_work = learns, self.network
        cfg = with_network(self.cfg, self.at_work)
        self.job = TrainingJob(cfg, self.show_progress, seconds=self.seconds)
        self.state.value = sentence(f"{name(self.at_work)}: making the pictures …", colour=BLUE)
        self.yes.disabled = self.no.disabled = True
        self.stop_button.disabled = False
        self.job.start(background)

    def show_progress(self) -> None:
        """What the training has come to; called in its thread."""
        job, network, now = self.job, self.at_work, time.monotonic()
        if network is None:
            return
        if job.ended:
            if job.ended == "done" and job.trainer is not None:
                loss = job.trainer.mean_loss
                self.found[network] = loss
                self.right.append(self.said == (loss < self.limit))
            self.show()
            if job.trouble:
                self.state.value = sentence(html.escape(job.trouble), colour=ORANGE, bold=True)
        elif job.records and now - self.drawn >= REDRAW_S:
            self.drawn = now
            last = job.records[-1]
            if "loss" in last:
                said = f"{name(network)}: epoch {last['epoch']:.1f}, loss {last['loss']:.2f}"
                self.state.value = sentence(said, colour=BLUE)

    # --- words ---

    def verdict(self) -> str:
        """What is known of the network that is chosen."""
        loss = self.found.get(self.network)
        if loss is None:
            return sentence(f"{name(self.network)}: look at its gradients. Will it learn?")
        learns = loss < self.limit
        text = f"{name(self.network)}: in the end its loss is {loss:.2f}. {'It learns.' if learns else 'It does not.'}"
        if self.network == self.at_work and self.right:
            text += " You were right." if self.right[-1] else " You said otherwise. Look at its gradients again."
        return sentence(text, colour=GREEN if learns else ORANGE, bold=True)

    def score_html(self) -> str:
        """The goal, as far as it is reached, and the predictions."""
        lines = [f"Predictions: {sum(self.right)} of {len(self.right)} right."] if self.right else []
        if place := boundary(self.found, self.depths, self.limit):
            lines.append(f"✓ Plain training dies between {place[0]} and {place[1]} layers.")
            saved = [depth for depth in self.depths if self.found.get((depth, True), math.inf) < self.limit]
            if saved and saved[-1] >= place[1]:
                lines.append(f"✓ With shortcuts {saved[-1]} layers learn. Goal reached!")
        return "".join(sentence(line, colour=GREEN if line[0] == "✓" else "inherit", bold=True) for line in lines)


def name(network: Network) -> str:
    """``plain, 32 layers``."""
    return f"{'residual' if network[1] else 'plain'}, {network[0]} layers"
