"""The kernel painter: paint the numbers of a small window until the photo turns into the mystery picture beside it."""

import html
from collections.abc import Callable
from functools import partial
from io import BytesIO

import ipywidgets
import numpy as np
from matplotlib.colors import to_hex, to_rgb
from PIL import Image

from course_lib.config.errors import DataError
from course_lib.viz.style import GRID, new_figure, styled

from .mystery_kernels import MYSTERIES, filtered, first_wrong, likeness, painted, signed_colours, start
from .parts import BLUE, GREEN, ORANGE, SHARPNESS, guarded, picture, png, sentence
from .perceptron import count

LARGEST = 5  # of a kernel's numbers, either sign, and of its rows
SIDE_PX = 236
TITLES = ("the photo", "through your kernel", "the mystery")


def pixels_png(colours: np.ndarray) -> bytes:
    """Colours (H, W, 3) as a PNG in which every pixel is a square of its own; a quarter of a figure's time."""
    larger = max(1, round(SHARPNESS * SIDE_PX / len(colours)))
    buffer = BytesIO()
    Image.fromarray(colours).resize((larger * colours.shape[1], larger * len(colours)), Image.Resampling.NEAREST).save(
        buffer, "png", compress_level=1
    )
    return buffer.getvalue()


class KernelPainter(ipywidgets.VBox):
    """Six mysteries: a photo, what an unknown kernel made of it, and an empty kernel to paint. Goal: find them all.

    A number of the kernel is a button: the brush's number is painted by a click or, after Tab, by the space bar.

    Args:
        photo: (H, W) grey values from 0 to 255; about 100 × 100 are shown well and fast.

    Raises:
        DataError: the photo is not (H, W), or smaller than the largest kernel.
    """

    def __init__(self, photo: np.ndarray) -> None:
        if photo.ndim != 2 or min(photo.shape) < LARGEST:
            raise DataError(f"the photo should be grey, (H, W), and at least 5 × 5; its shape is {photo.shape}.")
        self.photo, self.solved, self.strokes = photo.astype(float), set[int](), 0
        self.images = [picture(round(SIDE_PX * photo.shape[1] / photo.shape[0]), SIDE_PX) for _ in TITLES]
        self.images[0].value = pixels_png(signed_colours(self.photo))
        self.text, self.trouble, self.helped = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.brush = ipywidgets.IntSlider(
            1,
            min=-LARGEST,
            max=LARGEST,
            description="brush",
            style={"description_width": "44px"},
            layout=ipywidgets.Layout(width="270px"),
        )
        self.mystery_buttons = [self._button(f"{i + 1}", partial(self.choose, i)) for i in range(len(MYSTERIES))]
        cells = [[(row, column) for column in range(LARGEST)] for row in range(LARGEST)]
        self.cells = [[self._button("", partial(self.paint, *place), width="46px") for place in row] for row in cells]
        self.hint_button, self.clear_button = self._button("Hint", self.hint), self._button("Start again", self.again)
        self.grid, self.divisor = ipywidgets.GridBox(), ipywidgets.HTML()
        goal = ipywidgets.HTML(sentence("🎯 Goal: make the middle picture look like the right one. Mystery", bold=True))
        wrap = ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        head = ipywidgets.Box([goal, *self.mystery_buttons], layout=wrap)
        kernel = ipywidgets.HBox([self.grid, self.divisor], layout=ipywidgets.Layout(align_items="center"))
        buttons = ipywidgets.HBox([self.hint_button, self.clear_button])
        side = ipywidgets.VBox([self.brush, self.text, buttons, self.helped, self.trouble])
        side.layout = ipywidgets.Layout(flex="1 1 300px")
        below = ipywidgets.Box([kernel, side])
        below.layout = ipywidgets.Layout(flex_flow="row wrap", grid_gap="24px", margin="8px 0 0 0")
        captions = [ipywidgets.HTML(f'<div style="text-align:center">{title}</div>') for title in TITLES]
        pairs = [ipywidgets.VBox(list(pair)) for pair in zip(captions, self.images, strict=True)]
        row = ipywidgets.Box(pairs, layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="8px"))
        super().__init__([head, row, below])
        self.add_class("course-kernel-painter")
        self.choose(0)

    def _button(self, text: str, action: Callable[[], None], width: str = "auto") -> ipywidgets.Button:
        button = ipywidgets.Button(description=text, layout=ipywidgets.Layout(width=width, min_width="38px"))
        button.on_click(guarded(self.trouble, action))
        return button

    # --- what a press does ---

    def choose(self, index: int) -> None:
        """Another mystery, from its beginning."""
        self.index, self.mystery = index, MYSTERIES[index]
        self.target = filtered(self.photo, self.mystery.numbers / self.mystery.divisor)
        self.images[2].value = pixels_png(signed_colours(self.target))
        self.again()

    def again(self) -> None:
        """Back to the kernel that leaves the photo as it is."""
        self.kernel, self.strokes, self.helped.value = start(self.mystery), 0, ""
        size = len(self.kernel)
        self.grid.children = [button for row in self.cells[:size] for button in row[:size]]
        self.grid.layout = ipywidgets.Layout(grid_template_columns=f"repeat({size}, 50px)", width=f"{50 * size}px")
        self.show()

    def paint(self, row: int, column: int) -> None:
        """Put the brush's number there."""
        self.kernel, self.strokes = painted(self.kernel, row, column, self.brush.value), self.strokes + 1
        self.show()

    def hint(self) -> None:
        """Words first; then, press by press, one number that is set right."""
        place = first_wrong(self.kernel, self.mystery)
        if not self.helped.value or place is None:
            self.helped.value = sentence(f"💡 {html.escape(self.mystery.hint)}")
            return
        self.kernel, self.strokes = painted(self.kernel, *place, self.mystery.numbers[place]), self.strokes + 1
        self.helped.value = sentence(f"💡 Row {place[0] + 1}, column {place[1] + 1} is {self.kernel[place]}.")
        self.show()

    # --- what is shown ---

    @property
    def result(self) -> np.ndarray:
        """The photo through the kernel as it is, (H, W)."""
        return filtered(self.photo, self.kernel / self.mystery.divisor)

    def show(self) -> None:
        """Draw, count and praise."""
        found = first_wrong(self.kernel, self.mystery) is None
        if found:
            self.solved.add(self.index)
        result = self.result
        self.images[1].value = pixels_png(signed_colours(result))
        for row, numbers in zip(self.cells, self.kernel, strict=False):
            for button, number in zip(row, numbers, strict=False):
                button.description, button.style.button_color = f"{number}", shade(int(number))
        divisor = self.mystery.divisor
        self.divisor.value = sentence(f"÷ {divisor}", bold=True) if divisor > 1 else ""
        for index, button in enumerate(self.mystery_buttons):
            name = f" · {MYSTERIES[index].name} ✓" if index in self.solved else ""
            button.description, button.style.font_weight = f"{index + 1}{name}", "bold" if index == self.index else ""
            button.button_style = "success" if index in self.solved else "info" if index == self.index else ""
        self.text.value = self.verdict(found, likeness(result, self.target))

    def verdict(self, found: bool, alike: float) -> str:
        total = f"{self.kernel.sum() / self.mystery.divisor:.2g}"
        if found:
            title = f"{self.mystery.name}, found in {count(self.strokes, 'stroke')}."
            return sentence(title, colour=GREEN, bold=True) + sentence(html.escape(self.mystery.meaning))
        percent = min(int(100 * alike), 99)  # 100 is kept for the kernel itself
        bar = f'<div style="background:{GRID};width:260px;height:8px;border-radius:4px"><div style="background:{BLUE};'
        bar += f'width:{percent}%;height:8px;border-radius:4px"></div></div>'
        return sentence(f"<b>{percent} %</b> alike. Your numbers add up to {total}.") + bar

    @styled
    def still(self) -> bytes:
        """The three pictures as they are now, for pages where no kernel runs."""
        figure = new_figure(720, 262)
        for axes, title, values in zip(
            figure.subplots(1, 3), TITLES, (self.photo, self.result, self.target), strict=True
        ):
            axes.imshow(signed_colours(values), interpolation="nearest")
            axes.set_title(title, loc="center")
            axes.set_axis_off()
        return png(figure)

    _repr_png_ = still


def shade(number: int) -> str:
    """A number's colour: blue below 0, orange above, the paler the nearer to 0."""
    strength = 0.75 * min(abs(number) / LARGEST, 1.0) ** 0.6
    colour = np.array(to_rgb(BLUE if number < 0 else ORANGE))
    return to_hex(1 - strength * (1 - colour)) if number else "#f4f4f4"
