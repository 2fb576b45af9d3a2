"""The shuffle: every patch is there once, and only networks that know places change their minds."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from course_lib.config import DataError
from course_lib.widgets import PositionShuffle
from course_lib.widgets.position_shuffle import Network, Tries, new_order, reordered


def pictures(num: int = 3, side: int = 8) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (num, 3, side, side), dtype=np.uint8)


@pytest.mark.parametrize("count", [0, 2, 3, 9, 16])
def test_so_many_patches_move(count: int) -> None:
    for seed in range(10):
        order = new_order(16, count, seed)
        assert sorted(order) == list(range(16)) and (order != np.arange(16)).sum() == count


def test_one_alone_cannot_move() -> None:
    assert (new_order(16, 1, 0) == np.arange(16)).all()
    assert (new_order(16, 9, 0) != new_order(16, 9, 1)).any()


def test_patches_move_whole() -> None:
    picture = pictures(1)
    order = np.arange(16)
    order[[0, 7]] = 7, 0  # the first patch changes places with the last of the second row
    moved = reordered(picture, order)
    assert np.array_equal(moved[:, :, :2, :2], picture[:, :, 2:4, 6:])
    assert np.array_equal(moved[:, :, 2:4, 6:], picture[:, :, :2, :2])
    assert np.array_equal(moved[:, :, 4:], picture[:, :, 4:])
    order = new_order(16, 16, 3)
    assert np.array_equal(reordered(reordered(picture, order), np.argsort(order)), picture)


def test_what_does_not_divide_says_so() -> None:
    with pytest.raises(DataError, match="8 × 8 pixels do not divide into 9 patches"):
        PositionShuffle(pictures(), {}, grid=3)


def test_tries_keep_the_fewest_and_the_largest() -> None:
    tries = Tries()
    before = np.array([0.8, 0.2])
    tries.add(before, np.array([0.79, 0.21]), 4)
    assert "never changed its mind; no probability moved by more than 0.01" in str(tries)
    for count in (9, 5, 12):
        tries.add(before, np.array([0.3, 0.7]), count)
    assert tries.fewest == 5 and tries.largest == pytest.approx(0.5) and "at 5 patches" in str(tries)


def corner(images: np.ndarray) -> np.ndarray:
    """Looks at one place: is the first patch bright?"""
    bright = images[:, :, :2, :2].mean(axis=(1, 2, 3)) / 255
    return np.stack([bright, 1 - bright], axis=1)


def bag(images: np.ndarray) -> np.ndarray:
    """Knows no places: is the picture bright?"""
    bright = images.mean(axis=(1, 2, 3)) / 255
    return np.stack([bright, 1 - bright], axis=1)


def test_who_knows_places_changes_its_mind() -> None:
    images = np.zeros((2, 3, 8, 8), np.uint8)
    images[:, :, :2, :2] = 255
    networks = {name: Network(f, ("light", "dark")) for name, f in (("corner", corner), ("bag", bag))}
    widget = PositionShuffle(images, networks, grid=4)
    intact = widget.still()
    assert Image.open(BytesIO(intact)).size[0] > Image.open(BytesIO(intact)).size[1]
    widget.moved.value = 16  # no patch stays, so the bright one leaves the corner
    assert widget.still() != intact
    assert "corner: light 100 % → <b" in widget.text.value and "dark 100 %" in widget.text.value
    assert widget.tries[0, "corner"].fewest == 16 and widget.tries[0, "bag"].fewest is None
    assert "changed its mind at 16 patches" in widget.goal.value and "never changed its mind" in widget.goal.value
    shuffled = widget.shuffled
    widget.again_button.click()
    assert (widget.shuffled != shuffled).any() and widget.trouble.value == ""
    widget.which.value = 1
    assert widget.tries[1, "corner"].fewest == 16
    widget.moved.value = 0
    assert np.array_equal(widget.shuffled, images[1]) and widget.tries[1, "bag"].largest < 1e-9


def test_errors_show_in_the_widget() -> None:
    widget = PositionShuffle(pictures(), {"corner": Network(corner, ("light", "dark"))}, grid=4)
    widget.networks["corner"] = Network(lambda images: images[:, :, 9], ("light", "dark"))
    widget.moved.value = 3
    assert "IndexError" in widget.trouble.value
