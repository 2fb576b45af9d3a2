"""Activations (激活函数) and their gradients: a curve, its slope, and what twenty layers leave of a gradient."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import ipywidgets
import numpy as np

from .activations_view import MOST_LAYERS, ActivationPicture
from .parts import BLUE, GREEN, ORANGE, KeepsPicture, guarded, picture, sentence

# --- what is computed -------------------------------------------------------------------------------------------------

Function = Callable[[np.ndarray, float], np.ndarray]


def sigmoid(x: np.ndarray, a: float = 0.0) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def relu(x: np.ndarray, a: float = 0.0) -> np.ndarray:
    return np.maximum(x, 0)


def leaky_relu(x: np.ndarray, a: float) -> np.ndarray:
    return np.where(x > 0, x, a * x)


def elu(x: np.ndarray, a: float) -> np.ndarray:
    return np.where(x > 0, x, a * np.expm1(np.minimum(x, 0)))


@dataclass(frozen=True)
class Activation:
    """A function of a score and its gradient; both take the score, any shape, and the parameter a.

    Args:
        start: Where a begins; None where the function has no parameter.
    """

    function: Function
    gradient: Function
    start: float | None = None


# At 0, where a bend has no slope, these take the slope from the left, as torch does.
ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, lambda x, a: sigmoid(x) * (1 - sigmoid(x))),
    "tanh": Activation(lambda x, a: np.tanh(x), lambda x, a: 1 - np.tanh(x) ** 2),
    "ReLU": Activation(relu, lambda x, a: np.where(x > 0, 1.0, 0.0)),
    "Leaky ReLU, PReLU": Activation(leaky_relu, lambda x, a: np.where(x > 0, 1.0, a), 0.1),
    "ELU": Activation(elu, lambda x, a: np.where(x > 0, 1.0, a * np.exp(np.minimum(x, 0))), 1.0),
}
ALIVE = (0.1, 10.0)  # what counts as neither vanished nor exploded


@dataclass(frozen=True)
class Chain:
    """Layers of one neuron each: every one multiplies by ``weight``, then applies the same activation.

    Args:
        name: One of ``ACTIVATIONS``; a: its parameter.
        x: The input; layers: how many times.
    """

    name: str = "sigmoid"
    a: float = 0.0
    x: float = 2.0
    weight: float = 1.0
    layers: int = 20

    @cached_property
    def scores(self) -> np.ndarray:
        """(layers,) what the activation of each layer is given."""
        scores, value = [], np.asarray(self.x)
        for _ in range(self.layers):
            scores.append(self.weight * value)
            value = ACTIVATIONS[self.name].function(scores[-1], self.a)
        return np.array(scores)

    @cached_property
    def remaining(self) -> np.ndarray:
        """(layers + 1,) the gradient before it goes back and after each layer: the product of the slopes so far."""
        slopes = self.weight * ACTIVATIONS[self.name].gradient(self.scores, self.a)
        return np.cumprod([1.0, *slopes[::-1]])  # backwards: the last layer comes first

    @property
    def alive(self) -> bool:
        return bool(ALIVE[0] <= self.remaining[-1] <= ALIVE[1])


def verdict(chain: Chain) -> tuple[str, str]:
    """What became of the gradient, in words, and their colour."""
    left = float(chain.remaining[-1])
    layers = f"{chain.layers} layer{'' if chain.layers == 1 else 's'}"
    if left == 0:
        return f"After {layers} nothing is left: the gradient is <b>dead</b>.", ORANGE
    state = "is <b>alive</b>" if chain.alive else f"has <b>{'vanished' if left < ALIVE[0] else 'exploded'}</b>"
    return f"After {layers}, {left:.2g} is left of a gradient of 1: it {state}.", GREEN if chain.alive else ORANGE


# --- what is shown ----------------------------------------------------------------------------------------------------


class ActivationExplorer(KeepsPicture, ipywidgets.VBox):
    """Choose an activation, move the input. Goal: keep a gradient alive through 20 layers, for inputs 2 and -2.

    Args:
        name: The activation to begin with.
    """

    goals, goal_layers = (2.0, -2.0), 20

    def __init__(self, name: str = "sigmoid") -> None:
        self.reached: dict[float, str] = {}
        self.choice = ipywidgets.ToggleButtons(options=list(ACTIVATIONS), value=name)
        self.choice.style.button_width = "auto"
        self.x = slider("input x", 2.0, -4.0, 4.0, 0.1)
        self.weight = slider("weight w", 1.0, 0.5, 2.0, 0.05)
        self.a = slider("a", ACTIVATIONS[name].start or 0.0, 0.0, 2.0, 0.05)
        self.layers = ipywidgets.IntSlider(
            self.goal_layers, min=1, max=MOST_LAYERS, description="layers", layout=self.x.layout, style=self.x.style
        )
        self.picture, self.image = ActivationPicture(ALIVE), picture(*ActivationPicture.size_px)
        self.text, self.goal, self.trouble = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.choice.observe(guarded(self.trouble, self.choose), "value")
        update = guarded(self.trouble, self.update)
        for control in (self.x, self.weight, self.a, self.layers):
            control.observe(update, "value")
        controls = ipywidgets.VBox([self.x, self.weight, self.a, self.layers])
        words = ipywidgets.VBox([self.text, self.goal, self.trouble], layout=ipywidgets.Layout(flex="1 1 380px"))
        below = ipywidgets.Box([controls, words], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="20px"))
        super().__init__([self.choice, self.image, below])
        self.add_class("course-activations")
        self.choose()

    @property
    def chain(self) -> Chain:
        """What the controls say."""
        return Chain(self.choice.value, self.a.value, self.x.value, self.weight.value, self.layers.value)

    def choose(self) -> None:
        """Another activation: its own parameter, and the picture of it."""
        start = ACTIVATIONS[self.choice.value].start
        self.a.disabled = start is None
        if start is not None:
            self.a.value = start
        self.update()

    def update(self) -> None:
        """Draw the chain that the controls say, and look whether a goal is reached."""
        chain = self.chain
        activation = ACTIVATIONS[chain.name]
        self.image.value = self.picture.png(
            chain.name,
            lambda scores: activation.function(scores, chain.a),
            lambda scores: activation.gradient(scores, chain.a),
            chain.scores,
            chain.remaining,
        )
        text, colour = verdict(chain)
        self.text.value = sentence(text, colour=colour)
        if chain.alive and chain.layers >= self.goal_layers and chain.x in self.goals:
            self.reached.setdefault(chain.x, chain.name)
        self.goal.value = self.goal_html()

    def goal_html(self) -> str:
        """The goal and how far it is reached."""
        asked = f"🎯 Goal: {self.goal_layers} layers, and between {ALIVE[0]:g} and {ALIVE[1]:g} of the gradient is left"
        ticks = " &ensp; ".join(
            f'<span style="color:{GREEN}">✓ x = {x:g} with {self.reached[x]}</span>'
            if x in self.reached
            else f'<span style="color:{BLUE}">○ x = {x:g}</span>'
            for x in self.goals
        )
        done = sentence("Goal reached!", colour=GREEN, bold=True) if len(self.reached) == len(self.goals) else ""
        return sentence(f"{asked}.", bold=True) + sentence(ticks) + done


def slider(name: str, value: float, low: float, high: float, step: float) -> ipywidgets.FloatSlider:
    """A slider that listens to the arrow keys."""
    digits = ".1f" if step == 0.1 else ".2f"
    return ipywidgets.FloatSlider(
        value,
        min=low,
        max=high,
        step=step,
        description=name,
        readout_format=digits,
        layout=ipywidgets.Layout(width="330px"),
        style={"description_width": "64px"},
    )
