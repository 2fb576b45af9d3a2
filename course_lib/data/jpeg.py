"""Pixels of a JPEG by the quickest decoder there is: simplejpeg (the extra ``fast``), else torchvision's.

Both are libjpeg-turbo, as Pillow's is, and give Pillow's values; they differ in what they spend around it. Where
neither is there, or one of them finds something odd, ``decode.py`` goes on with Pillow.
"""

from collections.abc import Callable
from functools import cache
from types import ModuleType

import torch
from PIL import Image
from torch import Tensor

_APP1, _START_OF_SCAN = 0xE1, 0xDA


def decode_plain(content: bytes) -> Tensor | None:
    """A flawless JPEG in colour that lies as it was taken: uint8 (3, H, W). None for all others: look closer.

    Most files of data sets are such, and asking Pillow about each of them takes a tenth of the time of its pixels.
    """
    simplejpeg = _simplejpeg()
    if simplejpeg is None or _has_metadata(content):
        return None
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(content)
        if colours != "YCbCr" or height * width > (Image.MAX_IMAGE_PIXELS or 0):
            return None
        return torch.from_numpy(simplejpeg.decode_jpeg(content)).permute(2, 0, 1)  # (3, H, W)
    except ValueError:  # damaged, or merely odd: simplejpeg refuses both
        return None


def decode_jpeg(content: bytes) -> Tensor | None:
    """Any JPEG in colour, as it is stored: uint8 (3, H, W); None where there is no decoder but Pillow's.

    Raises:
        RuntimeError: torchvision's decoder finds the file damaged.
    """
    simplejpeg, torchvisions = _simplejpeg(), _torchvision()
    if simplejpeg is not None:
        try:
            return torch.from_numpy(simplejpeg.decode_jpeg(content)).permute(2, 0, 1)  # (3, H, W)
        except ValueError:  # the next one judges, so that a file is good or bad whichever of them is installed
            pass
    return None if torchvisions is None else torchvisions(content)


def _has_metadata(content: bytes) -> bool:
    """Whether there may be an orientation: EXIF and XMP are in segments APP1. Also where this is no JPEG."""
    place = 2
    while content[place : place + 1] == b"\xff" and len(content) >= place + 4:
        marker = content[place + 1]
        if marker in (_APP1, _START_OF_SCAN):
            return marker == _APP1
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return True


@cache
def _simplejpeg() -> ModuleType | None:
    """The package, where it is installed."""
    try:
        import simplejpeg
    except ImportError:
        return None
    return simplejpeg


@cache
def _torchvision() -> Callable[[bytes], Tensor] | None:
    """torchvision's decoder; None where torchvision has none (deprecated in 0.29)."""
    try:
        from torchvision.io import ImageReadMode, decode_jpeg
    except ImportError:
        return None

    def decode(content: bytes) -> Tensor:
        return decode_jpeg(torch.frombuffer(bytearray(content), dtype=torch.uint8), mode=ImageReadMode.RGB)

    return decode
