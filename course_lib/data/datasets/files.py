"""Folders of pictures as people have them: which classes, which pictures, and what is wrong with them."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from course_lib.config.errors import DataError, nearest

EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp", ".gif")

# What a data set's halves are called. A folder of these is one level above the classes.
HALVES = {"train", "training", "val", "valid", "validation", "test", "testing"}


def data_folder() -> Path:
    """Where data sets lie: the environment variable ``COURSE_DATA``, else ``data`` in the current folder."""
    return Path(os.environ.get("COURSE_DATA") or "data").expanduser()


def resolve(path: str | Path) -> Path:
    """A path as a config writes it: one that begins with ``data`` lies in the data folder, wherever that is."""
    path = Path(path).expanduser()
    return data_folder().joinpath(*path.parts[1:]) if path.parts[:1] == ("data",) else path


def root_of(data_root: str, data_prefix: str, name: str) -> Path:
    """The folder of a data set that lies in one: ``data_prefix`` below ``data_root``, or where ``name`` is prepared."""
    if not data_root and not data_prefix:
        return data_folder() / name
    return resolve(data_root) / data_prefix if data_root else resolve(data_prefix)


def need_folder(path: Path, what: str) -> Path:
    """The path, if it is a folder.

    Raises:
        DataError: it is not; the message names the nearest folder that is there, and what it holds.
    """
    if not path.is_dir():
        raise DataError(f"{what} {path} is a file, not a folder." if path.exists() else _missing(path, what))
    return path


def need_file(path: Path, what: str) -> Path:
    """The path, if it is a file.

    Raises:
        DataError: it is not; as ``need_folder``.
    """
    if not path.is_file():
        raise DataError(f"{what} {path} is a folder, not a file." if path.exists() else _missing(path, what))
    return path


def _missing(path: Path, what: str) -> str:
    parent = next(folder for folder in path.absolute().parents if folder.is_dir())
    names = sorted(entry.name for entry in parent.iterdir() if is_visible(entry.name))
    best = nearest(path.absolute().relative_to(parent).parts[0], names)
    hint = f" Did you mean {str(parent / best)!r}?" if best else ""
    return f"{what} {path} does not exist. The nearest folder that does is {parent}, which holds {listed(names)}.{hint}"


def is_visible(name: str) -> bool:
    """Whether a file or folder is the user's, not one that a system or a notebook leaves behind."""
    return not name.startswith((".", "__MACOSX")) and name != "Thumbs.db"


def class_folders(folder: Path) -> list[str]:
    """The names of the folders in it, sorted."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir() and is_visible(entry.name))


def find_halves(content: Path, halves: tuple[str, str]) -> list[Path]:
    """The folders of both halves, somewhere in an unpacked archive; [] if there are none."""
    for first in (content / halves[0], *content.glob(f"*/{halves[0]}")):
        if first.is_dir() and (first.parent / halves[1]).is_dir():
            return [first, first.parent / halves[1]]
    return []


def list_pictures(folder: Path, extensions: Sequence[str] = EXTENSIONS) -> list[str]:
    """The pictures in a folder and below, as paths relative to it with ``/``, sorted."""
    return sorted(name for name in _all_files(folder) if _has_ending(name, extensions))


def _has_ending(name: str, extensions: Sequence[str]) -> bool:
    return name.lower().endswith(tuple(extension.lower() for extension in extensions))


def _all_files(folder: Path) -> Iterable[str]:
    for parent, folders, files in os.walk(folder, followlinks=True):
        folders[:] = filter(is_visible, folders)
        below = Path(parent).relative_to(folder)
        yield from ((below / name).as_posix() for name in files if is_visible(name))


def no_pictures(folder: Path, extensions: Sequence[str]) -> DataError:
    """The error for a folder without a picture: what was searched, and what is there instead."""
    endings = Counter(Path(name).suffix.lower() or "no ending" for name in _all_files(folder))
    others = ", ".join(f"{count:,} of {ending}" for ending, count in endings.most_common(5))
    found = f"other files are there: {others}" if endings else "it is empty"
    return DataError(f"{folder} holds no picture; {found}. Files that end in {' '.join(extensions)} were searched for.")


def listed(names: Sequence[str], at_most: int = 8) -> str:
    """Names for a sentence, cut short."""
    if not names:
        return "nothing"
    return ", ".join(names[:at_most]) + (f" and {len(names) - at_most:,} more" if len(names) > at_most else "")
