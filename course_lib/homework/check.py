"""``check('02.predict', predict)``: is my answer right, and if not, on which input, and what could I try next."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from course_lib.config.errors import ConfigError

from . import progress
from .cards import Card
from .compare import short
from .exercise import Exercise
from .exercises import find
from .judge import Verdict, judge, short_error
from .source import answer_digest


@dataclass(frozen=True)
class Result:
    """What a check came to; true if the answer passed, and a card where it is shown."""

    name: str
    status: Literal["passed", "failed", "not yet"]
    card: Card

    def __bool__(self) -> bool:
        return self.status == "passed"

    def _repr_html_(self) -> str:
        return self.card._repr_html_()

    def __repr__(self) -> str:
        return str(self.card)


def check(name: str, answer: Callable[..., Any]) -> Result:
    """Try a function on fresh inputs against the course's own, and remember the attempt.

    It never raises for what the function does, and stops it when it takes too long. A function that is still the stub
    is not counted.

    Args:
        name: The exercise, ``'02.predict'``.
        answer: The function itself, not what it returns.
    """
    try:
        exercise = find(name)
    except ConfigError as error:
        return Result(str(name), "not yet", Card("waiting", f"{name} · there is no such exercise", (str(error),)))
    if not callable(answer):
        advice = f"Hand over the function itself, without calling it: `check({name!r}, {exercise.function_name})`."
        got = (("got", short(answer)),)
        return Result(exercise.name, "not yet", Card("waiting", f"{name} · this is no function", (advice,), got))
    try:
        return _try(exercise, answer)
    except Exception as error:  # nothing an answer does comes out of here, not even what nobody thought of
        why = f"The check itself stopped with `{type(error).__name__}: {short_error(error)}`. Nothing was counted."
        return Result(name, "not yet", Card("waiting", f"{name} · could not be checked", (why,)))


def _try(exercise: Exercise, answer: Callable[..., Any]) -> Result:
    name = exercise.name
    known, _ = progress.read()
    attempts = known[name].attempts if name in known else 0
    # new numbers at each attempt, the same ones when the same attempt is repeated elsewhere
    verdict = judge(exercise, answer, seed=[zlib.crc32(name.encode()), attempts])
    if verdict.status == "not yet":
        return Result(name, "not yet", waiting_card(exercise))
    record, trouble = progress.add(name, verdict.status == "passed", answer_digest(answer))
    card = passed_card if verdict.status == "passed" else failed_card
    return Result(name, verdict.status, card(exercise, verdict, record, trouble))


def waiting_card(exercise: Exercise) -> Card:
    """For a function that is still the stub."""
    advice = "Write your code in place of `...` and run the cell again. Nothing is counted yet."
    return Card("waiting", f"{exercise.name} · not yet", (advice,))


def passed_card(exercise: Exercise, verdict: Verdict, record: progress.Record, trouble: str) -> Card:
    """For a right answer."""
    tries = "at the first attempt" if record.attempts == 1 else f"after {record.attempts} attempts"
    points = f"{exercise.points} point{'s' if exercise.points != 1 else ''}"
    footer = " ".join(part for part in (f"{points}, {tries}.", trouble) if part)
    return Card("passed", f"{exercise.name} · passed", *explained(exercise, verdict), footer=footer)


def failed_card(exercise: Exercise, verdict: Verdict, record: progress.Record, trouble: str) -> Card:
    """For a wrong answer: the input, both results, the difference, and a hint more after each of two attempts."""
    hints = exercise.hints[: record.failed]
    more = "" if len(hints) == len(exercise.hints) else "Another hint comes after another try."
    footer = " ".join(part for part in (f"Attempt {record.attempts}.", more, trouble) if part)
    return Card("failed", f"{exercise.name} · not right yet", *explained(exercise, verdict), hints, footer)


def explained(exercise: Exercise, verdict: Verdict) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What is said of an answer that was tried, as sentences and rows of a card."""
    printed = (("printed", verdict.printed.rstrip()),) if verdict.printed.strip() else ()
    difference = verdict.difference
    if difference is None:
        return (f"All {verdict.tried} inputs gave the expected result, the odd ones too.",), printed
    rows: list[tuple[str, str]] = []
    why = difference.why
    if verdict.case is not None:
        if verdict.case.note:
            why = f"Tried on {verdict.case.note}. {why}"
        pairs = zip(exercise.parameters, verdict.case.args, strict=False)
        rows += [(parameter, short(value)) for parameter, value in pairs]
    return (why,), (*rows, ("got", difference.got), ("expected", difference.expected), *printed)
