"""A process that the parent starts for grading: a fresh interpreter, an environment of its own, a channel to it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import course_lib
from course_lib.config.errors import CourseError

from . import channel

START_S = 120.0
ENVIRONMENT = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "CUDA_VISIBLE_DEVICES": "",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}


def copy_without_references(target: Path) -> None:
    """The package, less the lessons' solutions, in a folder that anybody may read."""
    target.chmod(0o755)  # where root grades, a submission runs as nobody
    ignored = shutil.ignore_patterns("lesson_*.py", "lesson_*.pyc")
    shutil.copytree(Path(course_lib.__file__).parent, target / "course_lib", ignore=ignored)


def source_tree() -> Path:
    """The folder that the package itself is in."""
    return Path(course_lib.__file__).parents[1]


class Server:
    """One of the two processes, and the channel to it.

    Args:
        code: What it runs; ``sys`` is imported, the channel's number and ``args`` are in ``sys.argv``.
        path: Where the package is imported from.
    """

    def __init__(self, code: str, path: Path, *args: str) -> None:
        self.channel, other = socket.socketpair()
        # -I: neither the environment nor the current folder decides what is imported
        start = f"import sys; sys.path.insert(0, {str(path)!r}); {code}"
        command = [sys.executable, "-I", "-B", "-W", "ignore", "-c", start, str(other.fileno()), *args]
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
        self.process = subprocess.Popen(
            command,
            env=ENVIRONMENT,
            pass_fds=[other.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        other.close()
        self.channel.settimeout(START_S)

    def receive(self) -> bytes:
        """A message.

        Raises:
            EOFError, TimeoutError: the server ended, or hangs.
        """
        return channel.receive(self.channel)[0]

    def started(self) -> bytes:
        """Its first message.

        Raises:
            CourseError: it ended or hangs; with the last lines that it printed.
        """
        try:
            return self.receive()
        except (EOFError, TimeoutError) as error:
            self.process.kill()
            self.process.wait()
            self.log.seek(0)
            said = self.log.read()[-2000:].decode(errors="replace").strip()
            self.end()
            raise CourseError(f"a process for grading could not be started. It said:\n{said}") from error

    def end(self) -> None:
        """End it with its group."""
        self.channel.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()
