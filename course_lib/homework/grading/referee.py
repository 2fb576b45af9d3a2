"""The process that knows the references: it makes the inputs, and compares what the sandbox's values say.

It never runs a learner's code. But a value may be a config that it trains with for a step, or an array as large as its
sender liked: so it has a limit of memory, and the parent ends it when it takes too long and starts another one.
"""

import contextlib
import copy
import io
import json
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..check import explained
from ..compare import Case, Difference, short
from ..exercise import Exercise
from ..exercises import find
from ..judge import Outcome, Verdict, short_error, weigh
from ..limits import TimeLimit, within
from . import channel
from .plan import pack_plan
from .replay import plain, recording, replayed
from .values import Packer, unpack

MEMORY_BYTES = 4 * 2**30


@dataclass(frozen=True)
class Task:
    """An exercise, its cases, what the reference makes of them, and whether answers are played again."""

    exercise: Exercise
    cases: list[Case]
    expected: list[Any]
    replayed: list[bool]


def main(fd: int, names: list[str], seed: int) -> None:
    """Serve until the parent hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = socket.socket(fileno=fd)
    tasks = {name: make_task(find(name), seed) for name in names}
    plan = pack_plan([(task.exercise, [case.args for case in task.cases], task.replayed) for task in tasks.values()])
    channel.send(parent, json.dumps({"torch": "torch" in sys.modules}).encode())
    channel.send(parent, plan)
    _limit_memory()
    while True:
        try:
            request = json.loads(channel.receive(parent)[0])
            frame, _ = channel.receive(parent)
        except EOFError:
            return
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            marks = mark(tasks[request["exercise"]], frame, request["lost"])
        channel.send(parent, json.dumps(marks).encode())


def make_task(exercise: Exercise, seed: int) -> Task:
    """Draw the cases and let the reference solve them."""
    cases, expected, again = [], [], []
    for case in exercise.cases(np.random.default_rng(seed)):
        calls: list[Any] = []
        values: list[Any] = []
        solve = exercise.reference if isinstance(exercise.reference, type) else _keeping(exercise.reference, values)
        use = exercise.use if isinstance(exercise.reference, type) else recording(exercise.use, Packer(), calls)
        cases.append(copy.deepcopy(case))
        expected.append(use(solve, *copy.deepcopy(case.args)))
        told = bool(calls) and all(map(plain, calls))
        # what an answer does beside returning values, such as writing files, cannot be played again
        again.append(told and weigh(exercise, case, expected[-1], _play(exercise, case, values)) is None)
    return Task(exercise, cases, expected, again)


def _keeping(answer: Callable[..., Any], values: list[Any]) -> Callable[..., Any]:
    """The same function, which adds a copy of each value that it returns to ``values``."""

    def call(*args: Any, **named: Any) -> Any:
        value = answer(*args, **named)
        values.append(copy.deepcopy(value))
        return value

    return call


def mark(task: Task, frame: bytes, lost: str = "") -> dict[str, Any]:
    """The points of an answer, and what is said of it, as JSON.

    Args:
        frame: What the sandbox's child wrote.
        lost: Why there is no frame.
    """
    exercise = task.exercise
    why = lost
    verdict = Verdict("failed")
    if not lost:
        try:
            verdict, why = _verdict(task, frame)
        except (ValueError, TypeError, KeyError, AttributeError, MemoryError, TimeLimit) as error:
            why = f"What its process sent cannot be read: {type(error).__name__}: {short_error(error, 120)}."
    passed = verdict.status == "passed"
    sentences, rows = ((why,), ()) if why else explained(exercise, verdict)
    return {
        "exercise": exercise.name,
        "status": verdict.status,
        "points": exercise.points if passed else 0,
        "of": exercise.points,
        "sentences": sentences,
        "rows": rows,
        "hints": [] if passed or lost else exercise.hints,
    }


def _verdict(task: Task, frame: bytes) -> tuple[Verdict, str]:
    tree, give = unpack(frame)
    if tree["status"] == "missing":
        return Verdict("not yet"), str(tree["why"])
    if tree["status"] == "not yet":
        return Verdict("not yet"), "It is still the stub: a `...` waits to be replaced."
    printed = str(tree.get("printed", ""))[:1000]
    for index, (case, expected) in enumerate(zip(task.cases, task.expected, strict=True)):
        part = tree["outcomes"][index] if index < len(tree["outcomes"]) else {"mistake": ["nothing", "", "It is lost."]}
        if "mistake" in part:
            got, wanted, why = map(str, part["mistake"])
            if index == 0 and wanted.startswith(f"{task.exercise.function_name}("):  # the signature, not this case
                return Verdict("failed", difference=Difference(got, wanted, why), printed=printed), ""
            outcome = Outcome(mistake=Difference(got, wanted, why))
        elif task.replayed[index]:
            outcome = _play(task.exercise, case, [give(value) for value in part["calls"]])
        else:
            outcome = Outcome(give(part["value"]))
        if difference := within(task.exercise.limit_s, lambda: weigh(task.exercise, case, expected, outcome)):  # noqa: B023
            return Verdict("failed", index + 1, case, difference, printed), ""
    return Verdict("passed", len(task.cases), printed=printed), ""


def _play(exercise: Exercise, case: Case, values: list[Any]) -> Outcome:
    """Put the answer's values to use as the answer itself would have been."""
    args = copy.deepcopy(case.args)
    try:
        return Outcome(within(exercise.limit_s, lambda: exercise.use(replayed(values), *args)))
    except TimeLimit:
        why = "To put it to use took too long."
    except Exception as error:
        why = f"To put it to use stopped with {type(error).__name__}: {short_error(error)}."
    return Outcome(mistake=Difference(", ".join(map(short, values[:3])), "", why))


def _limit_memory() -> None:
    import resource  # not on Windows, where nothing is graded

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
