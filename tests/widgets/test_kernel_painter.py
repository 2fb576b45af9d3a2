"""The kernel painter, driven by its buttons and its slider."""

import io

import numpy as np
import pytest
from PIL import Image

from course_lib.config.errors import DataError
from course_lib.widgets import KernelPainter
from course_lib.widgets.kernel_painter import pixels_png, shade
from course_lib.widgets.mystery_kernels import MYSTERIES

PHOTO = np.random.default_rng(0).integers(0, 256, size=(20, 20)).astype(float)


def paint(painter: KernelPainter, numbers: np.ndarray) -> None:
    """As a learner does: the brush, then a click, for each number."""
    for (row, column), number in np.ndenumerate(numbers):
        painter.brush.value = int(number)
        painter.cells[row][column].click()


def test_a_stroke_changes_the_middle_picture_only() -> None:
    painter = KernelPainter(PHOTO)
    before = [bytes(image.value) for image in painter.images]
    assert painter.grid.children == tuple(button for row in painter.cells[:3] for button in row[:3])
    painter.brush.value = -2
    painter.cells[0][1].click()
    after = [bytes(image.value) for image in painter.images]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert painter.kernel[0, 1] == -2 and painter.cells[0][1].description == "-2" and painter.strokes == 1
    # (1 - 2) / 9 of the photo's brightness
    assert "add up to -0.11" in painter.text.value and painter.trouble.value == ""


def test_names_are_hidden_until_found() -> None:
    painter = KernelPainter(PHOTO)
    for index, mystery in enumerate(MYSTERIES):
        painter.mystery_buttons[index].click()
        assert painter.mystery_buttons[index].description == str(index + 1)
        assert mystery.name not in painter.text.value and "% alike" in painter.text.value.replace("</b>", "")
        paint(painter, mystery.numbers)
        assert painter.mystery_buttons[index].description == f"{index + 1} · {mystery.name} ✓"
        assert f"{mystery.name}, found in {mystery.numbers.size} strokes." in painter.text.value
        assert painter.images[1].value == painter.images[2].value
    assert painter.solved == set(range(len(MYSTERIES))) and painter.trouble.value == ""


def test_large_kernels_have_25_buttons() -> None:
    painter = KernelPainter(PHOTO)
    painter.choose(4)
    assert len(painter.grid.children) == 25 and "÷ 5" in painter.divisor.value
    painter.choose(1)
    assert len(painter.grid.children) == 9 and painter.divisor.value == ""


def test_hints_lead_to_the_end() -> None:
    painter = KernelPainter(PHOTO)
    painter.choose(2)
    painter.hint_button.click()
    assert "four nearest neighbours" in painter.helped.value and painter.strokes == 0
    painter.hint_button.click()
    assert "Row 1, column 2 is -1." in painter.helped.value and painter.kernel[0, 1] == -1
    for _ in range(10):
        painter.hint_button.click()
    assert painter.solved == {2} and "Sharpen" in painter.text.value
    painter.clear_button.click()
    assert painter.kernel.sum() == 1 and painter.strokes == 0 and painter.solved == {2} and painter.helped.value == ""


def test_almost_is_not_found() -> None:
    painter = KernelPainter(np.zeros((8, 8)))  # black: every kernel gives the same picture
    assert "<b>99 %</b>" in painter.text.value and painter.solved == set()


def test_errors_show_in_the_widget() -> None:
    painter = KernelPainter(PHOTO)
    painter.photo = "no photo"  # type: ignore[assignment]
    painter.cells[0][0].click()
    assert "Error" in painter.trouble.value
    painter.photo = PHOTO
    painter.cells[0][0].click()
    assert painter.trouble.value == ""


@pytest.mark.parametrize("shape", [(20, 20, 3), (4, 20)])
def test_wrong_photo(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=r"should be grey, \(H, W\), and at least 5 × 5; its shape is"):
        KernelPainter(np.zeros(shape))


def test_pixels_stay_squares_of_their_own() -> None:
    colours = np.random.default_rng(1).integers(0, 256, size=(10, 20, 3)).astype(np.uint8)
    shown = np.asarray(Image.open(io.BytesIO(pixels_png(colours))))
    factor = len(shown) // 10
    assert shown.shape == (10 * factor, 20 * factor, 3) and factor > 10
    assert (shown == colours.repeat(factor, axis=0).repeat(factor, axis=1)).all()


def test_shade_tells_the_sign() -> None:
    below, above = (tuple(int(shade(n)[i : i + 2], 16) for i in (1, 3, 5)) for n in (-2, 2))
    assert below[2] > below[0] and above[0] > above[2]
    assert shade(5) != shade(1) and shade(0) == "#f4f4f4"


def test_still_shows_three_pictures() -> None:
    still = KernelPainter(PHOTO).still()
    width, height = Image.open(io.BytesIO(still)).size
    assert width > 2.5 * height
