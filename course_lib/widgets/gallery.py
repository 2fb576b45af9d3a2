"""The augmentation gallery (数据增强): one picture, sixteen times through a pipeline with a slider a number.

What is shown is made by the real transforms of a config, on a batch of sixteen; the text below is what a config says.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import ipywidgets
import numpy as np
import torch

from course_lib.builders import build
from course_lib.config.errors import DataError
from course_lib.data.by_batch import seeded
from course_lib.data.decode import decode
from course_lib.data.pipeline import sample_rng
from course_lib.data.transforms import CenterCrop, ResizeEdge
from course_lib.data.transforms.base import can_batch, transform_batch

from .kernel_painter import pixels_png
from .label_puzzles import Puzzle, four_puzzles
from .parts import GREEN, ORANGE, KeepsPicture, guarded, picture, sentence

COUNT, COLUMNS, SHEET_PX, ORIGINAL_PX = 16, 4, 400, 96
UPLOAD_SIZE = 96  # a photo's pixels a side: sixteen of them are still drawn at once
# These load, pack or rescale; they change nothing that can be seen.
UNSEEN = ("LoadImageFromFile", "PackInputs", "Normalize", "NumpyToPIL", "PILToNumpy")
# The numbers of a config that become sliders: from, to, step. Of a range, (low, high), it is the low end.
RANGES: dict[str, tuple[float, float, float]] = {
    "angle": (0, 180, 5),
    "brightness": (0, 1, 0.05),
    "contrast": (0, 1, 0.05),
    "crop_ratio_range": (0.02, 1, 0.02),
    "erase_prob": (0, 1, 0.05),
    "hue": (0, 0.5, 0.05),
    "magnitude": (0, 1, 0.05),
    "max_area_ratio": (0.05, 1, 0.05),
    "prob": (0, 1, 0.05),
    "radius": (0, 5, 0.25),
    "saturation": (0, 1, 0.05),
}

# --- what is computed -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A step of a pipeline.

    Args:
        config: As the config writes it, with ``type``.
        on: Whether it is done.
    """

    config: Mapping[str, Any] = field(default_factory=dict)
    on: bool = True

    @property
    def name(self) -> str:
        return str(self.config["type"])

    @property
    def dials(self) -> dict[str, float]:
        """The numbers that a slider can set, as they are; those that the config writes, and no others."""
        found = {name: low_end(self.config[name]) for name in self.config if name in RANGES}
        return {name: value for name, value in found.items() if value is not None}

    def turned(self, argument: str, value: float) -> "Step":
        """The step with another number; of a range, its low end."""
        old = self.config[argument]
        new = (value, max(value, *old[1:])) if isinstance(old, Sequence) else value
        return replace(self, config={**self.config, argument: new})


def low_end(value: Any) -> float | None:
    """A number, or the first of two; None of all else."""
    first = value[0] if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2 else value
    return float(first) if isinstance(first, (int, float)) and not isinstance(first, bool) else None


def visible_steps(pipeline: Sequence[Mapping[str, Any]]) -> list[Step]:
    """The steps of a config's pipeline that change what is seen."""
    return [Step(dict(step)) for step in pipeline if step["type"] not in UNSEEN]


def variants(steps: Sequence[Step], image: np.ndarray, seed: int, count: int = COUNT) -> np.ndarray:
    """A picture, uint8 (C, H, W), sent through the pipeline ``count`` times: uint8 (N, C, H', W').

    Each step has dice of its own, so that switching one off leaves the others as they fell.
    """
    images = torch.from_numpy(np.ascontiguousarray(image)).repeat(count, 1, 1, 1)
    for number, step in enumerate(steps):
        if not step.on:
            continue
        transform = build(step.config)
        if can_batch(transform):
            images = transform_batch(transform, images, seeded(seed, number, 0), torch.arange(count), 0)
        else:
            samples = [transform({"img": each}, sample_rng(seed, number, i)) for i, each in enumerate(images)]
            images = torch.stack([sample["img"] for sample in samples])
    return images.numpy()


def sheet(pictures: np.ndarray, columns: int = COLUMNS) -> np.ndarray:
    """Pictures (N, C, H, W) side by side with a white gap: uint8 (H', W', 3)."""
    gap = max(2, pictures.shape[-1] // 20)
    framed = np.pad(pictures, ((0, 0), (0, 0), (0, gap), (0, gap)), constant_values=255)
    rows = framed.reshape(-1, columns, *framed.shape[1:])  # (rows, columns, C, H, W)
    joined = rows.transpose(0, 3, 1, 4, 2).reshape(len(rows) * framed.shape[2], -1, framed.shape[1])
    colours = joined[:-gap, :-gap]
    return np.ascontiguousarray(colours if colours.shape[-1] == 3 else colours.repeat(3, -1))


def uploaded(value: Any) -> np.ndarray | None:
    """What a ``FileUpload`` holds, as a small square picture uint8 (3, H, W); None while it is empty.

    Raises:
        DataError: the file is no picture.
    """
    # ipywidgets 7 has a dict by name, ipywidgets 8 a tuple
    files = list(value.values()) if isinstance(value, Mapping) else list(value)
    if not files:
        return None
    name = files[-1].get("name") or files[-1].get("metadata", {}).get("name") or "the picture"
    image = decode(bytes(files[-1]["content"]), name)
    if min(image.shape[1:]) < 8:
        raise DataError(f"{name} has {image.shape[2]} x {image.shape[1]} pixels; it should have 8 a side at least.")
    return CenterCrop(UPLOAD_SIZE).apply(ResizeEdge(UPLOAD_SIZE).apply(image)).numpy()


def as_config(steps: Sequence[Step]) -> list[str]:
    """Each step as a line of a config; one that is off as a comment."""
    lines = []
    for step in steps:
        arguments = ", ".join(f"{name}={tidy(value)}" for name, value in step.config.items())
        lines.append(f"{'' if step.on else '# '}dict({arguments}),")
    return lines


def tidy(value: Any) -> str:
    """A value as one writes it: no digits that only rounding made."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"({', '.join(map(tidy, value))})"
    return repr(value)


def verdict(puzzle: Puzzle, step: Step) -> tuple[bool, str]:
    """Whether a step, as it is set, destroys a puzzle's label, and what is said of it."""
    if puzzle.is_destroyed_by(step.config):
        return True, f"Found! {puzzle.why}"
    if step.name == puzzle.culprit:
        argument = puzzle.argument
        return False, f"{step.name} is the one, but so gently it does no harm. Move {argument} until you see it."
    if is_extreme(step):
        return False, f"Set so far, {step.name} may well destroy it, and many more. But another step needs far less."
    return False, f"{step.name} is alone now. Whatever it does, is it still “{puzzle.label}”? Then it is not the one."


def is_extreme(step: Step) -> bool:
    """Whether a step goes so far that hardly a label is safe: tiny parts, pictures upside down."""
    values = step.dials
    return values.get("crop_ratio_range", 1) < 0.3 or values.get("angle", 0) > 45


# --- what is shown ----------------------------------------------------------------------------------------------------


class AugmentationGallery(KeepsPicture, ipywidgets.VBox):
    """Sixteen variants of a picture. Goal: for each label, find the step that destroys it.

    Args:
        pipeline: Of a config: ``cfg.train_dataloader.dataset.pipeline``.
        puzzles: Pictures with their labels; without them, the usual four.
    """

    def __init__(self, pipeline: Sequence[Mapping[str, Any]], puzzles: Sequence[Puzzle] | None = None) -> None:
        self.steps = visible_steps(pipeline)
        self.puzzles = list(four_puzzles() if puzzles is None else puzzles)
        self.seed, self.index, self.found, self.quiet = 0, 0, set[int](), False
        self.puzzle = self.puzzles[0]
        self.image, self.original = picture(SHEET_PX, SHEET_PX), picture(ORIGINAL_PX, ORIGINAL_PX)
        self.asked, self.answer, self.text = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.trouble = ipywidgets.HTML()
        self.switches = [self._switch(number) for number in range(len(self.steps))]
        self.sliders = [self._sliders(number) for number in range(len(self.steps))]
        self.puzzle_buttons = [self._button("", partial(self.choose, i)) for i in range(len(self.puzzles))]
        self.accuse_buttons = [self._button(s.name, partial(self.accuse, i)) for i, s in enumerate(self.steps)]
        self.seed_button = self._button("New seed", self.reseed)
        self.all_button = self._button("All steps on", self.all_on)
        self.upload = ipywidgets.FileUpload(accept="image/*", multiple=False, description="Your own picture")
        self.upload.layout.width = "auto"
        self.upload.observe(guarded(self.trouble, self.take_upload), "value")
        super().__init__(self._arranged())
        self.add_class("course-gallery")
        self.choose(0)

    def _arranged(self) -> list[ipywidgets.Widget]:
        wrap = ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        goal = ipywidgets.HTML(sentence("🎯 Goal: find the step that destroys the label. Picture", bold=True))
        head = ipywidgets.Box([goal, *self.puzzle_buttons, self.upload], layout=wrap)
        rows = []
        for switch, sliders in zip(self.switches, self.sliders, strict=True):
            rows.append(ipywidgets.HBox([switch, ipywidgets.VBox(list(sliders.values()))]))
        shown = ipywidgets.HBox([self.original, self.asked], layout=ipywidgets.Layout(grid_gap="12px"))
        self.accusing = ipywidgets.Box([ipywidgets.HTML(sentence("The culprit is", bold=True)), *self.accuse_buttons])
        self.accusing.layout = ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        more = ipywidgets.HBox([self.seed_button, self.all_button])
        side = ipywidgets.VBox([shown, *rows, more, self.accusing, self.answer, self.trouble])
        side.layout = ipywidgets.Layout(flex="1 1 420px", min_width="400px")
        top = ipywidgets.Box([self.image, side], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="20px"))
        return [head, top, self.text]

    def _button(self, text: str, action: Callable[[], None]) -> ipywidgets.Button:
        button = ipywidgets.Button(description=text, layout=ipywidgets.Layout(width="auto", min_width="80px"))
        button.on_click(guarded(self.trouble, action))
        return button

    def _switch(self, number: int) -> ipywidgets.Checkbox:
        layout = ipywidgets.Layout(width="170px")
        switch = ipywidgets.Checkbox(True, description=self.steps[number].name, indent=False, layout=layout)
        switch.observe(guarded(self.trouble, self.read), "value")
        return switch

    def _sliders(self, number: int) -> dict[str, ipywidgets.FloatSlider]:
        made = {}
        for name, value in self.steps[number].dials.items():
            low, high, step = RANGES[name]
            made[name] = ipywidgets.FloatSlider(
                value,
                min=min(low, value),
                max=max(high, value),
                step=step,
                description=name,
                readout_format=".0f" if step >= 1 else ".2f",
                style={"description_width": "124px"},
                layout=ipywidgets.Layout(width="350px"),
            )
            made[name].observe(guarded(self.trouble, self.read), "value")
        return made

    # --- what a learner does ---

    def choose(self, index: int) -> None:
        """Another picture, with all steps on."""
        self.index, self.puzzle, self.answer.value = index, self.puzzles[index], ""
        self.all_on()

    def take_upload(self) -> None:
        """The learner's own picture: nobody asks what destroys it, as only the learner knows its label."""
        own = uploaded(self.upload.value)
        if own is not None:
            self.index, self.puzzle, self.answer.value = -1, Puzzle("", own), ""
            self.all_on()

    def reseed(self) -> None:
        """Throw all dice again."""
        self.seed += 1
        self.show()

    def all_on(self) -> None:
        """Every step is done."""
        self.set_switches([True] * len(self.steps))

    def accuse(self, number: int) -> None:
        """Show what one step does alone, and say whether it destroys the label."""
        self.set_switches([other == number for other in range(len(self.steps))])
        right, said = verdict(self.puzzle, self.steps[number])
        if right:
            self.found.add(self.index)
            left = len(self.puzzles) - len(self.found)
            said += f" Still to find: {left}." if left else " Goal reached: no step is harmless for every label."
        self.answer.value = sentence(html.escape(said), colour=GREEN if right else ORANGE, bold=True)
        self.show()

    def set_switches(self, values: Sequence[bool]) -> None:
        """Set all of them, then draw once."""
        self.quiet = True
        try:
            for switch, value in zip(self.switches, values, strict=True):
                switch.value = value
        finally:
            self.quiet = False
        self.read()

    def read(self) -> None:
        """Take what switches and sliders say."""
        if self.quiet:
            return
        for number, (switch, sliders) in enumerate(zip(self.switches, self.sliders, strict=True)):
            step = replace(self.steps[number], on=switch.value)
            for name, slider in sliders.items():
                if slider.value != step.dials[name]:
                    step = step.turned(name, slider.value)
            self.steps[number] = step
        self.show()

    # --- what is shown ---

    def show(self) -> None:
        """Draw the sixteen, the picture itself, and the pipeline as text."""
        drawn = sheet(variants(self.steps, self.puzzle.picture, self.seed))
        self.image.value = pixels_png(drawn)
        self.image.layout.height = f"{round(SHEET_PX * drawn.shape[0] / drawn.shape[1])}px"
        self.original.value = pixels_png(sheet(self.puzzle.picture[None], 1))
        for index, button in enumerate(self.puzzle_buttons):
            button.description = f"{self.puzzles[index].label}{' ✓' if index in self.found else ''}"
            button.button_style = "success" if index in self.found else "info" if index == self.index else ""
        label = html.escape(self.puzzle.label)
        question = (
            f"The label says <b>“{label}”</b>. Switch steps off, move the sliders: is it still true of all sixteen?"
        )
        own = "Your own picture. What is its label, and which step destroys it?"
        self.asked.value = sentence(question if label else own)
        self.accusing.layout.visibility = "visible" if label else "hidden"
        self.text.value = pipeline_html(as_config(self.steps))


def pipeline_html(lines: Sequence[str]) -> str:
    """The lines of a pipeline, those that are off in grey."""
    shown = "".join(
        f'<div style="opacity:{0.45 if line.startswith("#") else 1}">&nbsp;&nbsp;{html.escape(line)}</div>'
        for line in lines
    )
    style = "font-family:monospace;font-size:12px;line-height:1.5;border-left:3px solid #b0b0b0;padding-left:10px"
    return f'<div style="{style}">train_pipeline = [{shown}]</div>'
