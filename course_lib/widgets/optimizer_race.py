"""The optimizer race (优化器): six of them from one start, each with its learning rate, on three loss landscapes."""

from collections.abc import Mapping

import ipywidgets

from .descent import GOAL_LOSS, GOALS, NUM_STEPS, OPTIMIZERS, RATES, Run, first_ones, goals_reached, race
from .landscapes import BOX, LANDSCAPES, Point
from .optimizer_race_view import COLOURS, RacePicture
from .parts import GREEN, ORANGE, KeepsPicture, guarded, picture, sentence
from .perceptron import count

FIRST_RATE = 0.1


class OptimizerRace(KeepsPicture, ipywidgets.VBox):
    """Learning rates and a start to move, the ways on the map, and who arrives first. Goals: those of ``GOALS``.

    Args:
        landscape: The key of ``LANDSCAPES`` to begin with.
        lr: The rate of all six to begin with, one of ``RATES``.
    """

    def __init__(self, landscape: str = "narrow valley", lr: float = FIRST_RATE) -> None:
        self.reached: set[str] = set()
        self.first_lr, self.setting = lr, False  # "setting": several sliders move at once, and one picture is enough
        self.picture, self.image = RacePicture(), picture(*RacePicture.size_px)
        self.words, self.state, self.goal, self.trouble = (ipywidgets.HTML() for _ in range(4))
        self.landscape = ipywidgets.ToggleButtons(options=list(LANDSCAPES), value=landscape)
        self.landscape.style.button_width = "120px"
        left, right, bottom, top = BOX
        self.start_sliders = (place("weight 1", left, right), place("weight 2", bottom, top))
        self.rate_of_all = rate("all six", lr)
        self.rates = {name: rate(name, lr) for name in OPTIMIZERS}
        self.shown = {name: ipywidgets.Checkbox(value=True, description="show", indent=False) for name in OPTIMIZERS}
        self.results = {name: ipywidgets.HTML() for name in OPTIMIZERS}
        self.again_button = ipywidgets.Button(description="Start again")
        self._wire()
        super().__init__([self.goal, self.landscape, self.words, self.image, self._controls(), self.trouble])
        self.add_class("course-optimizer-race")
        self.choose()

    def _wire(self) -> None:
        """What each control does."""
        update = guarded(self.trouble, self.update)
        for each in (*self.start_sliders, *self.rates.values(), *self.shown.values()):
            each.observe(update, "value")
        self.rate_of_all.observe(guarded(self.trouble, self.set_all), "value")
        self.landscape.observe(guarded(self.trouble, self.choose), "value")
        self.again_button.on_click(guarded(self.trouble, self.again))

    def _controls(self) -> ipywidgets.Box:
        """A row for each optimizer, which also is the table of results; the start beside them."""
        rows = [[ipywidgets.HTML(swatch("transparent")), self.rate_of_all]]
        for name, slider in self.rates.items():
            self.shown[name].layout.width = "64px"
            rows.append([ipywidgets.HTML(swatch(COLOURS[name])), slider, self.shown[name], self.results[name]])
        lines = [ipywidgets.HBox(row, layout=ipywidgets.Layout(align_items="center")) for row in rows]
        title = sentence(f"Learning rate, and the steps until the loss stays below {GOAL_LOSS:g}", bold=True)
        start = [ipywidgets.HTML(sentence("The start", bold=True)), *self.start_sliders, self.again_button, self.state]
        parts = [ipywidgets.VBox([ipywidgets.HTML(title), *lines]), ipywidgets.VBox(start)]
        parts[0].layout.width, parts[1].layout.flex = "560px", "1 1 250px"
        return ipywidgets.Box(parts, layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="16px"))

    # --- what a control does ---

    @property
    def start(self) -> Point:
        """Where all begin, to the sliders' precision."""
        w1, w2 = (round(slider.value, 1) for slider in self.start_sliders)
        return w1, w2

    def choose(self) -> None:
        """Another landscape, from its own start."""
        self.setting = True
        for slider, value in zip(self.start_sliders, LANDSCAPES[self.landscape.value].start, strict=True):
            slider.value = value
        self.setting = False
        self.words.value = sentence(f"{self.landscape.value}: {LANDSCAPES[self.landscape.value].words}.")
        self.update()

    def set_all(self) -> None:
        """One rate for all six."""
        self.show(dict.fromkeys(OPTIMIZERS, self.rate_of_all.value))  # first: six sliders take longer than a picture
        self.setting = True
        for slider in self.rates.values():
            slider.value = self.rate_of_all.value
        self.setting = False

    def again(self) -> None:
        """The first rates and the landscape's own start; goals that were reached stay so."""
        self.rate_of_all.value = self.first_lr
        self.set_all()  # for those that were moved since
        self.choose()

    # --- what is shown ---

    def update(self) -> None:
        """The race that the sliders ask for."""
        if not self.setting:
            self.show({name: slider.value for name, slider in self.rates.items()})

    def show(self, rates: Mapping[str, float]) -> None:
        """Run the race with these rates, draw it, and look whether a goal is reached."""
        landscape, start = self.landscape.value, self.start
        runs = race(landscape, rates, start)
        drawn = {name: each for name, each in runs.items() if self.shown[name].value}
        self.image.value = self.picture.png(landscape, drawn, start)
        first = first_ones(runs)
        for name, each in runs.items():
            self.results[name].value = result(each, name in first)
        self.reached |= goals_reached(landscape, rates, start, runs)
        self.goal.value = goals_html(self.reached)
        self.state.value = state(runs, start == LANDSCAPES[landscape].start)


def result(run: Run, first: bool) -> str:
    """How a run ended."""
    if run.arrived is not None:
        text = count(run.arrived, "step") + (", first" if first else "")
        return sentence(text, colour=GREEN if first else "inherit", bold=first)
    if run.diverged:
        return sentence(f"diverged at step {len(run.losses)}", colour=ORANGE)
    return sentence(f"not in {NUM_STEPS}: loss {run.losses[-1]:.2g}", colour=ORANGE)


def state(runs: Mapping[str, Run], own_start: bool) -> str:
    """Who has won, in words."""
    first = first_ones(runs)
    if not first:
        text = f"Nobody arrives within {NUM_STEPS} steps."
    elif len(first) == len(runs):
        text = "All arrive together."
    else:
        text = f"First: <b>{' and '.join(first)}</b>, {count(runs[first[0]].arrived or 0, 'step')}."
    return sentence(text) + ("" if own_start else sentence("Goals count from the landscape's own start."))


def goals_html(reached: set[str]) -> str:
    """The goals, ticked as far as they are reached."""
    lines = "".join(
        sentence(f"{'✓' if name in reached else '○'} {text}", colour=GREEN if name in reached else "inherit")
        for name, text in GOALS.items()
    )
    done = sentence("All three goals reached!", colour=GREEN, bold=True) if len(reached) == len(GOALS) else ""
    return sentence("🎯 Goals", bold=True) + lines + done


def rate(name: str, value: float) -> ipywidgets.SelectionSlider:
    """A slider over ``RATES``; it listens to the arrow keys."""
    return ipywidgets.SelectionSlider(
        options=[(f"{each:g}", each) for each in RATES],
        value=value,
        description=name,
        layout=ipywidgets.Layout(width="310px"),
        style={"description_width": "78px"},
    )


def place(name: str, low: float, high: float) -> ipywidgets.FloatSlider:
    """A slider for one weight of the start."""
    return ipywidgets.FloatSlider(
        0.0,
        min=low,
        max=high,
        step=0.1,
        description=name,
        readout_format=".1f",
        layout=ipywidgets.Layout(width="270px"),
        style={"description_width": "64px"},
    )


def swatch(colour: str) -> str:
    """A bar of an optimizer's colour."""
    return f'<div style="width:18px;height:5px;margin-right:4px;background:{colour};border-radius:2px"></div>'
