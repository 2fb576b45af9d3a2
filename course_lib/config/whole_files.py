"""Files that are whole at every moment: written under another name, which is changed once the last byte is there.

A kill, an error or a full disk so leaves the file that was there before. It stands here because every floor may use it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path, *, own_name: bool = False) -> Iterator[Path]:
    """A temporary name beside ``path``, which becomes ``path`` at the end; after an error its file is deleted.

    Args:
        own_name: Whether several processes may write the file at the same time; each then takes a name of its own.
            Otherwise the name is always the same, so that the next run deletes what a kill has left.

    Raises:
        OSError: the folder is missing or cannot be written, or the disk is full.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial" if own_name else f".{path.name}.partial")
    partial.unlink(missing_ok=True)  # of a run that was killed; it may be a link, which is not to be written through
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path, text: str, *, own_name: bool = False) -> None:
    """Write text, in UTF-8, as ``whole_file`` does."""
    with whole_file(path, own_name=own_name) as partial:
        partial.write_text(text, encoding="utf-8")
