"""Shapes: pictures that are generated on the fly, so that there is always data, and "harder" is a number.

The class is the shape; everything else (colour, texture, place, size, rotation, clutter, a bar in front) is a nuisance
under control. A picture depends on (seed, split, index) and the levels only, so nothing is stored and any number of
workers sees the same. Since the kit drew it, it also knows the truth about each picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from course_lib.config.errors import ConfigError, did_you_mean
from course_lib.config.registry import register

from ..transforms.base import Sample, Transform
from ..transforms.checks import one_of, probability
from .base import Dataset
from .outlines import OUTLINES
from .painting import paint, shape_masks, stroke_masks
from .scenes import BACKGROUNDS, COLOURS, TEXTURES, Levels, Scenes, draw_numbers, make_scenes

NAMES = tuple(OUTLINES)
SPLITS = ("train", "val", "test")

_AHEAD = 64  # pictures that are painted at once for a reader who takes them in order: five times as fast
_STREAM = 1936287845  # keeps these random numbers apart from those of the augmentation, which has the same seed


@dataclass(frozen=True)
class Truth:
    """What is on a picture.

    Args:
        caption: A sentence, such as 'a large red star at the top left, on a white background'.
        names: What has a box: the shape, and 'bar' where one lies across it.
        boxes: int64 (B, 4), each as x0, y0, x1, y1 in pixels; x1 and y1 are the first beyond it.
        attributes: shape, colour, texture, size, place, background, each as a word of the caption.
    """

    caption: str
    names: tuple[str, ...]
    boxes: np.ndarray
    attributes: Mapping[str, str]


@register("dataset")
class Shapes(Dataset):
    """Generated pictures (3, size, size), each of one shape.

    Args:
        split: 'train', 'val' or 'test': other pictures of the same kind.
        num_samples: How many; the classes take turns.
        size: Pixels a side, at least 8.
        classes: Some of the ten shapes, in the order of their indices; None takes all.
        difficulty: 0, each class one and the same clean picture, to 1; sets all the levels below that are None.
        seed: Another seed gives another data set.
        colour, texture, position, scale, rotation, clutter, occlusion: How far each nuisance goes, 0 to 1.
        pipeline: The transforms that a sample passes through.

    Raises:
        ConfigError: a level is not from 0 to 1, or a class is no shape.
    """

    def __init__(
        self,
        split: Literal["train", "val", "test"] = "train",
        num_samples: int = 2000,
        size: int = 32,
        classes: Sequence[str] | None = None,
        difficulty: float = 0.5,
        seed: int = 0,
        colour: float | None = None,
        texture: float | None = None,
        position: float | None = None,
        scale: float | None = None,
        rotation: float | None = None,
        clutter: float | None = None,
        occlusion: float | None = None,
        pipeline: Sequence[Transform] = (),
    ) -> None:
        for name, value, least in (("num_samples", num_samples, 1), ("size", size, 8), ("seed", seed, 0)):
            if value < least:
                raise ConfigError(f"{name} is {value!r}, but must be at least {least}.")
        names = _check_classes(classes)
        super().__init__((), None, names, pipeline)
        self.labels: np.ndarray = np.arange(num_samples) % len(names)
        self.shapes = np.array([NAMES.index(name) for name in names])[self.labels]
        self.size = size
        self.stream = (_STREAM, seed, SPLITS.index(one_of("split", split, SPLITS)))
        self.levels = Levels(
            **{
                name: probability(name, difficulty if level is None else level)
                for name, level in (
                    ("colour", colour),
                    ("texture", texture),
                    ("position", position),
                    ("scale", scale),
                    ("rotation", rotation),
                    ("clutter", clutter),
                    ("occlusion", occlusion),
                )
            }
        )
        self._ahead = range(0)
        self._painted = torch.empty(0)

    def __len__(self) -> int:
        return len(self.labels)

    def images(self, indices: Sequence[int]) -> Tensor:
        """Many pictures at once, uint8 (N, 3, size, size)."""
        if len(indices) == 0:
            return torch.empty(0, 3, self.size, self.size, dtype=torch.uint8)
        rngs = self._rngs(indices)
        scenes = self._scenes(indices, rngs)
        grain = np.zeros((len(indices), 1, 1), dtype=np.float32)
        if self.levels.texture > 0:
            noise = [rng.standard_normal((self.size, self.size), dtype=np.float32) for rng in rngs]
            grain = 7 * self.levels.texture * np.stack(noise)
        return torch.from_numpy(paint(scenes, self.size, grain))

    def raw(self, index: int) -> Sample:
        """The picture with its label."""
        if index not in self._ahead:
            in_order = index == self._ahead.stop
            self._ahead = range(index, min(index + (_AHEAD if in_order else 1), len(self)))
            self._painted = self.images(self._ahead)
        return {"img": self._painted[index - self._ahead.start], "gt_label": int(self.labels[index])}

    def truth(self, index: int) -> Truth:
        """What is on a picture."""
        index = range(len(self))[index]
        scenes = self._scenes([index], self._rngs([index]))
        names, masks = [NAMES[scenes.shape[0]]], [shape_masks(scenes, self.size)[0]]
        if scenes.bar.present[0, 0]:
            names.append("bar")
            masks.append(stroke_masks(scenes.bar, self.size)[0, 0])
        attributes = _attributes(scenes)
        return Truth(_caption(attributes), tuple(names), np.stack([_box(mask) for mask in masks]), attributes)

    def _rngs(self, indices: Sequence[int]) -> list[np.random.Generator]:
        return [np.random.default_rng((*self.stream, index)) for index in indices]

    def _scenes(self, indices: Sequence[int], rngs: list[np.random.Generator]) -> Scenes:
        return make_scenes(self.shapes[np.asarray(indices)], draw_numbers(rngs), self.levels)

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(args.get("classes") or NAMES)

    @classmethod
    def picture_shape(cls, args: Mapping[str, Any]) -> tuple[int, int, int]:
        return 3, args.get("size", 32), args.get("size", 32)


def _check_classes(classes: Sequence[str] | None) -> tuple[str, ...]:
    names = NAMES if classes is None else tuple(classes)
    for name in names:
        if name not in NAMES:
            raise ConfigError(f"classes: there is no shape {name!r}. {did_you_mean(name, NAMES)}")
    if len(set(names)) < max(2, len(names)):
        raise ConfigError(f"classes must be at least two different shapes, not {list(names)}.")
    return names


def _box(mask: np.ndarray) -> np.ndarray:
    """The smallest box around what is True in (S, S)."""
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])


def _attributes(scenes: Scenes) -> dict[str, str]:
    """The words for the first scene."""
    x, y = scenes.centre[0]
    rows, columns = ("top", "", "bottom"), ("left", "", "right")
    place = f"{rows[int(np.digitize(y, (0.42, 0.58)))]} {columns[int(np.digitize(x, (0.42, 0.58)))]}".strip()
    return {
        "shape": NAMES[scenes.shape[0]],
        "colour": list(COLOURS)[scenes.colour[0]],
        "texture": TEXTURES[scenes.texture[0]],
        "size": ("small", "medium", "large")[int(np.digitize(scenes.radius[0], (0.27, 0.34)))],
        "place": place or "centre",
        "background": list(BACKGROUNDS)[scenes.background[0]],
    }


def _caption(words: Mapping[str, str]) -> str:
    """The attributes as a sentence; what is as usual (a medium size, no texture) goes without saying."""
    usual = ("medium", "plain")
    thing = " ".join(words[key] for key in ("size", "colour", "texture", "shape") if words[key] not in usual)
    article = "an" if thing[0] in "aeiou" else "a"
    where = "on the" if words["place"] in ("left", "right") else "in the" if words["place"] == "centre" else "at the"
    return f"{article} {thing} {where} {words['place']}, on a {words['background']} background"
