"""What the system itself enforces on a submission's process: namespaces, where a user may make them, and limits.

``enter`` is called once, by the sandbox before it imports anything large; ``close_off`` in each forked child.
"""

import contextlib
import ctypes
import os
import platform
import resource
import signal
import sys
from pathlib import Path

from . import linux
from .linux import call, make_read_only, mount, show

GIB = 2**30
MEMORY_BYTES, FILE_BYTES, MAX_PROCESSES = 2 * GIB, 32 * 2**20, 24
FOLDER, FOLDER_BYTES = Path("/submission"), 64 * 2**20
NOBODY = 65534


def possible(tree: Path) -> bool:
    """Whether ``enter`` works on this system; tried in a child, as half of it cannot be taken back."""
    if sys.platform != "linux" or platform.machine() not in linux.PIVOT_ROOT:
        return False
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            enter(tree)
            grandchild = os.fork()
            if grandchild == 0:
                with contextlib.suppress(BaseException):
                    close_off(10.0, isolated=True)
                    os._exit(0)
                os._exit(1)
            code = os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1])
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def enter(tree: Path) -> None:
    """Leave the network and the disk: from here on only Python's folders and ``tree`` are seen, read-only.

    Raises:
        OSError: the system does not allow it.
    """
    _new_users()
    call("mount", b"none", b"/", None, linux.RECURSIVE | linux.PRIVATE, None)
    root = tree / ".root"
    root.mkdir(exist_ok=True)
    mount("tmpfs", root, linux.NO_SUID | linux.NO_DEVICES, "mode=755")
    for folder in _needed(tree):
        show(folder, root)
    folder = root / FOLDER.relative_to("/")
    folder.mkdir()
    mount(
        "tmpfs", folder, linux.NO_SUID | linux.NO_DEVICES, f"size={FOLDER_BYTES}"
    )  # some imports need a temporary file
    for installed in _installed_packages(tree):  # in place of one with the references
        target = root / installed.relative_to("/")
        if target.is_dir():
            call("mount", bytes(tree / "course_lib"), bytes(target), None, linux.BIND, None)
            make_read_only(target, 0)
    for device in ("null", "zero", "random", "urandom"):
        show(Path("/dev", device), root, read_only=False)
    show(Path("/proc"), root, read_only=False)
    os.chdir(root)
    call("syscall", linux.PIVOT_ROOT[platform.machine()], b".", b".")
    call("umount2", b".", linux.DETACH)
    os.chdir("/")
    make_read_only(Path("/"), 0)


def close_off(cpu_s: float, *, isolated: bool) -> None:
    """In a forked child, before anything of the learner's is run: limits, and, where ``isolated``, no way back.

    Where isolated, this process only waits from here on (SIGTERM makes it end what it waits for), and a child of it
    returns, the first process of a namespace of its own: when it ends, the kernel ends all that it started.

    Raises:
        OSError: the system does not allow it.
    """
    if isolated:
        call("unshare", linux.NEW_PIDS | linux.NEW_MOUNTS | linux.NEW_IPC)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        child = os.fork()
        if child:
            signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGKILL))
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            os._exit(code if code >= 0 else 128 - code)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        try:
            mount("proc", Path("/proc"), linux.NO_SUID | linux.NO_DEVICES, "")
        except OSError:  # containers hide parts of it, and the kernel then shows none of it
            mount("tmpfs", Path("/proc"), linux.NO_SUID | linux.NO_DEVICES, "size=4k")
        mount("tmpfs", FOLDER, linux.NO_SUID | linux.NO_DEVICES, f"size={FOLDER_BYTES},mode=777")
        os.chdir(FOLDER)
    seconds = max(int(cpu_s), 1)
    for limit, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_DATA, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_NPROC, MAX_PROCESSES if isolated else _processes_of_this_user() + MAX_PROCESSES),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS knows fewer; a lower limit may be set already
            resource.setrlimit(limit, (value, value))
    if isolated:
        _give_up_rights()


def _processes_of_this_user() -> int:
    """How many processes and threads this user has; outside a namespace the limit counts all of them."""
    count = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, IndexError):
            if status.stat().st_uid == os.getuid():
                count += int(status.read_text().partition("Threads:")[2].split()[0])
    return count or 1000  # macOS has no /proc


def _new_users() -> None:
    """Namespaces for this process, in which it is root. A root outside also gets a "nobody": limits bind only him."""
    outside = os.getuid(), os.getgid()
    ready, go = os.pipe()
    pid = os.getpid()
    helper = os.fork()
    if helper == 0:
        os.close(go)
        os.read(ready, 1)
        for kind, number in zip(("uid", "gid"), outside, strict=True):
            extra = f"\n{NOBODY} {NOBODY} 1" if number == 0 else ""
            with contextlib.suppress(OSError):
                if kind == "gid" and outside[0]:
                    Path(f"/proc/{pid}/setgroups").write_text("deny")
                Path(f"/proc/{pid}/{kind}_map").write_text(f"0 {number} 1{extra}")
        os._exit(0)
    os.close(ready)
    try:
        call("unshare", linux.NEW_USERS | linux.NEW_MOUNTS | linux.NEW_UTS | linux.NEW_IPC | linux.NEW_NETWORK)
    finally:
        os.close(go)
        os.waitpid(helper, 0)
    if os.getuid() != 0:
        raise PermissionError("the new user namespace has no map")


def _give_up_rights() -> None:
    with contextlib.suppress(OSError):  # a nobody there is only where a root grades; others have no right to drop to
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    call("prctl", linux.NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    version_and_pid = (ctypes.c_uint32 * 2)(0x20080522, 0)
    call("capset", version_and_pid, (ctypes.c_uint32 * 6)())
    # set last, as a change of rights takes it back: no process of a submission outlives the one that waits for it
    call("prctl", linux.PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _needed(tree: Path) -> list[Path]:
    """The folders that Python and its libraries are read from, none inside another one."""
    system = [Path(folder) for folder in ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache")]
    python = [Path(folder) for folder in (sys.prefix, sys.base_prefix, sys.exec_prefix)]
    # no other folder of sys.path: a source tree that is installed for editing is one of them
    python += [Path(folder) for folder in sys.path if Path(folder).name in ("site-packages", "dist-packages")]
    found = [folder for folder in (*system, *python, tree) if folder.exists()]
    found += [folder.resolve() for folder in found]
    return sorted({one for one in found if not any(other in one.parents for other in found)})


def _installed_packages(tree: Path) -> list[Path]:
    folders = [Path(folder, "course_lib") for folder in sys.path if folder]
    return [folder.resolve() for folder in folders if folder.is_dir() and folder != tree / "course_lib"]
