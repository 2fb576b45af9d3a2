"""From the published files of a data set, fetched or at hand, to its folder: unpack, look, and rename last."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from course_lib.config.errors import DataError

from .archives import has_archive_name, temporary_folder, unpack
from .datasets.files import is_visible, listed
from .published import published_files
from .sources import Source


def assemble(source: Source, folder: Path, given: Path | None = None) -> Path:
    """Make the folder of a data set, in the layout that its class reads.

    Args:
        source: The data set.
        folder: Where it goes. What is complete already is left as it is.
        given: A local archive, or the folder that holds the published files; None downloads them.

    Raises:
        DataError: there is no network or no such download, a checksum or the content is not the expected one, or the
            disk is full. ``folder`` is untouched then; what was fetched is kept for the next attempt.
    """
    if source.is_in(folder):
        return folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{folder} is there, but is not {source.name}: {_lack(source, folder)} Move it away first.")
    downloads = folder.with_name(f"{folder.name}.download")
    files = _find_files(source, given) if given is not None else _fetch_files(source, downloads)
    with temporary_folder(folder) as work:
        for file in files:
            _lay_out(file, work / "content")
        if source.nested:
            for inner in [path for path in _walk_files(work / "content") if has_archive_name(path)]:
                unpack(inner, inner.parent)
                inner.unlink()
        try:
            _arrange(source, work / "content", work / "ready", given or downloads)
            if folder.is_dir():
                folder.rmdir()
            (work / "ready").rename(folder)
        except OSError as error:
            raise DataError(f"{folder} cannot be written: {error.strerror or error}.") from error
    if given is None:
        shutil.rmtree(downloads, ignore_errors=True)
    return folder


def how_by_hand(source: Source) -> str:
    """What to do where a data set cannot be downloaded, or its server does not answer."""
    what = "--from PATH (the archive, or the folder that holds all files)"
    return f"The data set's page is {source.page}. With the download: course data prepare {source.name} {what}."


def _fetch_files(source: Source, downloads: Path) -> list[Path]:
    if source.gone:
        raise DataError(f"{source.name} cannot be downloaded: {source.gone} {how_by_hand(source)}")
    return [remote.fetch(downloads) for remote in published_files(source.name)]


def _find_files(source: Source, given: Path) -> list[Path]:
    """The files to lay out: the published ones, with the right checksums, or an archive of another name as it is."""
    if not given.exists():
        raise DataError(f"there is no archive {given}.")
    remotes = published_files(source.name)
    if given.is_file() and given.name not in {remote.name for remote in remotes}:
        return [given]
    folder = given if given.is_dir() else given.parent
    if not remotes:
        files = sorted(path for path in folder.iterdir() if has_archive_name(path) or path.suffix == ".mat")
        if not files:
            raise DataError(f"{folder} holds no archive. {_unpacked_hint(source)}")
        return files
    missing = [remote for remote in remotes if not (folder / remote.name).is_file()]
    if missing:
        raise DataError(f"{folder} holds no {missing[0].name} (from {missing[0].url}). {_unpacked_hint(source)}")
    for remote in remotes:
        remote.check(folder / remote.name)
    return [folder / remote.name for remote in remotes]


def _unpacked_hint(source: Source) -> str:
    return f"{source.name} takes the files as they are published; what is unpacked already needs no preparing."


def _lay_out(file: Path, content: Path) -> None:
    """Unpack an archive, copy a list."""
    if file.suffix != ".mat":
        return unpack(file, content)
    try:
        content.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, content / file.name)
    except OSError as error:
        raise DataError(f"{file} cannot be copied to {content}: {error.strerror or error}.") from error


def _arrange(source: Source, content: Path, ready: Path, origin: Path) -> None:
    """Move what the layout names from ``content`` to ``ready``; the first layout that can be filled is taken."""
    for layout in source.layouts:
        found = _find_parts(content, layout)
        if len(found) == len(layout):
            break
    else:
        missing = next(path for path in layout if path not in found)
        wanted = listed(layout[missing]) if layout[missing] else missing
        names = sorted(path.name for path in content.iterdir() if is_visible(path.name))
        raise DataError(
            f"{origin} is not {source.name}: no folder in it holds {wanted}. It holds {listed(names)}. "
            f"{how_by_hand(source)}"
        )
    for path, part in found.items():
        target = ready / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            part.rename(target)


def _find_parts(content: Path, layout: Mapping[str, Sequence[str]]) -> dict[str, Path]:
    """For each path of a layout the folder, or the file, that belongs there."""
    found: dict[str, Path] = {}
    for path, markers in layout.items():
        for parent, folders, names in os.walk(content):
            folders[:] = sorted(filter(is_visible, folders))
            here = Path(parent)
            if markers and here not in found.values() and all((here / marker).exists() for marker in markers):
                found[path] = here
                break
            if not markers and Path(path).name in names:
                found[path] = here / Path(path).name
                break
    return found


def _walk_files(folder: Path) -> list[Path]:
    return [
        path for path in folder.rglob("*") if path.is_file() and all(map(is_visible, path.relative_to(folder).parts))
    ]


def _lack(source: Source, folder: Path) -> str:
    layout = source.layouts[-1]
    paths = [Path(path, marker).as_posix() for path, markers in layout.items() for marker in markers or (".",)]
    return f"it lacks {listed([path for path in paths if not (folder / path).exists()])}."
