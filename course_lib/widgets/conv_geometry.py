"""The geometry of a convolution (卷积): five sliders, the window on its way, and the formula filled in."""

from functools import partial

import ipywidgets
import numpy as np
from PIL import Image

from .conv_arithmetic import DILATIONS, GOALS, KERNELS, PADDINGS, SIZES, STRIDES, Geometry, fewest_weights, formula
from .conv_geometry_view import (
    HEIGHT_PX,
    INPUT_X,
    OUTPUT_X,
    TITLE_PX,
    WIDTH_PX,
    as_png,
    drawn,
    input_cells,
    legend,
    output_cells,
    titled,
)
from .parts import BLUE, GREEN, ORANGE, guarded, picture, sentence

LABELS = {"n": "size n", "k": "kernel k", "s": "stride s", "p": "padding p", "d": "dilation d"}


class ConvGeometry(ipywidgets.VBox):
    """Sliders for a convolution's geometry, the window's way over the input, and four goals.

    Args:
        geometry: Where the sliders stand to begin with.
    """

    def __init__(self, geometry: Geometry | None = None) -> None:
        first = geometry or Geometry()
        self.reached, self.goal_index = set[int](), 0
        self.image, self.titles = picture(WIDTH_PX, HEIGHT_PX), ipywidgets.HTML()
        self.text, self.state, self.trouble = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        choices = {"n": SIZES, "k": KERNELS, "s": STRIDES, "p": PADDINGS, "d": DILATIONS}
        self.sliders = {
            name: ipywidgets.SelectionSlider(
                options=list(values),
                value=getattr(first, name),
                description=LABELS[name],
                style={"description_width": "76px"},
                layout=ipywidgets.Layout(width="300px"),
            )
            for name, values in choices.items()
        }
        self.walk = ipywidgets.IntSlider(
            0,
            min=0,
            max=1,
            description="position",
            style={"description_width": "76px"},
            layout=ipywidgets.Layout(width="300px"),
        )
        self.play = ipywidgets.Play(interval=300, max=1)
        ipywidgets.jslink((self.play, "value"), (self.walk, "value"))
        self.goal_buttons = [ipywidgets.Button(layout=ipywidgets.Layout(width="52px")) for _ in GOALS]
        for index, button in enumerate(self.goal_buttons):
            button.on_click(guarded(self.trouble, partial(self.choose, index)))
        update = guarded(self.trouble, self.update)
        for slider in (*self.sliders.values(), self.walk):
            slider.observe(update, "value")
        self.goal = ipywidgets.HTML()
        wrap = ipywidgets.Layout(flex_flow="row wrap", align_items="center", grid_gap="4px")
        head = ipywidgets.Box([*self.goal_buttons, self.goal], layout=wrap)
        left = ipywidgets.VBox([*self.sliders.values(), self.walk, self.play])
        right = ipywidgets.VBox([self.text, self.state, self.trouble])
        right.layout = ipywidgets.Layout(flex="1 1 330px")
        below = ipywidgets.Box([left, right], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="20px"))
        super().__init__([head, self.titles, self.image, ipywidgets.HTML(legend()), below])
        self.add_class("course-conv-geometry")
        self.update()

    @property
    def geometry(self) -> Geometry:
        """What the sliders say."""
        return Geometry(**{name: slider.value for name, slider in self.sliders.items()})

    def choose(self, index: int) -> None:
        """Another goal; the sliders stay where they are."""
        self.goal_index = index
        self.update()

    def update(self) -> None:
        """Draw the window where it stands, fill in the formula and look whether the goal is reached."""
        geometry = self.geometry
        last = max(geometry.out**2 - 1, 0)
        if self.walk.max != last:
            self.walk.max = self.play.max = last  # a slider beyond its new end moves back by itself
        self.image.value = as_png(self.drawn())
        words = "".join(
            f'<b style="position:absolute;left:{middle - 150}px;width:300px;text-align:center">{title}</b>'
            for title, middle in zip(titles(geometry), (INPUT_X, OUTPUT_X), strict=True)
        )
        self.titles.value = f'<div style="position:relative;height:{TITLE_PX}px">{words}</div>'
        letters, numbers = formula(geometry)
        self.text.value = (
            sentence(f"<code>{letters}</code>")
            + (sentence(f"<code>{numbers}</code>") if geometry.out else sentence(numbers, colour=ORANGE, bold=True))
            + sentence(f"Each output spans {geometry.span} × {geometry.span} inputs with {geometry.weights} weights.")
        )
        self.show_goal(geometry)

    def drawn(self) -> Image.Image:
        """The picture of what the sliders say."""
        geometry, position = self.geometry, self.walk.value
        row, column = divmod(position, max(geometry.out, 1))
        reads = (geometry.reads(row), geometry.reads(column)) if geometry.out else (np.zeros(0, dtype=int),) * 2
        return drawn(input_cells(geometry.n, geometry.p, geometry.used(), reads), output_cells(geometry.out, position))

    def show_goal(self, geometry: Geometry) -> None:
        goal = GOALS[self.goal_index]
        ticks, fewest = goal.ticks(geometry), fewest_weights(goal)
        reached = all(ticks.values())
        best = reached and geometry.weights == fewest
        if best:
            self.reached.add(self.goal_index)
        self.goal.value = sentence(f"🎯 Goal {self.goal_index + 1}: {goal}, with the fewest weights.", bold=True)
        for index, button in enumerate(self.goal_buttons):
            button.description = f"{index + 1}{' ✓' if index in self.reached else ''}"
            button.button_style = "success" if index in self.reached else "info" if index == self.goal_index else ""
        listed = " &ensp; ".join(
            f'<span style="color:{GREEN if done else ORANGE}">{"✓" if done else "✗"} {name}</span>'
            for name, done in ticks.items()
        )
        verdict = ""
        if best:
            verdict = sentence(f"Goal reached, and with {fewest} weights it cannot be done with fewer.", colour=GREEN)
        elif reached:
            verdict = sentence(f"It does, with {geometry.weights} weights. Fewer are enough.", colour=BLUE)
        self.state.value = sentence(listed) + verdict

    def still(self) -> bytes:
        """The picture as it is now, for pages where no kernel runs."""
        return as_png(titled(self.drawn(), titles(self.geometry)))

    _repr_png_ = still


def titles(geometry: Geometry) -> tuple[str, str]:
    """What stands above input and output."""
    n, out, side = geometry.n, geometry.out, geometry.n + 2 * geometry.p
    return (
        f"input {n} × {n}{f', padded to {side} × {side}' if geometry.p else ''}",
        f"output {out} × {out}" if out else "no output",
    )
