"""What is to be seen on a picture of the Shapes set: drawn by chance, within the bounds that the difficulties set.

A scene is plain numbers, and nothing is painted yet. Every picture draws the same amount of random numbers whatever
the difficulty, which only scales their effect: a picture made harder is the same picture, harder.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

COLOURS = {
    "blue": (49, 98, 190),
    "red": (212, 62, 52),
    "green": (52, 148, 84),
    "orange": (238, 132, 36),
    "purple": (128, 78, 172),
    "yellow": (246, 196, 54),
    "pink": (238, 130, 172),
    "brown": (130, 86, 54),
    "black": (44, 46, 54),
    "white": (244, 244, 240),
}

BACKGROUNDS = {
    "white": (250, 249, 246),
    "light blue": (198, 220, 240),
    "beige": (236, 222, 194),
    "light green": (204, 228, 196),
    "grey": (168, 174, 182),
    "dark blue": (40, 56, 92),
    "dark green": (48, 84, 70),
    "dark grey": (76, 78, 88),
}

TEXTURES = ("plain", "striped", "checked", "dotted")

MAX_STROKES = 10
_NUM_DRAWS = 24 + 8 * MAX_STROKES  # random numbers a picture


@dataclass(frozen=True)
class Levels:
    """How far each nuisance goes, from 0, not at all, to 1.

    Args:
        colour: More colours of shape and background, with less contrast.
        texture: Patterned shapes, shaded backgrounds, grain.
        position: Away from the middle.
        scale: Smaller and larger than usual.
        rotation: Up to any angle.
        clutter: Dots and strokes behind the shape.
        occlusion: A bar across the shape.
    """

    colour: float
    texture: float
    position: float
    scale: float
    rotation: float
    clutter: float
    occlusion: float


@dataclass(frozen=True)
class Strokes:
    """M lines with round ends on each of N pictures; a dot is a line without length."""

    start: np.ndarray  # (N, M, 2)
    end: np.ndarray  # (N, M, 2)
    half_width: np.ndarray  # (N, M)
    ink: np.ndarray  # (N, M, 3)
    present: np.ndarray  # bool (N, M)


@dataclass(frozen=True)
class Scenes:
    """N pictures as numbers; lengths are fractions of a picture's side, colours go from 0 to 255."""

    shape: np.ndarray  # int (N,), into the names of OUTLINES
    centre: np.ndarray  # (N, 2), x and y
    radius: np.ndarray  # (N,)
    angle: np.ndarray  # (N,)
    colour: np.ndarray  # int (N,), into COLOURS
    ink: np.ndarray  # (N, 3), that colour, a little changed
    background: np.ndarray  # int (N,), into BACKGROUNDS
    paper: np.ndarray  # (N, 3)
    texture: np.ndarray  # int (N,), into TEXTURES
    shading: np.ndarray  # (N, 2), how much brighter the right and the lower edge are than the middle
    clutter: Strokes
    bar: Strokes


def draw_numbers(rngs: list[np.random.Generator]) -> np.ndarray:
    """Each picture's random numbers, (N, D)."""
    return np.stack([rng.random(_NUM_DRAWS) for rng in rngs])


def make_scenes(shape: np.ndarray, draws: np.ndarray, levels: Levels) -> Scenes:
    """Scenes with the given shapes, int (N,), out of random numbers (N, D) from 0 to 1."""
    column = iter(draws.T)

    def number() -> np.ndarray:
        """The next random number of each picture (N,)."""
        return next(column)

    def signed(count: int) -> np.ndarray:
        """The next numbers, from -1 to 1 (N, count)."""
        return np.stack([number() for _ in range(count)], 1) * 2 - 1

    radius = 0.36 + levels.scale * (0.29 * number() - 0.22)  # 0.14 to 0.43 at the most
    # the square root, since large shapes have little room to move, and low levels would not show at all
    centre = 0.5 + levels.position**0.5 * signed(2) * (0.48 - 1.08 * radius)[:, None]
    angle = levels.rotation * np.pi * signed(1)[:, 0]

    num_colours = 1 + round(levels.colour * (len(COLOURS) - 1))
    colour = (number() * num_colours).astype(int)
    choices, counts = _background_choices(levels.colour)
    background = choices[colour, (number() * counts[colour]).astype(int)]
    ink = _COLOURS[colour] + 20 * levels.colour * signed(3)
    paper = _BACKGROUNDS[background] + 14 * levels.colour * signed(3)

    is_textured, kind = number() < 0.75 * levels.texture, (number() * (len(TEXTURES) - 1)).astype(int)
    texture = np.where(is_textured, 1 + kind, 0)
    shading = 34 * levels.texture * signed(2)

    bar = _draw_bar(np.stack([number() for _ in range(4)], 1), centre, radius, colour, paper, levels.occlusion)
    strokes = np.stack([number() for _ in range(8 * MAX_STROKES)], 1).reshape(-1, MAX_STROKES, 8)  # (N, M, 8)
    clutter = _draw_clutter(strokes, paper, levels.clutter)
    return Scenes(shape, centre, radius, angle, colour, ink, background, paper, texture, shading, clutter, bar)


_COLOURS = np.array(list(COLOURS.values()), dtype=float)
_BACKGROUNDS = np.array(list(BACKGROUNDS.values()), dtype=float)


@cache
def _background_choices(level: float) -> tuple[np.ndarray, np.ndarray]:
    """For each colour, the backgrounds that stand out from it (C, B), and how many there are (C,).

    The higher the level, the more backgrounds are open, and the less they need to stand out.
    """
    open_ones = np.arange(1 + round(level * (len(BACKGROUNDS) - 1)))
    distance = np.linalg.norm(_COLOURS[:, None] - _BACKGROUNDS, axis=2)  # (C, B)
    choices = np.zeros(distance.shape, dtype=int)
    counts = np.ones(len(COLOURS), dtype=int)
    for colour in range(len(COLOURS)):
        chosen = open_ones[distance[colour, open_ones] >= 170 - 60 * level]
        if len(chosen) == 0:
            chosen = distance[colour].argmax(keepdims=True)
        choices[colour, : len(chosen)] = chosen
        counts[colour] = len(chosen)
    return choices, counts


def _draw_bar(
    draws: np.ndarray, centre: np.ndarray, radius: np.ndarray, colour: np.ndarray, paper: np.ndarray, level: float
) -> Strokes:
    """One bar a picture, across the shape, from ``draws`` (N, 4); its colour is neither the shape's nor the paper's."""
    turn = np.pi * draws[:, 1]
    along = np.stack([np.cos(turn), np.sin(turn)], 1)  # (N, 2)
    across = along[:, ::-1] * (-1, 1)
    middle = centre + across * (0.6 * (2 * draws[:, 2] - 1) * radius)[:, None]
    reach = along * (1.2 * radius)[:, None]
    ink = _COLOURS[(colour + 1 + (draws[:, 3] * (len(COLOURS) - 1)).astype(int)) % len(COLOURS)]
    is_hidden = np.linalg.norm(ink - paper, axis=1) < 110
    visible = np.where(paper.mean(1) > 128, 60, 235)[:, None]
    return Strokes(
        start=(middle - reach)[:, None],
        end=(middle + reach)[:, None],
        half_width=(radius * (0.06 + 0.2 * level))[:, None],
        ink=np.where(is_hidden[:, None], visible, ink)[:, None],
        present=(draws[:, 0] < 0.9 * level)[:, None],
    )


def _draw_clutter(draws: np.ndarray, paper: np.ndarray, level: float) -> Strokes:
    """Dots and strokes behind the shape, from ``draws`` (N, M, 8); at low levels few, small and pale."""
    is_dot = draws[..., 0] < 0.4
    length = np.where(is_dot, 0, 0.1 + 0.25 * draws[..., 1]) * (0.4 + 0.6 * level)
    turn = 2 * np.pi * draws[..., 2]
    start = draws[..., 3:5]
    ink = _COLOURS[(draws[..., 5] * len(COLOURS)).astype(int)]
    return Strokes(
        start=start,
        end=start + length[..., None] * np.stack([np.cos(turn), np.sin(turn)], 2),
        half_width=np.where(is_dot, 0.03, 0.012) + 0.02 * draws[..., 6],
        ink=paper[:, None] + (0.3 + 0.6 * level) * (ink - paper[:, None]),
        present=draws[..., 7] < level,
    )
