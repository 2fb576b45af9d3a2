"""The judging of one answer: each case is computed by the reference and by the learner's function, until one differs.

Knows no notebook, no progress and no hints; what it returns is all that a card, a terminal or a grader shows.
"""

import copy
import inspect
import io
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .compare import Case, Difference, same, short
from .exercise import Answer, Exercise
from .limits import TimeLimit, within
from .source import failing_line, unfinished

Status = Literal["passed", "failed", "not yet"]


@dataclass(frozen=True)
class Verdict:
    """What came of judging an answer.

    Args:
        status: ``'not yet'`` where the function is still the stub.
        tried: How many inputs it was tried on.
        case: The input that failed.
        difference: What was wrong there.
        printed: The first lines that the function printed meanwhile.
    """

    status: Status
    tried: int = 0
    case: Case | None = None
    difference: Difference | None = None
    printed: str = ""


class FirstLines(io.StringIO):
    """Keeps the beginning of what is printed: a loop that prints must not fill the memory or the notebook."""

    max_chars = 1000

    def write(self, text: str) -> int:
        super().write(text[: max(self.max_chars - self.tell(), 0)])
        return len(text)


def judge(exercise: Exercise, answer: Answer, seed: int | list[int] = 0) -> Verdict:
    """Try an answer on every case of an exercise, up to the first that fails.

    Nothing that the answer raises comes out (but Ctrl-C does), and it is stopped when its time is up.
    """
    if unfinished(answer):
        return Verdict("not yet")
    if mistake := _wrong_signature(exercise, answer):
        return Verdict("failed", difference=mistake)
    left_s, tried, printed = exercise.limit_s, 0, FirstLines()
    for case in exercise.cases(np.random.default_rng(seed)):
        expected = exercise.use(exercise.reference, *copy.deepcopy(case.args))
        started = time.monotonic()
        try:
            with redirect_stdout(printed):
                difference = _try(exercise, answer, case, expected, left_s)
        except NotImplementedError:
            return Verdict("not yet", printed=printed.getvalue())
        left_s -= time.monotonic() - started
        tried += 1
        if difference is not None:
            return Verdict("failed", tried, case, difference, printed.getvalue())
    return Verdict("passed", tried, printed=printed.getvalue())


def _wrong_signature(exercise: Exercise, answer: Answer) -> Difference | None:
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):  # a function written in C does not tell; calling it will
        return None
    try:
        signature.bind(*exercise.parameters)
    except TypeError as error:
        wanted = f"{exercise.function_name}({', '.join(exercise.parameters)})"
        return Difference(f"{exercise.function_name}{signature}", wanted, f"It takes other arguments: {error}.")
    return None


def _try(exercise: Exercise, answer: Answer, case: Case, expected: Any, limit_s: float) -> Difference | None:
    args = copy.deepcopy(case.args)
    try:
        got = within(limit_s, lambda: exercise.use(answer, *args))
    except TimeLimit as error:
        line = failing_line(answer, error) or "a call"
        why = f"When the time was up, it was in {line}. Does every loop come to an end?"
        return Difference(f"nothing within {exercise.limit_s:g} seconds", short(expected), why)
    except (NotImplementedError, KeyboardInterrupt):
        raise
    except BaseException as error:  # SystemExit too: exit() in an answer must not end the notebook's kernel
        line = failing_line(answer, error)
        raised = f"{type(error).__name__}: {error}".rstrip(": ")
        return Difference(raised, short(expected), f"It stopped in {line}." if line else "It stopped with an error.")
    for name, before, after in zip(exercise.parameters, case.args, args, strict=False):
        if not same(before, after):
            why = f"The function changed its input `{name}`, which belongs to the caller. Make a new value instead."
            return Difference(f"{name} = {short(after)} after the call", f"{name} = {short(before)}, as before", why)
    try:
        return exercise.compare(case, got, expected)
    except Exception as error:
        why = f"This cannot be compared with what is expected: {type(error).__name__}: {error}."
        return Difference(short(got), short(expected), why)
