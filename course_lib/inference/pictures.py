"""Whatever people have as pictures → samples for the test pipeline."""

from __future__ import annotations

import http.client
import urllib.request
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor

from course_lib.config.errors import ConfigError, DataError
from course_lib.data import Transform
from course_lib.data.by_sample import pack
from course_lib.data.datasets.files import EXTENSIONS, list_pictures, no_pictures
from course_lib.data.decode import decode, from_pillow
from course_lib.data.pipeline import apply
from course_lib.data.transforms.base import Sample

Picture = str | Path | Tensor | np.ndarray | Image

_SILENT_S = 30.0


class Pictures:
    """Pictures of any kind as the loader asks for them; in place of its label, each has its place among them.

    Args:
        pictures: As ``one_by_one`` lists them.
        pipeline: The transforms of the test.
        shape: (C, H, W) to which each is brought first; None leaves them as they are.
    """

    classes: tuple[str, ...] = ()

    def __init__(
        self, pictures: Sequence[Picture], pipeline: Sequence[Transform], shape: tuple[int, int, int] | None
    ) -> None:
        self.pictures, self.pipeline, self.shape = pictures, pipeline, shape

    def __len__(self) -> int:
        return len(self.pictures)

    def raw(self, index: int) -> Sample:
        """``{'img': uint8 (C, H, W), 'gt_label': 0}``, and its path or address where it has one."""
        picture = self.pictures[index]
        image = as_tensor(picture)
        image = image if self.shape is None else to_shape(image, self.shape)
        name = name_of(picture)
        return {"img": image, "gt_label": 0, **({"img_path": name} if name else {})}

    def get(self, index: int, rng: np.random.Generator, epoch: int = 0) -> Sample:
        """The sample as the pipeline leaves it, ``{'image': (C, H, W) or (V, C, H, W), 'label': index}``."""
        return {**pack(apply(self.pipeline, self.raw(index), rng)), "label": index}


def one_by_one(pictures: Picture | Iterable[Picture]) -> list[Picture]:
    """One picture, a batch, a folder or several of all these, as single pictures and files.

    Args:
        pictures: Paths of files and of folders (the pictures in it and below, by name), ``http(s)://`` addresses, PIL
            pictures, uint8 arrays (H, W), (H, W, 3) or (N, H, W, 3), uint8 tensors (C, H, W) or (N, C, H, W).

    Raises:
        DataError: a folder without a picture.
    """
    if isinstance(pictures, (str, Path)):
        path = Path(pictures)
        if is_url(pictures) or not path.is_dir():
            return [pictures]
        inside: list[Picture] = [path / name for name in list_pictures(path)]
        if not inside:
            raise no_pictures(path, EXTENSIONS)
        return inside
    if isinstance(pictures, (Tensor, np.ndarray)):
        return list(pictures) if pictures.ndim == 4 else [pictures]
    if not isinstance(pictures, Iterable):
        return [pictures]
    return [single for picture in pictures for single in one_by_one(picture)]


def is_url(picture: Any) -> bool:
    """Whether a picture is to be fetched."""
    return isinstance(picture, str) and picture.startswith(("http://", "https://"))


def name_of(picture: Any) -> str:
    """A path or an address as it was given; what is in memory has no name."""
    return str(picture) if isinstance(picture, (str, Path)) else ""


def as_tensor(picture: Picture) -> Tensor:
    """Any kind of picture as uint8 (C, H, W), C 1 or 3.

    Raises:
        DataError: the file or the address is no picture.
        ConfigError: numbers that are none.
    """
    if isinstance(picture, (str, Path)):
        return decode(read_url(str(picture)), str(picture)) if is_url(picture) else decode(picture)
    if isinstance(picture, Image):
        return from_pillow(picture)
    if isinstance(picture, Tensor):
        image = picture
    else:
        image = torch.from_numpy(np.atleast_3d(np.asarray(picture)).copy()).permute(2, 0, 1)  # (C, H, W)
    if image.dtype != torch.uint8 or image.ndim != 3 or image.shape[0] not in (1, 3):
        raise ConfigError(f"a picture is uint8 (C, H, W) with 1 or 3 channels; got {image.dtype} {tuple(image.shape)}.")
    return image


def read_url(url: str) -> bytes:
    """What an address holds.

    Raises:
        DataError: there is no network, or the server refuses.
    """
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "course-lib"})
        with urllib.request.urlopen(request, timeout=_SILENT_S) as response:
            return response.read()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DataError(f"{url} cannot be fetched: {getattr(error, 'reason', None) or error}.") from error


def to_shape(image: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """A picture with the channels and size of a data set's pictures."""
    from torchvision.transforms.v2 import functional

    channels, height, width = shape
    if image.shape[0] != channels:
        image = functional.rgb_to_grayscale(image) if channels == 1 else image.expand(3, -1, -1)
    return functional.resize(image, [height, width], antialias=True) if image.shape[1:] != (height, width) else image
