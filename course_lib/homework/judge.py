"""The judging of one answer: each case is computed by the reference and by the learner's function, until one differs.

Knows no notebook, no progress and no hints; what it returns is all that a card, a terminal or a grader shows. The two
halves, ``attempt`` (run the learner's function) and ``weigh`` (compare what came back), also work in two processes.
"""

import copy
import inspect
import io
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from .compare import Case, Difference, same, short
from .exercise import Answer, Exercise, Task
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


@dataclass(frozen=True)
class Outcome:
    """What one use of an answer came to: a value or, where it came to none, what is said of that.

    Args:
        value: What came back.
        mistake: What went wrong before anything came back; None if nothing did. An empty ``expected`` there stands for
            the reference's own value.
    """

    value: Any = None
    mistake: Difference | None = None


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
    if mistake := wrong_signature(exercise, answer):
        return Verdict("failed", difference=mistake)
    left_s, tried, printed = exercise.limit_s, 0, FirstLines()
    with random_numbers_kept():
        for case in exercise.cases(np.random.default_rng(seed)):
            expected = exercise.use(exercise.reference, *copy.deepcopy(case.args))
            started = time.monotonic()
            try:
                with redirect_stdout(printed):
                    outcome = attempt(exercise, answer, case.args, copy.deepcopy(case.args), left_s)
                    difference = weigh(exercise, case, expected, outcome)
            except NotImplementedError:
                return Verdict("not yet", printed=printed.getvalue())
            left_s -= time.monotonic() - started
            tried += 1
            if difference is not None:
                return Verdict("failed", tried, case, difference, printed.getvalue())
    return Verdict("passed", tried, printed=printed.getvalue())


def wrong_signature(task: Task, answer: Answer) -> Difference | None:
    """What is wrong with the arguments that an answer takes."""
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):  # a function written in C does not tell; calling it will
        return None
    try:
        signature.bind(*task.parameters)
    except TypeError as error:
        wanted = f"{task.function_name}({', '.join(task.parameters)})"
        return Difference(f"{task.function_name}{signature}", wanted, f"It takes other arguments: {error}.")
    return None


def attempt(task: Task, answer: Answer, before: tuple[Any, ...], args: tuple[Any, ...], left_s: float) -> Outcome:
    """Put an answer to use on ``args``, which are a copy of ``before``, for ``left_s`` seconds at the most.

    Raises:
        NotImplementedError: the answer says so itself: it is a stub.
    """
    try:
        got = within(left_s, lambda: task.use(answer, *args))
    except TimeLimit as error:
        line = failing_line(answer, error) or "a call"
        why = f"When the time was up, it was in {line}. Does every loop come to an end?"
        return Outcome(mistake=Difference(f"nothing within {task.limit_s:g} seconds", "", why))
    except (NotImplementedError, KeyboardInterrupt):
        raise
    except BaseException as error:  # SystemExit too: exit() in an answer must not end the notebook's kernel
        line = failing_line(answer, error)
        raised = f"{type(error).__name__}: {short_error(error)}".rstrip(": ")
        why = f"It stopped in {line}." if line else "It stopped with an error."
        return Outcome(mistake=Difference(raised, "", why))
    for name, old, new in zip(task.parameters, before, args, strict=False):
        if not same(old, new):
            why = f"The function changed its input `{name}`, which belongs to the caller. Make a new value instead."
            was, became = f"{name} = {short(old)}, as before", f"{name} = {short(new)} after the call"
            return Outcome(mistake=Difference(became, was, why))
    return Outcome(got)


def weigh(exercise: Exercise, case: Case, expected: Any, outcome: Outcome) -> Difference | None:
    """What is wrong with an outcome, or None; never raises for what the value is."""
    if outcome.mistake is not None:
        return outcome.mistake if outcome.mistake.expected else replace(outcome.mistake, expected=short(expected))
    try:
        return exercise.compare(case, outcome.value, expected)
    except Exception as error:
        why = f"This cannot be compared with what is expected: {type(error).__name__}: {error}."
        return Difference(short(outcome.value), short(expected), why)


def short_error(error: BaseException, max_chars: int = 400) -> str:
    """An error's message, cut off where it is long; some errors fail to give theirs."""
    try:
        text = str(error)
    except Exception:
        return ""
    return text if len(text) <= max_chars else f"{text[: max_chars - 2]} …"


@contextmanager
def random_numbers_kept() -> Iterator[None]:
    """The learner's random numbers go on afterwards as if nothing had been drawn meanwhile."""
    torch = sys.modules.get("torch")
    python, numpy = random.getstate(), np.random.get_state()
    drawn = torch.get_rng_state() if torch else None
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        if torch:
            torch.set_rng_state(drawn)
