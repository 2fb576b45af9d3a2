"""The parent's side: one sandbox and one referee, through which submissions go one after another, with the clock."""

import contextlib
import json
import os
import select
import signal
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from ..exercise import Exercise
from . import channel, server
from .server import Server, source_tree
from .values import MAX_BYTES

LOAD_S, GRACE_S = 20.0, 3.0


class Lost(Exception):
    """A submission's process came to no result; the message says why."""


class Lane:
    """Grades submissions one after another.

    Args:
        exercises: What is graded.
        seed: Of the inputs.
        modules: What the submissions import.
        tree: A folder filled by ``copy_without_references``.
    """

    def __init__(self, exercises: list[Exercise], seed: int, modules: list[str], tree: Path) -> None:
        self.exercises, self.seed, self.modules, self.tree = exercises, seed, modules, tree
        self.isolated = False

    def __enter__(self) -> "Lane":
        self._start_referee()
        try:
            self._start_sandbox()
        except BaseException:
            self.referee.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.sandbox.end()
        self.referee.end()

    def grade(self, source: str, file: str) -> list[dict[str, Any]]:
        """The marks of each exercise, see ``referee.mark``; ``source`` is what ``read_source`` gave."""
        marks: list[dict[str, Any]] = []
        while len(marks) < len(self.exercises):
            waiting = self.exercises[len(marks) :]
            # a submission that ends its process loses the exercise at hand; the others get a new process
            for frame, lost in self._answers(source, file, waiting):
                marks.append(self._mark(self.exercises[len(marks)], frame, lost))
        return marks

    def nothing(self, why: str) -> list[dict[str, Any]]:
        """The marks of a submission that cannot be run."""
        return [self._mark(exercise, b"", why) for exercise in self.exercises]

    def _answers(self, source: str, file: str, exercises: list[Exercise]) -> list[tuple[bytes, str]]:
        """The frames of one process up to the first that is lost, as (frame, why it is lost)."""
        answers: list[tuple[bytes, str]] = []
        job = {"source": source, "file": file, "exercises": [exercise.name for exercise in exercises]}
        incoming, outgoing = os.pipe()
        try:
            try:
                channel.send(self.sandbox.channel, json.dumps(job).encode(), (outgoing,))
                pid = json.loads(self.sandbox.receive())["pid"]
            except (EOFError, TimeoutError, OSError):
                self._restart_sandbox()
                return [(b"", "It ended the grader's own process.")] * len(exercises)
            finally:
                os.close(outgoing)
            why = ""
            try:
                _frame(incoming, LOAD_S, "To read its imports and definitions")
                for exercise in exercises:
                    name = f"`{exercise.function_name}`"
                    answers.append((_frame(incoming, exercise.limit_s + GRACE_S, name), ""))
            except Lost as error:
                why = str(error)
            code = self._end(pid)
            if why:
                loaded = bool(answers) or "definitions" not in why
                reason = _reason(why, code)
                answers += [(b"", reason)] * (1 if loaded else len(exercises) - len(answers))
        finally:
            os.close(incoming)
        return answers

    def _end(self, pid: int) -> int:
        """End a submission's processes; returns the first one's exit code."""
        try:
            self.sandbox.channel.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                return int(json.loads(self.sandbox.receive())["code"])
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if self.isolated:
                    os.kill(pid, signal.SIGTERM)  # the waiting process ends the namespace
                else:
                    os.killpg(pid, signal.SIGKILL)
            self.sandbox.channel.settimeout(10.0)
            return int(json.loads(self.sandbox.receive())["code"])
        except (EOFError, TimeoutError, OSError):
            self._restart_sandbox()
            return -signal.SIGKILL
        finally:
            self.sandbox.channel.settimeout(server.START_S)

    def _mark(self, exercise: Exercise, frame: bytes, lost: str) -> dict[str, Any]:
        for why in (lost, "What it returned could not be compared in time or in memory."):
            request = json.dumps({"exercise": exercise.name, "lost": why}).encode()
            try:
                self.referee.channel.settimeout(4 * exercise.limit_s + 10)
                channel.send(self.referee.channel, request)
                channel.send(self.referee.channel, b"" if why else frame)
                marks: dict[str, Any] = json.loads(self.referee.receive())
                return marks
            except (EOFError, TimeoutError, OSError):
                self.referee.end()
                self._start_referee()
        raise RuntimeError(f"the referee does not answer ({exercise.name})")

    def _start_referee(self) -> None:
        code = (
            "from course_lib.homework.grading.referee import main; main(int(sys.argv[1]), sys.argv[2].split(','), "
            "int(sys.argv[3]))"
        )
        names = ",".join(exercise.name for exercise in self.exercises)
        self.referee = Server(code, source_tree(), names, str(self.seed))
        self.needs_torch = json.loads(self.referee.started())["torch"]
        self.plan = self.referee.receive()

    def _start_sandbox(self) -> None:
        code = (
            "from pathlib import Path; from course_lib.homework.grading.sandbox import main; "
            "main(int(sys.argv[1]), Path(sys.argv[2]))"
        )
        self.sandbox = Server(code, self.tree, str(self.tree))
        modules = ["torch"] * self.needs_torch + self.modules
        channel.send(self.sandbox.channel, json.dumps({"modules": modules}).encode())
        channel.send(self.sandbox.channel, self.plan)
        self.isolated = bool(json.loads(self.sandbox.started())["isolated"])

    def _restart_sandbox(self) -> None:
        self.sandbox.end()
        self._start_sandbox()


def _frame(pipe: int, limit_s: float, what: str) -> bytes:
    """The next frame of a submission's process.

    Raises:
        Lost: it ended, took too long, or wrote something else.
    """
    until = time.monotonic() + limit_s
    size = int.from_bytes(_read(pipe, 8, until, what), "big")
    if size > MAX_BYTES:
        raise Lost(f"{what} gave more than {MAX_BYTES // 2**20} MiB.")
    return _read(pipe, size, until, what)


def _read(pipe: int, size: int, until: float, what: str) -> bytes:
    data = bytearray()
    while len(data) < size:
        ready, _, _ = select.select([pipe], [], [], max(until - time.monotonic(), 0))
        if not ready:
            raise Lost(f"{what} took too long and could not be interrupted.")
        part = os.read(pipe, min(size - len(data), 2**20))
        if not part:
            raise Lost(f"{what} ended the process")
        data += part
    return bytes(data)


def _reason(why: str, code: int) -> str:
    """Why an answer is lost, with how its process ended."""
    if why.endswith("."):
        return why
    number = code - 128 if code > 128 else -code if code < 0 else 0
    if number == signal.SIGXCPU or (number == signal.SIGKILL and code > 128):
        return f"{why}: the system killed it, for too much processor time or memory."
    return f"{why} ({signal.Signals(number).name})." if number else f"{why} (exit code {code})."
