"""From a sample's path to its picture."""

import numpy as np

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register
from course_lib.data.decode import decode

from .base import Sample
from .checks import one_of
from .colour import LUMA


@register("transform")
class LoadImageFromFile:
    """Read ``sample['img_path']`` into ``sample['img']``; a sample that has its picture in memory stays as it is.

    Args:
        color_type: 'color' for RGB (3, H, W), 'grayscale' for (1, H, W).

    Raises:
        PictureError: the file is no picture, or a broken one.
    """

    deterministic = True

    def __init__(self, color_type: str = "color") -> None:
        self.color_type = one_of("color_type", color_type, ("color", "grayscale"))

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        if "img" in sample:
            return sample
        if "img_path" not in sample:
            raise ConfigError("LoadImageFromFile needs a sample with 'img_path' (or a picture under 'img').")
        image = decode(sample["img_path"])
        if self.color_type == "grayscale":
            image = (image * LUMA[:, None, None]).sum(0, keepdim=True).round().byte()
        return {**sample, "img": image}
