"""The confusion explorer (混淆矩阵): open a cell of the matrix and see the pictures in it, with their probabilities."""

import html
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Literal

import ipywidgets
import numpy as np

from course_lib.config.errors import DataError
from course_lib.viz.overlay import overlay_heat

from .confusion_view import PAGE, ConfusionPicture
from .parts import BLUE, GREEN, KeepsPicture, guarded, picture, sentence

Order = Literal["surest first", "least sure first"]
Cell = tuple[int, int]  # the true class and the one that was said
ORDERS: tuple[Order, ...] = ("surest first", "least sure first")
GOALS = {
    "most": "the mistake that is made most often",
    "surest": "the wrong answer that was given most surely",
    "doubt": "the right answer that was given least surely",
}

# --- what is computed -------------------------------------------------------------------------------------------------


class Answers:
    """What a network said of n pictures, cell by cell of the confusion matrix.

    Args:
        labels: The true classes, int (n,).
        scores: Probabilities (n, K).

    Raises:
        DataError: they do not fit, or a label is none of the K classes.
    """

    def __init__(self, labels: np.ndarray, scores: np.ndarray) -> None:
        self.labels, self.scores = np.asarray(labels), np.asarray(scores)
        if self.scores.ndim != 2 or self.labels.shape != (len(self.scores),) or not len(self.labels):
            raise DataError(f"a label for each row of scores is needed: {self.labels.shape} and {self.scores.shape}.")
        if self.labels.min() < 0 or self.labels.max() >= self.num_classes:
            raise DataError(f"a label is outside 0 … {self.num_classes - 1}, the classes of the scores.")
        self.said = self.scores.argmax(axis=1)
        self.sure = self.scores.max(axis=1)

    @property
    def num_classes(self) -> int:
        return int(self.scores.shape[1])

    @cached_property
    def matrix(self) -> np.ndarray:
        """Counts (K, K), the true class says the row."""
        cells = self.num_classes * self.labels + self.said
        return np.bincount(cells, minlength=self.num_classes**2).reshape(self.num_classes, -1)

    def inside(self, cell: Cell, order: Order) -> np.ndarray:
        """The places of a cell's pictures."""
        places = np.flatnonzero((self.labels == cell[0]) & (self.said == cell[1]))
        sure = self.sure[places]
        return places[np.argsort(-sure if order == "surest first" else sure, kind="stable")]

    def extreme(self, goal: str) -> int | None:
        """The picture that a goal asks for: for 'most', any of the cell; None where nothing was wrong, or right."""
        right = self.said == self.labels
        wrong = self.matrix - np.diag(self.matrix.diagonal())
        if goal == "most":
            most = int(wrong.argmax())
            places = self.inside((most // self.num_classes, most % self.num_classes), "surest first")
            return int(places[0]) if wrong.any() else None
        among = np.flatnonzero(right if goal == "doubt" else ~right)
        if not len(among):
            return None
        sure = self.sure[among]
        return int(among[sure.argmin() if goal == "doubt" else sure.argmax()])

    def found(self, goal: str, cell: Cell, shown: Sequence[int]) -> bool:
        """Whether a cell, and those of its pictures that are shown, reach a goal."""
        wanted = self.extreme(goal)
        if wanted is None:
            return False
        if goal == "most":  # another cell may have as many
            return cell[0] != cell[1] and self.matrix[cell] == self.matrix[self.labels[wanted], self.said[wanted]]
        return wanted in shown


# --- what is shown ----------------------------------------------------------------------------------------------------


class ConfusionExplorer(KeepsPicture, ipywidgets.VBox):
    """A confusion matrix whose cells open. Goal: three answers that are worth a look.

    Args:
        pictures: uint8 (n, C, H, W).
        labels: The true classes, int (n,).
        scores: Probabilities (n, K).
        classes: The K names.
        heat: ``heat(places)`` gives float (m, H, W) in 0…1, where the network looked on these pictures; asked for at
            most twelve at once, when the learner wants to see it.

    Raises:
        DataError: they do not fit together.
    """

    def __init__(
        self,
        pictures: np.ndarray,
        labels: np.ndarray,
        scores: np.ndarray,
        classes: Sequence[str],
        heat: Callable[[Sequence[int]], np.ndarray] | None = None,
    ) -> None:
        self.answers, self.pictures, self.classes, self.heat = Answers(labels, scores), pictures, tuple(classes), heat
        if len(pictures) != len(labels) or len(classes) != self.answers.num_classes:
            counts = f"{len(pictures)} pictures, {len(labels)} labels, {len(classes)} names"
            raise DataError(f"a picture for each label and a name for each class are needed: {counts}.")
        self.heats: dict[int, np.ndarray] = {}
        self.reached: set[str] = set()
        options = [(name, number) for number, name in enumerate(self.classes)]
        self.true, self.said = choice("true class", options), choice("it said", options)
        self.order = choice("order", ORDERS)
        self.page = ipywidgets.IntSlider(1, min=1, max=2, description="page", **SLIM)
        self.looks = ipywidgets.Checkbox(False, description="show where it looked", indent=False)
        self.view = ConfusionPicture(self.answers.matrix, self.classes)
        self.image = picture(*self.view.size_px)
        self.text, self.goal, self.trouble = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        update = guarded(self.trouble, self.update)
        for control in (self.true, self.said, self.order, self.page, self.looks):
            control.observe(update, "value")
        controls = ipywidgets.VBox([self.true, self.said, self.order, self.page])
        if heat is not None:
            controls.children = (*controls.children, self.looks)
        words = ipywidgets.VBox([self.goal, self.text, self.trouble], layout=ipywidgets.Layout(flex="1 1 380px"))
        below = ipywidgets.Box([controls, words], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="20px"))
        super().__init__([self.image, below])
        self.add_class("course-confusion-explorer")
        self.update()

    @property
    def cell(self) -> Cell:
        """The one that is open."""
        return self.true.value, self.said.value

    def update(self) -> None:
        """Open the chosen cell, and look whether a goal is reached."""
        inside = self.answers.inside(self.cell, self.order.value)
        pages = max(1, -(-len(inside) // PAGE))
        self.page.max = max(2, pages)  # a slider needs two places
        self.page.disabled = pages == 1
        page = min(self.page.value, pages)
        shown = [int(place) for place in inside[PAGE * (page - 1) : PAGE * page]]
        self.image.value = self.view.png(self.cell, [self.drawn(place) for place in shown], self.captions(shown))
        self.reached |= {goal for goal in GOALS if self.answers.found(goal, self.cell, shown)}
        self.text.value = sentence(html.escape(self.in_words(len(inside), page, pages)))
        self.goal.value = self.goal_html()

    def drawn(self, place: int) -> np.ndarray:
        """A picture as it is shown, uint8 (C, H, W): with its heat where that is wanted."""
        if self.heat is None or not self.looks.value:
            return np.asarray(self.pictures[place])
        if place not in self.heats:
            inside = self.answers.inside(self.cell, self.order.value).tolist()
            start = inside.index(place)  # the first of its page; the others come along
            fresh = [other for other in inside[start : start + PAGE] if other not in self.heats]
            self.heats |= dict(zip(fresh, self.heat(fresh), strict=True))
        return overlay_heat(self.pictures[place], self.heats[place])

    def captions(self, places: Sequence[int]) -> list[tuple[str, str]]:
        """Below each picture what it said, and the true class; if that is the same, the next likeliest."""
        lines = []
        for place in places:
            said, label = int(self.answers.said[place]), int(self.answers.labels[place])
            other = int(np.argsort(-self.answers.scores[place])[1]) if said == label else label
            lines.append((self.with_chance(place, said), self.with_chance(place, other)))
        return lines

    def with_chance(self, place: int, label: int) -> str:
        return f"{self.classes[label]} {100 * self.answers.scores[place, label]:.0f} %"

    def in_words(self, count: int, page: int, pages: int) -> str:
        """What is open."""
        true, said = (self.classes[label] for label in self.cell)
        total = int(self.answers.matrix[self.cell[0]].sum())
        share = f"{count} of {total} ({100 * count / max(total, 1):.1f} %)"
        right = "answered right" if true == said else f"taken for “{said}”"
        more = f" Page {page} of {pages}." if pages > 1 else ""
        return f"“{true}”, {right}: {share}.{more}"

    def goal_html(self) -> str:
        """The three finds, and which of them are made."""
        lines = []
        for goal, text in GOALS.items():
            made = goal in self.reached
            mark = f'<span style="color:{GREEN if made else BLUE}">{"✓" if made else "○"}</span>'
            lines.append(sentence(f"{mark} {text}"))
        done = (
            sentence("Goal reached! Now say why.", colour=GREEN, bold=True) if len(self.reached) == len(GOALS) else ""
        )
        return sentence("🎯 Goal: bring to the screen", bold=True) + "".join(lines) + done


SLIM = {"layout": ipywidgets.Layout(width="300px"), "style": {"description_width": "76px"}}


def choice(name: str, options: Sequence[tuple[str, int]] | Sequence[str]) -> ipywidgets.Dropdown:
    """A list that listens to the arrow keys, its first entry chosen."""
    return ipywidgets.Dropdown(options=list(options), description=name, **SLIM)
