"""The perceptron (感知机) by hand: a line moved with sliders, and a line that corrects itself, a mistake a press."""

import html
from dataclasses import dataclass, replace

import ipywidgets
import numpy as np

from .parts import GREEN, ORANGE, KeepsPicture, guarded, picture, sentence
from .plane import Plane, mistakes

# --- what is computed -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Walk:
    """Where the perceptron is: its line, how often it was corrected, and which point comes next."""

    w: np.ndarray
    b: float
    corrections: int = 0
    next_point: int = 0


def start(num_features: int = 2) -> Walk:
    """At w = 0, b = 0, every point counts as +1."""
    return Walk(np.zeros(num_features), 0.0)


def next_mistake(X: np.ndarray, y: np.ndarray, walk: Walk) -> int | None:
    """The first point on the wrong side, going round from where the walk is; None if every point is right."""
    wrong = mistakes(X, y, walk.w, walk.b)
    if not len(wrong):
        return None
    later = wrong[wrong >= walk.next_point]
    return int(later[0] if len(later) else wrong[0])


def correct(X: np.ndarray, y: np.ndarray, walk: Walk, index: int) -> Walk:
    """The walk after the correction for one point: its product with its class is added to w, its class to b."""
    w, b = walk.w + y[index] * X[index], walk.b + float(y[index])
    return Walk(w, b, walk.corrections + 1, (index + 1) % len(X))


def run_to_end(X: np.ndarray, y: np.ndarray, walk: Walk, max_corrections: int = 1000) -> Walk:
    """Correct mistake after mistake until there is none, or until ``max_corrections`` in all."""
    while walk.corrections < max_corrections and (index := next_mistake(X, y, walk)) is not None:
        walk = correct(X, y, walk, index)
    return walk


def formula(w: np.ndarray, b: float, features: tuple[str, str] = ("x1", "x2")) -> str:
    """``score = 0.5 · x1 - 1.2 · x2 + 0.3``."""
    terms = [(w[0], f" · {features[0]}"), (w[1], f" · {features[1]}"), (b, "")]
    text = "".join(f" {'-' if value < 0 else '+'} {number(abs(value))}{name}" for value, name in terms)
    return "score = " + (text.removeprefix(" + ") if w[0] >= 0 else "-" + text.removeprefix(" - "))


def arithmetic(X: np.ndarray, y: np.ndarray, walk: Walk, index: int) -> list[tuple[str, str]]:
    """The correction for one point, written out: what is computed → the numbers."""
    after = correct(X, y, walk, index)
    score = float(X[index] @ walk.w + walk.b)
    x, w, label = pair(X[index]), pair(walk.w), int(y[index])
    sign = "+" if label > 0 else "-"
    return [
        ("point x", f"{x}, class {label:+d}"),
        ("score", f"{w} · {x} {'-' if walk.b < 0 else '+'} {number(abs(walk.b))} = {number(score)}"),
        ("so it says", f"{1 if score >= 0 else -1:+d}, which is wrong"),
        ("new w", f"{w} {sign} {x} = {pair(after.w)}"),
        ("new b", f"{number(walk.b)} {sign} 1 = {number(after.b)}"),
    ]


def number(value: float) -> str:
    """With two digits after the point at the most."""
    return f"{round(float(value), 2) + 0.0:g}"


def pair(values: np.ndarray) -> str:
    """``(0.5, -1.2)``."""
    return f"({', '.join(map(number, values))})"


# --- what is shown ----------------------------------------------------------------------------------------------------


class LineExplorer(KeepsPicture, ipywidgets.VBox):
    """Three sliders move the line w·x + b = 0. Goal: no point on the wrong side, or as few as there is a line for.

    Args:
        X: (N, 2) points; y: (N,) classes -1 and +1.
        names: Of the classes -1 and +1.
        features: The names of the two axes.
        max_mistakes: With how many the goal is reached.
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        names: tuple[str, str] = ("-1", "+1"),
        features: tuple[str, str] = ("x1", "x2"),
        max_mistakes: int = 0,
    ) -> None:
        self.plane = Plane(X, y, names, features)
        self.X, self.y, self.features, self.max_mistakes, self.moves = X, y, features, max_mistakes, -1
        self.w1, self.w2, self.b = (slider(name, value) for name, value in (("w1", 1.0), ("w2", 0.0), ("b", 0.0)))
        self.image = picture(Plane.width_px, Plane.height_px)
        self.text, self.trouble = ipywidgets.HTML(), ipywidgets.HTML()
        update = guarded(self.trouble, self.update)
        for control in (self.w1, self.w2, self.b):
            control.observe(update, "value")
        aim = count(max_mistakes, "mistake") + (" at the most" if max_mistakes else "")
        goal = ipywidgets.HTML(sentence(f"Goal: {aim}. Mistakes wear a ring.", bold=True))
        side = ipywidgets.VBox([goal, self.w1, self.w2, self.b, self.text, self.trouble])
        super().__init__([beside(self.image, side)])
        self.add_class("course-line-explorer")
        update()

    @property
    def num_mistakes(self) -> int:
        return len(mistakes(self.X, self.y, np.array([self.w1.value, self.w2.value]), self.b.value))

    def update(self) -> None:
        """Draw the line that the sliders say."""
        self.moves += 1
        w, b, wrong = np.array([self.w1.value, self.w2.value]), self.b.value, self.num_mistakes
        self.image.value = self.plane.png(w, b)
        reached = wrong <= self.max_mistakes
        verdict = (
            f"{count(wrong, 'mistake')} after {count(self.moves, 'move')}. Well steered!"
            if reached
            else f"<b>{count(wrong, 'mistake')}</b> among {len(self.X)} points"
        )
        self.text.value = sentence(code(formula(w, b, self.features))) + sentence(
            verdict, colour=GREEN if reached else "inherit", bold=reached
        )


class PerceptronStepper(KeepsPicture, ipywidgets.VBox):
    """Each press corrects one mistake and shows the arithmetic of it. Goal: follow one correction by hand.

    Args: as of ``LineExplorer``.
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        names: tuple[str, str] = ("-1", "+1"),
        features: tuple[str, str] = ("x1", "x2"),
    ) -> None:
        self.plane = Plane(X, y, names, features)
        self.X, self.y, self.walk = X, y, start()
        self.image = picture(Plane.width_px, Plane.height_px)
        self.text, self.trouble = ipywidgets.HTML(), ipywidgets.HTML()
        self.step_button = ipywidgets.Button(description="Correct a mistake", button_style="primary")
        self.end_button = ipywidgets.Button(description="Until it ends")
        self.again_button = ipywidgets.Button(description="Start again")
        for button, action in (
            (self.step_button, self.step),
            (self.end_button, self.to_end),
            (self.again_button, self.again),
        ):
            button.on_click(guarded(self.trouble, action))
        goal = ipywidgets.HTML(sentence("Goal: follow one correction by hand.", bold=True))
        buttons = ipywidgets.VBox([self.step_button, self.end_button, self.again_button])
        side = ipywidgets.VBox([goal, buttons, self.text, self.trouble])
        super().__init__([beside(self.image, side)])
        self.add_class("course-perceptron-stepper")
        self.again()

    def step(self) -> None:
        """Correct the next mistake."""
        index = next_mistake(self.X, self.y, self.walk)
        if index is None:
            return
        before = self.walk
        self.walk = correct(self.X, self.y, before, index)
        self.show(arithmetic(self.X, self.y, before, index), before, index)

    def to_end(self) -> None:
        """Correct until there is no mistake, 1,000 corrections at the most."""
        self.walk = run_to_end(self.X, self.y, replace(self.walk))
        self.show([])

    def again(self) -> None:
        """Back to w = 0, b = 0."""
        self.walk = start()
        self.show([])

    def show(self, rows: list[tuple[str, str]], before: Walk | None = None, index: int | None = None) -> None:
        old = (before.w, before.b) if before is not None else None
        self.image.value = self.plane.png(self.walk.w, self.walk.b, old, index)
        wrong = len(mistakes(self.X, self.y, self.walk.w, self.walk.b))
        done = wrong == 0
        state = f"{count(self.walk.corrections, 'correction')}, {count(wrong, 'mistake')} left"
        if done:
            state = f"No mistake left after {count(self.walk.corrections, 'correction')}."
        elif self.walk.corrections >= 1000:
            state = f"1,000 corrections and still {wrong} mistakes: is there such a line at all?"
        colour = GREEN if done else ORANGE if self.walk.corrections >= 1000 else "inherit"
        self.step_button.disabled = self.end_button.disabled = done
        self.text.value = sentence(state, colour=colour, bold=done) + table(rows)


def slider(name: str, value: float) -> ipywidgets.FloatSlider:
    """From -3 to 3; the arrow keys move it by 0.1."""
    layout = ipywidgets.Layout(width="290px")
    style = {"description_width": "24px"}
    return ipywidgets.FloatSlider(
        value, min=-3.0, max=3.0, step=0.1, description=name, readout_format=".1f", layout=layout, style=style
    )


def beside(image: ipywidgets.Image, side: ipywidgets.Widget) -> ipywidgets.Box:
    """A picture and what belongs to it, side by side, and below one another where the page is narrow."""
    return ipywidgets.Box([image, side], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="16px"))


def count(number: int, noun: str) -> str:
    """``1 mistake``, ``2 mistakes``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def code(text: str) -> str:
    return f"<code>{html.escape(text)}</code>"


def table(rows: list[tuple[str, str]]) -> str:
    """Labelled lines as HTML."""
    cells = "".join(
        f'<tr style="background:none"><td style="opacity:.65;padding:0 12px 0 0;text-align:left">{html.escape(label)}'
        f'</td><td style="font-family:monospace;text-align:left;padding:0">{html.escape(text)}</td></tr>'
        for label, text in rows
    )
    return f'<table style="border:none;line-height:1.5">{cells}</table>' if rows else ""
