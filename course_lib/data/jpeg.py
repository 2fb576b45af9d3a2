"""Pixels of a JPEG by the quickest decoder there is: simplejpeg (the extra ``fast``), else torchvision's.

Both are libjpeg-turbo, as Pillow's is, and give Pillow's values; they differ in what they spend around it. Where
neither is there, or one of them finds something odd, ``decode.py`` goes on with Pillow.
"""

from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType

import torch
from PIL import Image
from torch import Tensor

_APP1, _START_OF_SCAN, _END = 0xE1, 0xDA, b"\xff\xd9"
_BASELINE = 0xC0  # the frames whose rows follow one another in the file; a progressive one's are spread over it
_BLOCK = 16  # rows that are decoded together, at the most


def decode_plain(content: bytes, rows: int | None = None) -> Tensor | None:
    """A flawless JPEG in colour that lies as it was taken: uint8 (3, H, W). None for all others: look closer.

    Most files of data sets are such, and asking Pillow about each of them takes a tenth of the time of its pixels.

    Args:
        rows: How many of them, from the top, will be looked at; where that saves time, those far below are missing.
    """
    size = plain_size(content)
    if size is None:
        return None
    shorter = None if rows is None else _shortened(content, size[0], rows)
    try:
        # what is left over at the end is a mistake to a strict decoder
        pixels = _simplejpeg().decode_jpeg(shorter or content, strict=shorter is None)  # type: ignore[union-attr]
    except ValueError:  # damaged, or merely odd: simplejpeg refuses both
        return None
    return torch.from_numpy(pixels).permute(2, 0, 1)  # (3, H, W)


def plain_size(content: bytes) -> tuple[int, int] | None:
    """The (H, W) of a file that ``decode_plain`` takes, if nothing is wrong with its pixels; None for all others."""
    simplejpeg = _simplejpeg()
    if simplejpeg is None or _has_metadata(content):
        return None
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(content)
    except ValueError:
        return None
    return (height, width) if colours == "YCbCr" and height * width <= (Image.MAX_IMAGE_PIXELS or 0) else None


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


def _shortened(content: bytes, height: int, rows: int) -> bytearray | None:
    """The file with a header that claims less height, at which a decoder stops; None where that saves or spoils.

    One block of rows more than asked for, since colours are smoothed across the border of two blocks. A file that is
    cut off has no end; it is decoded whole, so that it is found out.
    """
    enough = _BLOCK * (-(-rows // _BLOCK) + 1)
    frame = next((place for marker, place in _segments(content) if marker == _BASELINE), None)
    if enough >= height or frame is None or not content.endswith(_END):
        return None
    shorter = bytearray(content)
    shorter[frame + 5 : frame + 7] = enough.to_bytes(2, "big")  # after marker, length and bits
    return shorter


def _has_metadata(content: bytes) -> bool:
    """Whether there may be an orientation: EXIF and XMP are in segments APP1. Also where this is no JPEG."""
    markers = [marker for marker, _ in _segments(content)]
    return _APP1 in markers or _START_OF_SCAN not in markers


def _segments(content: bytes) -> Iterator[tuple[int, int]]:
    """The marker and the place of each segment, up to the pixels."""
    place = 2
    while content[place : place + 1] == b"\xff" and len(content) >= place + 4:
        marker = content[place + 1]
        yield marker, place
        if marker == _START_OF_SCAN:
            return
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")


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
