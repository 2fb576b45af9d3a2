"""Pixels of a JPEG by the quickest decoder there is: simplejpeg (the extra ``fast``), else torchvision's.

Both are libjpeg-turbo, as Pillow's is, and give Pillow's values; they differ in what they spend around it. Where
neither is there, or one of them finds something odd, ``decode.py`` goes on with Pillow.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import torch
from PIL import Image
from torch import Tensor

_APP1, _START_OF_SCAN, _END = 0xE1, 0xDA, b"\xff\xd9"
_BASELINE = 0xC0  # the frames whose rows follow one another in the file; a progressive one's are spread over it
_BLOCK = 16  # rows that are decoded together, at the most


@dataclass(frozen=True)
class PlainJpeg:
    """A JPEG in colour that lies as it was taken, by its header; whether its pixels are flawless is not known yet.

    Most files of data sets are such, and asking Pillow about each of them takes a tenth of the time of its pixels.

    Args:
        frame: Where the header says the height, if the rows follow one another in the file; else None.
    """

    content: bytes
    height: int
    width: int
    frame: int | None

    @classmethod
    def read(cls, content: bytes) -> "PlainJpeg | None":
        """The header; None where it says anything else, or the quickest decoder is missing: look closer."""
        simplejpeg = _simplejpeg()
        places = dict(_segments(content))
        # EXIF and XMP, which may say another orientation, are in segments APP1
        if simplejpeg is None or _APP1 in places or _START_OF_SCAN not in places:
            return None
        try:
            height, width, colours, _ = simplejpeg.decode_jpeg_header(content)
        except ValueError:
            return None
        if colours != "YCbCr" or height * width > (Image.MAX_IMAGE_PIXELS or 0):
            return None
        return cls(content, height, width, places.get(_BASELINE))

    def pixels(self, rows: int | None = None) -> Tensor | None:
        """uint8 (3, H, W); None where they are damaged, or merely odd.

        Args:
            rows: How many, from the top, will be looked at; where that saves time, those far below are missing.
        """
        shorter = None if rows is None else self._shortened(rows)
        try:
            # what is left over at the end is a mistake to a strict decoder
            found = _simplejpeg().decode_jpeg(shorter or self.content, strict=shorter is None)  # type: ignore[union-attr]
        except ValueError:
            return None
        return torch.from_numpy(found).permute(2, 0, 1)  # (3, H, W)

    def _shortened(self, rows: int) -> bytearray | None:
        """The file with a header that claims less height, at which a decoder stops; None where that saves or spoils.

        One block of rows more than asked for, since colours are smoothed across the border of two blocks. A file that
        is cut off has no end; it is decoded whole, so that it is found out.
        """
        enough = _BLOCK * (-(-rows // _BLOCK) + 1)
        if enough >= self.height or self.frame is None or not self.content.endswith(_END):
            return None
        shorter = bytearray(self.content)
        shorter[self.frame + 5 : self.frame + 7] = enough.to_bytes(2, "big")  # after marker, length and bits
        return shorter


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
