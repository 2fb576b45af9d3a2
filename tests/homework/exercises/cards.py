"""What the card says of a wrong answer: the one question that the tests of all lessons ask."""

import dataclasses
from collections.abc import Callable
from typing import Any

from course_lib.homework.exercises import find
from course_lib.homework.judge import judge


def card_words(name: str, answer: Callable[..., Any], limit_s: float | None = None) -> str:
    """Note of the input, what came back, what was expected and why, in one line.

    Args:
        limit_s: Seconds for all inputs together, in place of the exercise's own.
    """
    exercise = find(name)
    verdict = judge(dataclasses.replace(exercise, limit_s=limit_s or exercise.limit_s), answer, seed=3)
    assert verdict.status == "failed" and verdict.difference is not None
    note = verdict.case.note if verdict.case else ""
    return f"{note} | {verdict.difference.got} | {verdict.difference.expected} | {verdict.difference.why}"
