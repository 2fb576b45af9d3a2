"""1,797 real handwritten digits of 8×8 pixels, which come with scikit-learn: no download."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from course_lib.config.registry import register

from ..transforms.base import Transform
from ..transforms.checks import one_of
from .base import Dataset, in_memory
from .stratify import stratified


@register("dataset")
class Digits(Dataset):
    """Grey pictures (1, 8, 8) of the digits 0 to 9.

    The set has no official halves: 80 % of each class are for training, drawn by ``seed``; the rest is the test.

    Args:
        split: 'train' or 'test'.
        seed: Of the division; train and test need the same.
        pipeline: The transforms that a sample passes through.
    """

    def __init__(
        self, split: Literal["train", "test"] = "train", seed: int = 0, pipeline: Sequence[Transform] = ()
    ) -> None:
        from sklearn.datasets import load_digits

        one_of("split", split, ("train", "test"))
        bunch = load_digits()
        train, test = stratified(bunch.target, 0.8, seed)
        chosen = train if split == "train" else test
        # scikit-learn's values go from 0, paper, to 16, ink
        pictures = np.round(bunch.images[chosen] * (255 / 16)).astype(np.uint8)
        super().__init__(in_memory(pictures), bunch.target[chosen], self.class_names({}), pipeline)

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple("0123456789")

    @classmethod
    def picture_shape(cls, args: Mapping[str, Any]) -> tuple[int, int, int]:
        return 1, 8, 8
