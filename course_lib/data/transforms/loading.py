"""From a sample's path to its picture."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register
from course_lib.data.decode import decode, read_picture
from course_lib.data.jpeg import PlainJpeg

from .base import Sample, Transform, torch_generator
from .checks import one_of
from .colour import LUMA
from .geometry import RandomResizedCrop


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


class LoadCropped:
    """``LoadImageFromFile`` and ``RandomResizedCrop`` in one: a JPEG is decoded only as far down as the crop reaches.

    The crop is drawn from the size in the file's header; the pictures are those of the two steps, bit by bit.
    """

    def __init__(self, crop: RandomResizedCrop) -> None:
        self.crop = crop

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        content, name = read_picture(sample["img_path"])
        plain = PlainJpeg.read(content)
        if plain is None:
            return self.crop({**sample, "img": decode(content, name)}, rng)
        windows = self.crop.windows(1, plain.height, plain.width, torch_generator(rng))
        top, _, height, _ = windows[0]
        image = plain.pixels(rows=top + height)
        if image is None:
            image = decode(content, name)  # which looks closer, and names what is damaged
        return {**sample, "img": self.crop.cut(image[None], windows)[0]}


def joined(pipeline: Sequence[Transform], sample: Sample) -> Sequence[Transform]:
    """The steps for a sample, the first two in one where ``LoadCropped`` can do it."""
    if len(pipeline) < 2 or "img" in sample or "img_path" not in sample:
        return pipeline
    load, crop, *others = pipeline
    if type(load) is LoadImageFromFile and load.color_type == "color" and type(crop) is RandomResizedCrop:
        return [LoadCropped(crop), *others]
    return pipeline
