"""Scenes → pixels, many pictures at once.

Everything is painted the same way: the distance of each pixel to an outline says how much of the pixel is covered
(half of it where the outline runs through its middle), and so much of the new colour is laid over what is there.
"""

import numpy as np

from .outlines import OUTLINES
from .scenes import Scenes, Strokes


def paint(scenes: Scenes, size: int, grain: np.ndarray) -> np.ndarray:
    """The pictures of scenes.

    Args:
        scenes: N of them.
        size: Pixels a side, S.
        grain: Noise that is added (N, S, S); 0 for none.

    Returns:
        uint8 (N, 3, S, S), RGB.
    """
    at = _pixel_centres(size)
    light = scenes.shading[:, 0, None, None] * 2 * (at - 0.5) + scenes.shading[:, 1, None, None] * 2 * (
        at[:, None] - 0.5
    )
    pictures = (scenes.paper[:, :, None, None] + light[:, None]).astype(np.float32)  # (N, 3, S, S)
    _paint_strokes(pictures, scenes.clutter)
    x, y = _in_shape(scenes, size)
    distance_px = _distance_px(scenes, x, y, size)
    line_px = max(1.0, 0.03 * size)
    _lay_over(pictures, _covered(distance_px), 0.62 * scenes.ink)
    inside = _covered(distance_px + line_px)
    _lay_over(pictures, inside, scenes.ink)
    _lay_over(pictures, inside * _pattern(scenes, x, y, size), _second_ink(scenes.ink))
    _paint_strokes(pictures, scenes.bar)
    pictures += grain[:, None]
    return pictures.clip(0, 255).round().astype(np.uint8)


def shape_masks(scenes: Scenes, size: int) -> np.ndarray:
    """Which pixels the shapes touch, as if nothing lay over them; bool (N, S, S)."""
    return _covered(_distance_px(scenes, *_in_shape(scenes, size), size)) > 0


def stroke_masks(strokes: Strokes, size: int) -> np.ndarray:
    """Which pixels each stroke touches; bool (N, M, S, S)."""
    flat = _stroke_distance_px(
        strokes.start.reshape(-1, 2), strokes.end.reshape(-1, 2), strokes.half_width.reshape(-1), size
    )
    return (_covered(flat) > 0).reshape(*strokes.half_width.shape, size, size) & strokes.present[..., None, None]


def _pixel_centres(size: int) -> np.ndarray:
    """(S,), as fractions of the side."""
    return ((np.arange(size) + 0.5) / size).astype(np.float32)


def _in_shape(scenes: Scenes, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Each pixel's place, in the coordinates in which the shape stands upright and fills the unit circle (N, S, S)."""
    at = _pixel_centres(size)
    scale = (1 / scenes.radius).astype(np.float32)[:, None, None]
    x = (at - scenes.centre[:, 0, None, None].astype(np.float32)) * scale  # (N, 1, S)
    y = (at[:, None] - scenes.centre[:, 1, None, None].astype(np.float32)) * scale  # (N, S, 1)
    cos = np.cos(scenes.angle).astype(np.float32)[:, None, None]
    sin = np.sin(scenes.angle).astype(np.float32)[:, None, None]
    return cos * x + sin * y, cos * y - sin * x


def _distance_px(scenes: Scenes, x: np.ndarray, y: np.ndarray, size: int) -> np.ndarray:
    """Each pixel's distance to the shape's outline, negative inside (N, S, S)."""
    distance = np.empty_like(x)
    for number, outline in enumerate(OUTLINES.values()):
        chosen = scenes.shape == number
        if chosen.any():
            distance[chosen] = outline(x[chosen], y[chosen])
    return distance * (scenes.radius * size).astype(np.float32)[:, None, None]


def _stroke_distance_px(start: np.ndarray, end: np.ndarray, half_width: np.ndarray, size: int) -> np.ndarray:
    """Each pixel's distance to the edge of a line with round ends; from (B, 2), (B, 2), (B,) to (B, S, S)."""
    at = _pixel_centres(size)
    start, end, half_width = (values.astype(np.float32) for values in (start, end, half_width))
    x = at - start[:, 0, None, None]  # (B, 1, S)
    y = at[:, None] - start[:, 1, None, None]  # (B, S, 1)
    dx, dy = (end - start).T[..., None, None]  # (B, 1, 1) each
    # how far along the line the nearest point is, from 0 to 1; a dot has no length to divide by
    along = ((x * dx + y * dy) / np.maximum(dx * dx + dy * dy, 1e-9)).clip(0, 1)
    return (np.hypot(x - along * dx, y - along * dy) - half_width[:, None, None]) * size


def _covered(distance_px: np.ndarray) -> np.ndarray:
    """How much of each pixel lies inside, 0 to 1."""
    return (0.5 - distance_px).clip(0, 1)


def _lay_over(pictures: np.ndarray, cover: np.ndarray, ink: np.ndarray) -> None:
    """Paint colours (N, 3) where ``cover`` (N, S, S) says so, in place."""
    pictures += cover[:, None] * (ink.astype(np.float32)[:, :, None, None] - pictures)


def _paint_strokes(pictures: np.ndarray, strokes: Strokes) -> None:
    for number in range(strokes.half_width.shape[1]):
        chosen = strokes.present[:, number]
        if chosen.any():
            start, end, half_width = (
                values[chosen, number] for values in (strokes.start, strokes.end, strokes.half_width)
            )
            under = pictures[chosen]
            _lay_over(
                under,
                _covered(_stroke_distance_px(start, end, half_width, pictures.shape[-1])),
                strokes.ink[chosen, number],
            )
            pictures[chosen] = under


def _pattern(scenes: Scenes, x: np.ndarray, y: np.ndarray, size: int) -> np.ndarray:
    """How much of a second ink each pixel of a shape gets (N, S, S): none, stripes, checks or dots."""
    amount = np.zeros_like(x)
    omega = 2 * np.pi / 0.52  # waves of about half the shape's radius
    waves = (
        lambda x, y: np.sin(omega * y),
        lambda x, y: np.sin(omega * x) * np.sin(omega * y),
        lambda x, y: 0.5 * (np.cos(omega * x) + np.cos(omega * y)) - 0.3,
    )
    for number, wave in enumerate(waves, 1):
        chosen = scenes.texture == number
        if chosen.any():
            sharpness = (scenes.radius[chosen] * size / omega).astype(np.float32)[:, None, None]
            amount[chosen] = (0.5 + wave(x[chosen], y[chosen]) * sharpness).clip(0, 1)
    return amount


def _second_ink(ink: np.ndarray) -> np.ndarray:
    """A lighter relative of dark colours, a darker one of light colours (N, 3)."""
    is_dark = ink @ (0.299, 0.587, 0.114) < 150
    return np.where(is_dark[:, None], ink + 0.55 * (255 - ink), 0.72 * ink)
