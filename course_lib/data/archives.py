"""Unpacking archives of unknown origin: nothing is written outside the folder, and there is never half a folder."""

import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from tqdm import tqdm

from course_lib.config.errors import DataError


@contextmanager
def unpacked(archive: Path, beside: Path) -> Iterator[Path]:
    """A temporary folder with the content of a tar or zip file; what is wanted of it is to be moved away.

    Args:
        archive: ``.tar``, ``.tar.gz``, ``.tgz``, ``.tar.xz``, ``.tar.bz2`` or ``.zip``.
        beside: The folder is made next to this path, so that moving is only renaming.

    Raises:
        DataError: the archive is missing, damaged, or wants to write outside the folder; or the disk is full.
    """
    with temporary_folder(beside) as folder:
        unpack(archive, folder)
        yield folder


@contextmanager
def temporary_folder(beside: Path) -> Iterator[Path]:
    """The path of a folder next to ``beside``, not made yet; it is removed at the end, whatever happened."""
    folder = beside.with_name(f"{beside.name}.unpacking")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar or zip file into a folder, which is made; what is there already is kept.

    Raises:
        DataError: the archive is missing, damaged, or wants to write outside the folder; or the disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _unpack(archive, folder)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError) as error:
        raise DataError(f"{archive} is damaged, or not safe to unpack: {error}.") from error
    except OSError as error:
        raise DataError(f"{archive} cannot be unpacked to {folder}: {error.strerror or error}.") from error


def has_archive_name(path: Path) -> bool:
    """Whether a file is called as archives are; what it is, ``unpack`` finds out."""
    return path.name.lower().endswith((".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".zip"))


def move_into(paths: list[Path], folder: Path) -> None:
    """Move into a folder, in this order; the last one is the sign that all are there.

    Raises:
        DataError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            path.replace(folder / path.name)
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror or error}.") from error


def _unpack(archive: Path, folder: Path) -> None:
    if archive.is_dir():
        raise DataError(
            f"{archive} is a folder, and holds no archive of the published name. Pictures that are unpacked already, a "
            "folder a class, are divided by: course data split FOLDER data/NAME."
        )
    if not archive.is_file():
        raise DataError(f"there is no archive {archive}.")
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for info in _progress(packed.infolist(), archive):
                name = PurePosixPath(info.filename.replace("\\", "/"))
                if name.is_absolute() or ".." in name.parts:
                    raise DataError(f"{archive} is not safe to unpack: {info.filename!r} would lie outside the folder.")
                packed.extract(info, folder)
    elif tarfile.is_tarfile(archive):
        if not hasattr(tarfile, "data_filter"):
            raise DataError("unpacking an archive safely needs Python 3.11.4 or newer.")
        with tarfile.open(archive) as packed_tar:
            for member in _progress(packed_tar, archive):
                packed_tar.extract(member, folder, filter="data")
    else:
        raise DataError(f"{archive} is no archive that can be read here: .tar, .tar.gz, .tar.xz, .tar.bz2 or .zip.")


def _progress(members: "tqdm | tarfile.TarFile | list[zipfile.ZipInfo]", archive: Path) -> tqdm:
    return tqdm(members, desc=f"unpacking {archive.name}", unit=" files", leave=False, disable=None, delay=1)
