"""Bytes of a picture file → uint8 tensor (3, H, W), RGB, the way up it was taken.

Whatever people keep in a folder must either work or be named: greyscale, CMYK, palettes, transparency, 16 bits and
rotated photos are brought to plain RGB; a file that is broken, truncated, empty or no picture is a ``PictureError``.
An ordinary JPEG goes straight to the quickest decoder (``jpeg.py``); for all else Pillow reads header and pixels.
"""

import io
import warnings
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from course_lib.config.errors import DataError

from .jpeg import PlainJpeg, decode_jpeg

_ORIENTATION = 0x0112  # the EXIF tag
_RESAVE = "Save it again as an ordinary 8-bit PNG or JPEG."


class PictureError(DataError):
    """One file cannot be read as a picture; the others of its data set may be fine."""


def decode(source: bytes | str | Path, name: str = "") -> Tensor:
    """Read a picture of any common kind.

    Transparent pictures are laid on white, since that is how most programs show them; dropping the alpha channel would
    bring to light colours that nobody ever saw. 16-bit values are scaled to 8 bits.

    Args:
        source: A path, or a file's content.
        name: What errors call it; by default the path.

    Returns:
        uint8 (3, H, W), RGB, turned as its EXIF orientation says.

    Raises:
        PictureError: the file is missing, empty, truncated, broken, too large or no picture.
    """
    content, name = read_picture(source, name)
    plain = PlainJpeg.read(content)
    if plain is not None and (pixels := plain.pixels()) is not None:
        return pixels
    with _open(content, name) as picture:
        orientation = _orientation(picture)
        try:
            is_jpeg = picture.format in ("JPEG", "MPO") and picture.mode == "RGB"  # MPO: a phone's, several in a file
            image = decode_jpeg(content) if is_jpeg else None
            if image is None:
                _open(content, name).verify()  # a PNG's checksums, which reading its pixels passes over
                image = _to_tensor(picture, name)
        except PictureError:
            raise
        except Exception as error:  # the decoders raise nearly any type for a broken file
            raise PictureError(f"{name} is damaged or truncated: {_reason(error)}.") from error
    return _turn(image, orientation)


def from_pillow(picture: Image.Image) -> Tensor:
    """A picture that Pillow has opened, as ``decode`` gives its file: uint8 (3, H, W).

    Raises:
        PictureError: its numbers are no brightness, or its file is damaged.
    """
    try:
        return _turn(_to_tensor(picture, "the picture"), _orientation(picture))
    except OSError as error:  # Pillow reads the pixels only now
        raise PictureError(f"the picture is damaged or truncated: {_reason(error)}.") from error


def picture_size(source: bytes | str | Path, name: str = "") -> tuple[int, int]:
    """The (H, W) that ``decode`` will give, from the file's header alone.

    Raises:
        PictureError: the file is missing, empty, too large or no picture.
    """
    content: bytes | Path = source if isinstance(source, bytes) else Path(source)
    with _open(content, name or ("the picture" if isinstance(source, bytes) else str(source))) as picture:
        width, height = picture.size
        return (width, height) if _orientation(picture) >= 5 else (height, width)  # 5 to 8 stand on their side


def read_picture(source: bytes | str | Path, name: str = "") -> tuple[bytes, str]:
    """The file's content, and what to call it in errors.

    Raises:
        PictureError: the file cannot be read.
    """
    if isinstance(source, bytes):
        return source, name or "the picture"
    name = name or str(source)
    try:
        with open(source, "rb", buffering=0) as file:
            return file.read(), name
    except OSError as error:
        raise PictureError(_unreadable(name, error)) from error


def _open(source: bytes | Path, name: str) -> Image.Image:
    """The picture with its header read, but not its pixels."""
    if source == b"":
        raise PictureError(f"{name} is empty (0 bytes).")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a large photo is fine; what is far too large is an error
            return Image.open(io.BytesIO(source) if isinstance(source, bytes) else source)
    except Image.DecompressionBombError as error:
        limit = 2 * (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise PictureError(f"{name} is too large: its header claims more than {limit} million pixels.") from error
    except Image.UnidentifiedImageError as error:
        if isinstance(source, Path) and source.stat().st_size == 0:
            raise PictureError(f"{name} is empty (0 bytes).") from error
        raise PictureError(f"{name} is not a picture, or of a kind that cannot be read here.") from error
    except OSError as error:
        if error.errno is not None:  # the file system's, such as a missing file
            raise PictureError(_unreadable(name, error)) from error
        raise PictureError(f"{name} is damaged or truncated: {_reason(error)}.") from error
    except Exception as error:  # Pillow's readers raise nearly any type for a broken header
        raise PictureError(f"{name} is damaged or truncated: {_reason(error)}.") from error


def _unreadable(name: str, error: OSError) -> str:
    return f"{name} cannot be read: {(error.strerror or str(error)).lower()}."


def _reason(error: Exception) -> str:
    """The last part of a decoder's complaint: torchvision's begins with a C++ file and line."""
    return (str(error) or type(error).__name__).splitlines()[0].rpartition(", ")[2].strip(" .")


def _to_tensor(picture: Image.Image, name: str) -> Tensor:
    """Any of Pillow's modes as uint8 (3, H, W); a file of several pictures (GIF, TIFF) gives its first."""
    picture.load()
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        return _scaled_grey(np.asarray(picture), name)
    if "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1)  # (3, H, W)


def _scaled_grey(values: np.ndarray, name: str) -> Tensor:
    """Greyscale (H, W) of 16 bits a pixel as uint8 (3, H, W): 65535 becomes 255."""
    if values.dtype.kind == "f" or values.min() < 0 or values.max() > 65535:
        raise PictureError(f"{name} holds 32-bit numbers, and it is not known which of them is white. {_RESAVE}")
    scaled = (values.astype(np.uint32) + 128) // 257  # 257 = 65535 / 255; rounded to the nearest
    return torch.from_numpy(scaled.astype(np.uint8)).expand(3, -1, -1).contiguous()


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1, upright, where there is none that makes sense."""
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # damaged EXIF data does not spoil the picture
        return 1
    return value if value in range(1, 9) else 1


def _turn(image: Tensor, orientation: int) -> Tensor:
    """Undo the camera's rotation and mirroring of (3, H, W); from 5 on, height and width change places."""
    flips: dict[int, list[int]] = {2: [2], 3: [1, 2], 4: [1], 6: [2], 7: [1, 2], 8: [1]}
    image = image.transpose(1, 2) if orientation >= 5 else image
    return image.flip(flips[orientation]) if orientation in flips else image
