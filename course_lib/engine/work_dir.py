"""A run's folder: that it can be written is found out before the work, and only one training writes into it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from course_lib.config.errors import ConfigError, CourseError


def writable(folder: Path) -> Path:
    """The folder, made where it is missing.

    Raises:
        ConfigError: nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-test-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise ConfigError(
            f"the work folder {folder} cannot be written: {error.strerror}. Choose another work_dir."
        ) from error
    return folder


@contextmanager
def alone_in(folder: Path | None) -> Iterator[None]:
    """Keep a second training out of the folder; the system itself lifts the lock of a process that was killed.

    Raises:
        CourseError: another training is at work there.
    """
    if folder is None:
        yield
        return
    lock = FileLock(folder / ".training.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise CourseError(
            f"another training is at work in {folder}. Wait for its end, or choose another work_dir."
        ) from None
    try:
        yield
    finally:
        lock.release()  # its file stays: who has opened it meanwhile would lock a deleted one, and the next a new one
