"""Shuffle the patches of a picture: which network notices that they have changed places?"""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ipywidgets
import numpy as np

from course_lib.config.errors import DataError

from .attention_picker import percent, slider
from .kernel_painter import SIDE_PX, pixels_png
from .parts import BLUE, GREEN, ORANGE, guarded, picture, sentence

# --- what is computed -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Network:
    """What is asked for an opinion.

    Args:
        predict: uint8 (N, 3, S, S) → probabilities (N, K).
        names: What the K classes are called.
    """

    predict: Callable[[np.ndarray], np.ndarray]
    names: Sequence[str]


def new_order(length: int, count: int, seed: int) -> np.ndarray:
    """An order of ``length`` patches in which ``count`` of them stand elsewhere, all others where they were: (L,).

    One patch alone cannot change places, so 1 moves none.
    """
    order = np.arange(length)
    chosen = np.random.default_rng(seed).permutation(length)[:count]
    order[chosen] = np.roll(chosen, 1)
    return order


def reordered(pictures: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Pictures (N, C, S, S) whose patches stand in another order; the patches a side are the root of its length.

    Raises:
        DataError: the pictures do not divide into so many patches.
    """
    num, channels, side, width = pictures.shape
    grid = round(len(order) ** 0.5)
    if grid**2 != len(order) or side % grid or side != width:
        raise DataError(f"pictures of {side} × {width} pixels do not divide into {len(order)} patches.")
    patches = pictures.reshape(num, channels, grid, side // grid, grid, side // grid).transpose(0, 2, 4, 1, 3, 5)
    moved = patches.reshape(num, grid * grid, -1)[:, order].reshape(patches.shape)
    return np.ascontiguousarray(moved.transpose(0, 3, 1, 4, 2, 5).reshape(pictures.shape))


@dataclass
class Tries:
    """What moving patches did to a network's answers on one picture."""

    fewest: int | None = None  # patches moved when it changed its mind
    largest: float = 0.0  # change of any probability

    def add(self, before: np.ndarray, after: np.ndarray, count: int) -> None:
        """Another try: probabilities (K,) of the picture as it is and with ``count`` patches moved."""
        self.largest = max(self.largest, float(np.abs(after - before).max()))
        if before.argmax() != after.argmax():
            self.fewest = min(count, self.fewest or count)

    def __str__(self) -> str:
        if self.fewest is not None:
            return f"changed its mind at {self.fewest} patches"
        return f"never changed its mind; no probability moved by more than {self.largest:.1g}"


# --- what is shown ----------------------------------------------------------------------------------------------------


class PositionShuffle(ipywidgets.VBox):
    """A picture, as it is and shuffled. Goal: change each network's mind by moving as few patches as possible.

    Args:
        pictures: uint8 (N, 3, S, S).
        networks: By name.
        grid: Patches a side.
    """

    def __init__(self, pictures: np.ndarray, networks: Mapping[str, Network], grid: int) -> None:
        self.pictures, self.networks, self.grid, self.seed = pictures, dict(networks), grid, 0
        reordered(pictures[:1], np.arange(grid**2))  # fails now, and not in a callback
        self.before = {name: network.predict(pictures) for name, network in self.networks.items()}
        self.tries: dict[tuple[int, str], Tries] = {}
        self.which, self.moved = slider("picture", 0, len(pictures) - 1), slider("moved", grid, grid**2)
        self.again_button = ipywidgets.Button(description="Other patches", layout=ipywidgets.Layout(width="140px"))
        self.images = [picture(SIDE_PX, SIDE_PX) for _ in range(2)]
        self.text, self.goal, self.trouble = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        update = guarded(self.trouble, self.update)
        for control in (self.which, self.moved):
            control.observe(update, "value")
        self.again_button.on_click(guarded(self.trouble, self.again))
        controls = ipywidgets.VBox([self.which, self.moved, self.again_button])
        side = ipywidgets.VBox([controls, self.text, self.trouble], layout=ipywidgets.Layout(flex="1 1 380px"))
        shown = ipywidgets.Box([*self.images, side], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="16px"))
        super().__init__([self.goal, shown])
        self.add_class("course-position-shuffle")
        self.update()

    def again(self) -> None:
        """Choose as many other patches."""
        self.seed += 1
        self.update()

    @property
    def shuffled(self) -> np.ndarray:
        """The picture as the controls say, uint8 (3, S, S)."""
        order = new_order(self.grid**2, self.moved.value, self.seed)
        return reordered(self.pictures[[self.which.value]], order)[0]

    def update(self) -> None:
        """Move the patches, and ask the networks."""
        index, shuffled = self.which.value, self.shuffled
        for image, pixels in zip(self.images, (self.pictures[index], shuffled), strict=True):
            image.value = pixels_png(pixels.transpose(1, 2, 0))
        lines = []
        for name, network in self.networks.items():
            before, after = self.before[name][index], network.predict(shuffled[None])[0]
            self.tries.setdefault((index, name), Tries()).add(before, after, self.moved.value)
            one, other = (f"{network.names[int(p.argmax())]} {percent(p.max())}" for p in (before, after))
            colour = ORANGE if before.argmax() != after.argmax() else "inherit"
            answers = f'{html.escape(one)} → <b style="color:{colour}">{html.escape(other)}</b>'
            lines.append(sentence(f"{html.escape(name)}: {answers}"))
        self.text.value = "".join(lines)
        self.goal.value = self.goal_html()

    def goal_html(self) -> str:
        """The goal, and what each network has shown so far."""
        lines = [sentence("🎯 Goal: change each network's mind by moving as few patches as you can.", bold=True)]
        for name in self.networks:
            tries = self.tries[self.which.value, name]
            colour = GREEN if tries.fewest is not None else BLUE
            lines.append(sentence(f'{html.escape(name)}: <span style="color:{colour}">{tries}</span>'))
        return "".join(lines)

    def still(self) -> bytes:
        """Both pictures side by side, for pages where no kernel runs."""
        gap = np.full((3, self.pictures.shape[-1], 2), 255, dtype=np.uint8)
        both = np.concatenate([self.pictures[self.which.value], gap, self.shuffled], axis=2)
        return pixels_png(both.transpose(1, 2, 0))

    _repr_png_ = still
