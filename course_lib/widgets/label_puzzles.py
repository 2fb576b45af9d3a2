"""Small pictures, each of which one kind of augmentation robs of its label: the questions of the gallery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from course_lib.data.datasets.outlines import OUTLINES

SIZE = 64


@dataclass(frozen=True)
class Puzzle:
    """A picture, its label, and the step that makes the label wrong.

    Args:
        label: What the picture shows; '' where nobody knows, and nothing is asked.
        picture: uint8 (3, H, W).
        culprit: The transform that destroys the label, by its name in a config.
        argument: The one of its arguments that must go far enough.
        limit: How far: at least so much, or at most, where it is positive or negative. (A part of a picture loses its
            object when it is small.)
        why: What then happens, as a sentence.
    """

    label: str
    picture: np.ndarray
    culprit: str = ""
    argument: str = ""
    limit: float = 0.0
    why: str = ""

    def is_destroyed_by(self, step: Mapping[str, Any]) -> bool:
        """Whether a step of a pipeline, as a config writes it, goes so far that the label is lost."""
        if step["type"] != self.culprit:
            return False
        value = step.get(self.argument, 0.0)
        lowest = value[0] if isinstance(value, Sequence) else value
        return bool(lowest >= self.limit if self.limit >= 0 else lowest <= -self.limit)


def four_puzzles() -> list[Puzzle]:
    """Four labels: a direction, a letter, a colour, and something small."""
    return [
        Puzzle(
            "left",
            road_sign(),
            "RandomFlip",
            "prob",
            0.05,
            "A mirrored “left” is a “right”, and the label still says “left”.",
        ),
        Puzzle("M", letter_m(), "Rotate", "angle", 75, "An M that stands on its head is a W; halfway, it is nothing."),
        Puzzle(
            "red light",
            traffic_light(),
            "ColorJitter",
            "hue",
            0.1,
            "Another hue makes it green or blue, and the network learns to drive on at any of them.",
        ),
        Puzzle(
            "heart",
            far_away(),
            "RandomResizedCrop",
            "crop_ratio_range",
            -0.3,
            "A small part of the picture misses the heart, and the label names what nobody can see.",
        ),
    ]


def road_sign() -> np.ndarray:
    """A white arrow to the left on a blue disc."""
    x, y = places()
    picture = laid_on(ground((203, 214, 205)), OUTLINES["circle"](x, y), (0, 84, 159))
    return laid_on(picture, OUTLINES["arrow"](1.7 * y, 1.7 * x), (250, 250, 250))


def letter_m() -> np.ndarray:
    """A black M on paper, made of four strokes."""
    x, y = places()
    corners = ((-0.6, 0.62), (-0.45, -0.62), (0.0, 0.3), (0.45, -0.62), (0.6, 0.62))
    strokes = [to_segment(x, y, start, end) for start, end in pairwise(corners)]
    return laid_on(ground((244, 240, 226)), np.min(strokes, axis=0) - 0.11, (30, 32, 40))


def traffic_light() -> np.ndarray:
    """A lamp that shines red above two that are out."""
    x, y = places()
    picture = laid_on(ground((170, 205, 235)), np.maximum(abs(x) - 0.38, abs(y) - 0.92), (40, 44, 48))
    for middle, colour in ((-0.58, (235, 40, 30)), (0.0, (78, 82, 84)), (0.58, (78, 82, 84))):
        picture = laid_on(picture, np.hypot(x, y - middle) - 0.24, colour)
    return picture


def far_away() -> np.ndarray:
    """A small heart in the sky above a hill."""
    x, y = places()
    picture = laid_on(ground((188, 220, 244)), 0.95 - 0.5 * np.cos(1.3 * x - 0.4) - y, (96, 142, 84))
    return laid_on(picture, OUTLINES["heart"](4 * (x - 0.55), 4 * (y + 0.5)) / 4, (205, 35, 60))


def places() -> tuple[np.ndarray, np.ndarray]:
    """x to the right and y down of each pixel, both (SIZE, SIZE), from -1 to 1."""
    line = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
    x, y = np.meshgrid(line, line)
    return x, y


def to_segment(x: np.ndarray, y: np.ndarray, start: tuple[float, float], end: tuple[float, float]) -> np.ndarray:
    """The distance of each pixel from a straight stroke."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = np.clip(((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy), 0, 1)
    return np.hypot(x - start[0] - along * dx, y - start[1] - along * dy)


def ground(colour: tuple[int, int, int]) -> np.ndarray:
    """A picture of one colour, uint8 (3, SIZE, SIZE)."""
    return np.broadcast_to(np.array(colour, dtype=np.uint8)[:, None, None], (3, SIZE, SIZE)).copy()


def laid_on(picture: np.ndarray, distance: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """The picture with a colour wherever ``distance`` (H, W) is negative, its edge smoothed over a pixel."""
    share = np.clip(0.5 - distance * SIZE / 2, 0, 1)
    mixed = (1 - share) * picture + share * np.array(colour, dtype=float)[:, None, None]
    return mixed.round().astype(np.uint8)
