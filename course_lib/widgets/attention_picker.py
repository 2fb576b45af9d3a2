"""The attention picker (注意力): choose a patch of a picture and see where each head looks from there."""

from dataclasses import dataclass
from functools import cached_property

import ipywidgets
import numpy as np

from course_lib.config.errors import DataError

from .attention_view import AttentionPicture
from .parts import BLUE, GREEN, ORANGE, KeepsPicture, guarded, picture, sentence

NEAR = 0.05  # so far below the best that there is, a find counts

# --- what is computed -------------------------------------------------------------------------------------------------


def box_shares(boxes: np.ndarray, side_px: int, grid: int) -> np.ndarray:
    """How much of each patch lies in a picture's box, 0 to 1: boxes (N, 4) as x0, y0, x1, y1 in pixels → (N, L)."""
    edges = np.arange(grid + 1) * side_px / grid
    across, down = (
        np.clip(np.minimum(edges[1:], boxes[:, [axis + 2]]) - np.maximum(edges[:-1], boxes[:, [axis]]), 0, None)
        for axis in (0, 1)
    )  # (N, grid) each, in pixels
    return (down[:, :, None] * across[:, None, :]).reshape(len(boxes), -1) * (grid / side_px) ** 2


def on_patches(weights: np.ndarray) -> np.ndarray:
    """The part of the attention that patches get, scaled so that it sums to 1: (…, 1 + L) → (…, L).

    The class token, the first, gets its share, too; it has no place in the picture.
    """
    patches = weights[..., 1:]
    return np.asarray(patches / patches.sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class Looks:
    """Where all heads look on one picture.

    Args:
        weights: (layers, heads, 1 + L, 1 + L), the class token first; each row sums to 1.
        inside: (L,) how much of each patch lies in the shape's box.
    """

    weights: np.ndarray
    inside: np.ndarray

    @cached_property
    def on_shape(self) -> np.ndarray:
        """(layers, heads, 1 + L) how much of each token's attention falls into the box."""
        return np.asarray(on_patches(self.weights) @ self.inside)

    @cached_property
    def best(self) -> dict[str, float]:
        """For each goal, the best that there is on this picture."""
        return {goal: float(self.scores(goal).max()) for goal in GOALS}

    def scores(self, goal: str) -> np.ndarray:
        """(layers, heads, L) how well each patch's attention does for a goal; 0 where the patch does not count."""
        on_shape, inside = self.on_shape[..., 1:], self.inside >= 0.5
        return np.where(inside, 1 - on_shape, 0) if goal == "away" else np.where(inside, 0, on_shape)

    def score(self, goal: str, patch: int) -> float:
        """The best of all heads from one patch."""
        return float(self.scores(goal)[..., patch].max())


GOALS = {
    "onto": "from a patch outside the box, find the head that looks into it most",
    "away": "from a patch in the box, find the head that looks out of it most",
}

# --- what is shown ----------------------------------------------------------------------------------------------------


class AttentionPicker(KeepsPicture, ipywidgets.VBox):
    """Choose a patch by its row and column. Goal: the heads that look onto the shape from far, and away from within it.

    Args:
        pictures: uint8 (N, 3, S, S).
        weights: (N, layers, heads, 1 + L, 1 + L): ``interpret.attention_maps``, its layers stacked.
        boxes: (N, 4) of the shapes, as x0, y0, x1, y1 in pixels.

    Raises:
        DataError: the numbers of pictures differ, or L is no square.
    """

    def __init__(self, pictures: np.ndarray, weights: np.ndarray, boxes: np.ndarray) -> None:
        self.grid = round((weights.shape[-1] - 1) ** 0.5)
        if self.grid**2 != weights.shape[-1] - 1 or not len(pictures) == len(weights) == len(boxes):
            shapes = f"pictures {pictures.shape}, weights {weights.shape}, boxes {boxes.shape}"
            raise DataError(f"one box and the weights of 1 + grid · grid tokens are needed for each picture: {shapes}.")
        self.pictures, self.boxes = pictures, boxes
        inside = box_shares(boxes, pictures.shape[-1], self.grid)
        self.all_looks = [Looks(*pair) for pair in zip(weights, inside, strict=True)]
        self.found: dict[tuple[int, str], float] = {}  # the best so far, by picture and goal
        last = self.grid - 1
        self.which = slider("picture", 0, len(pictures) - 1)
        self.row, self.column = slider("row", self.grid // 2, last), slider("column", self.grid // 2, last)
        self.ask_class = ipywidgets.Checkbox(False, description="the class token asks", indent=False)
        self.view = AttentionPicture(self.grid, *weights.shape[1:3])
        self.image = picture(*self.view.size_px)
        self.text, self.goal, self.trouble = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        update = guarded(self.trouble, self.update)
        for control in (self.which, self.row, self.column, self.ask_class):
            control.observe(update, "value")
        controls = ipywidgets.VBox([self.which, self.row, self.column, self.ask_class])
        words = ipywidgets.VBox([self.goal, self.text, self.trouble], layout=ipywidgets.Layout(flex="1 1 380px"))
        below = ipywidgets.Box([controls, words], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="20px"))
        super().__init__([self.image, below])
        self.add_class("course-attention-picker")
        self.update()

    @property
    def looks(self) -> Looks:
        """Of the picture that is shown."""
        return self.all_looks[self.which.value]

    @property
    def patch(self) -> int:
        """The number of the patch that asks."""
        return int(self.grid * self.row.value + self.column.value)

    def update(self) -> None:
        """Draw where the heads look from the chosen patch, and look whether a goal is reached."""
        index, looks = self.which.value, self.looks
        token = 0 if self.ask_class.value else 1 + self.patch
        self.row.disabled = self.column.disabled = self.ask_class.value
        self.image.value = self.view.png(
            self.pictures[index],
            self.boxes[index] / self.pictures.shape[-1],
            None if self.ask_class.value else (self.row.value, self.column.value),
            on_patches(looks.weights[:, :, token]),
            looks.on_shape[:, :, token],
        )
        if not self.ask_class.value:
            for goal in GOALS:
                score = looks.score(goal, self.patch)
                self.found[index, goal] = max(self.found.get((index, goal), 0.0), score)
        self.text.value = self.said(token)
        self.goal.value = self.goal_html()

    def said(self, token: int) -> str:
        """What there is to see, in words."""
        area, on_shape = float(self.looks.inside.mean()), self.looks.on_shape[:, :, token]
        layer, head = np.unravel_index(on_shape.argmax(), on_shape.shape)
        most = f"head {head + 1} of layer {layer + 1} looks into it most, with {percent(on_shape.max())}"
        return sentence(f"The box is {percent(area)} of the picture; {most}.")

    def goal_html(self) -> str:
        """Both goals, and how near the best find is to the best that there is on this picture."""
        lines, index, best = [], self.which.value, self.looks.best
        for number, (goal, text) in enumerate(GOALS.items(), start=1):
            found = self.found.get((index, goal), 0.0)
            reached = self.reached(index, goal)
            colour = GREEN if reached else ORANGE if found else BLUE
            so_far = f"your best {percent(found)}, there is {percent(best[goal])}"
            line = f'{"✓" if reached else "○"} {number}: {text}. <span style="color:{colour}">{so_far}</span>'
            lines.append(sentence(line))
        done = all(self.reached(index, goal) for goal in GOALS)
        more = sentence("Goal reached! Another picture: the same heads?", colour=GREEN, bold=True) if done else ""
        return sentence("🎯 Goal:", bold=True) + "".join(lines) + more

    def reached(self, index: int, goal: str) -> bool:
        """Whether a goal is reached on a picture: as good as the best that there is, or nearly."""
        return self.found.get((index, goal), 0.0) >= self.all_looks[index].best[goal] - NEAR


def percent(part: float) -> str:
    return f"{100 * part:.0f} %"


def slider(name: str, value: int, last: int) -> ipywidgets.IntSlider:
    """A slider that listens to the arrow keys, from 0."""
    layout, style = ipywidgets.Layout(width="300px"), {"description_width": "64px"}
    return ipywidgets.IntSlider(value, min=0, max=max(last, 1), description=name, layout=layout, style=style)
