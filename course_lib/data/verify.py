"""Does every picture of a folder open? The broken ones are listed, none is deleted."""

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from .datasets.files import EXTENSIONS, list_pictures, need_folder, no_pictures
from .decode import PictureError, decode


@dataclass(frozen=True)
class Broken:
    """A picture that cannot be read: its path, relative to the folder, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Report:
    """How many pictures a folder has, and which of them are broken."""

    folder: Path
    checked: int
    broken: list[Broken]


def verify_folder(folder: str | Path, extensions: Sequence[str] = EXTENSIONS) -> Report:
    """Decode every picture in a folder and below.

    Raises:
        DataError: the folder is missing or holds no picture.
    """
    folder = need_folder(Path(folder), "the folder")
    names = list_pictures(folder, extensions)
    if not names:
        raise no_pictures(folder, extensions)
    return Report(folder, len(names), broken_pictures(folder, names))


def broken_pictures(folder: Path, names: Sequence[str]) -> list[Broken]:
    """Those of the named pictures that do not decode, in the given order."""
    # The decoders let other threads work meanwhile. They also set warning filters, which all threads share, so that one
    # may put back another's: afterwards they are what they were.
    with warnings.catch_warnings(), ThreadPoolExecutor() as pool:
        reasons = pool.map(lambda name: _why_broken(folder / name), names)
        bar = tqdm(reasons, desc="verifying", total=len(names), unit=" pictures", delay=1, leave=False, disable=None)
        return [Broken(name, reason) for name, reason in zip(names, bar, strict=True) if reason]


def _why_broken(path: Path) -> str:
    """The reason; '' for a sound picture."""
    try:
        decode(path)
    except PictureError as error:
        return str(error).removeprefix(str(path)).strip()
    return ""
