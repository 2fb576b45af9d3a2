"""From a sample's path to its picture."""

from collections.abc import Mapping
from typing import Any

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
        to_float32: Accepted for MMPretrain's configs, without effect: the preprocessor makes floats, of a whole batch.
        color_type: 'color' for RGB (3, H, W), 'grayscale' for (1, H, W).
        imdecode_backend: Accepted, without effect: there is one decoder.
        file_client_args, backend_args: Where the files lie, ``dict(backend='disk')``; nothing else is known.
        ignore_empty: Accepted, without effect: the loader's ``on_error='skip'`` leaves out what cannot be read.

    Raises:
        ConfigError: the files lie elsewhere than on a disk.
        PictureError: the file is no picture, or a broken one.
    """

    deterministic = True

    def __init__(
        self,
        to_float32: bool = False,
        color_type: str = "color",
        imdecode_backend: str | None = None,
        file_client_args: Mapping[str, Any] | None = None,
        ignore_empty: bool = False,
        backend_args: Mapping[str, Any] | None = None,
    ) -> None:
        self.color_type = one_of("color_type", color_type, ("color", "grayscale"))
        if imdecode_backend is not None:
            one_of("imdecode_backend", imdecode_backend, ("cv2", "pillow", "turbojpeg", "tifffile"))
        for argument, args in (("file_client_args", file_client_args), ("backend_args", backend_args)):
            backend = (args or {}).get("backend", "disk")
            if backend not in ("disk", "local"):
                raise ConfigError(f"{argument}: pictures can be read from 'disk' only, not from {backend!r}.")

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        if "img" in sample:
            return sample
        if "img_path" not in sample:
            raise ConfigError("LoadImageFromFile needs a sample with 'img_path' (or a picture under 'img').")
        image = decode(sample["img_path"])
        if self.color_type == "grayscale":
            image = (image * LUMA[:, None, None]).sum(0, keepdim=True).round().byte()
        return {**sample, "img": image}
