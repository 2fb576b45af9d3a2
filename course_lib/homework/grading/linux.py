"""Calls of Linux that Python 3.11 has no names for, through ctypes.

Man pages: namespaces(7), mount_setattr(2), pivot_root(2), capabilities(7), prctl(2).
"""

import ctypes
import os
from pathlib import Path

# Linux's numbers, the same on every machine but the last
NEW_MOUNTS, NEW_UTS, NEW_IPC, NEW_USERS, NEW_PIDS, NEW_NETWORK = (
    0x20000,
    0x4000000,
    0x8000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
NO_SUID, NO_DEVICES, BIND, DETACH, RECURSIVE, PRIVATE = 2, 4, 0x1000, 2, 0x4000, 0x40000
MOUNT_SETATTR, AT_CURRENT_FOLDER, AT_RECURSIVE = 442, -100, 0x8000
PARENT_DEATH_SIGNAL, NO_NEW_PRIVILEGES = 1, 38
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


class MountAttributes(ctypes.Structure):
    """``struct mount_attr``; 1 in ``set`` is read-only."""

    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("users", ctypes.c_uint64),
    )


def show(source: Path, root: Path, *, read_only: bool = True) -> None:
    """The same file or folder at the same place below ``root``; a link stays a link."""
    target = root / source.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(os.readlink(source))
        return
    if source.is_dir():
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    call("mount", bytes(source), bytes(target), None, BIND | RECURSIVE, None)
    if read_only:
        make_read_only(target, AT_RECURSIVE)


def make_read_only(folder: Path, flags: int) -> None:
    """Nothing below this mount can be written."""
    only_read = MountAttributes(1, 0, 0, 0)
    size = ctypes.sizeof(only_read)
    call("syscall", MOUNT_SETATTR, AT_CURRENT_FOLDER, bytes(folder), flags, ctypes.byref(only_read), size)


def mount(kind: str, target: Path, flags: int, options: str) -> None:
    """Mount a file system of the kernel's own, such as ``tmpfs``."""
    call("mount", kind.encode(), bytes(target), kind.encode(), flags, options.encode())


def call(function: str, *args: object) -> None:
    """Call a function of the C library.

    Raises:
        OSError: it did not return 0.
    """
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, function)(*args) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")
