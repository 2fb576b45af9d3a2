"""What the tests of all lessons ask: what the card says of a wrong answer, and what submissions are worth."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from course_lib.homework.exercises import find
from course_lib.homework.grading import grade
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


def graded_rows(lesson: str, folder: Path, submissions: Mapping[str, str]) -> tuple[list[list[str]], str]:
    """The table of the grades of some submissions, and the gradebook's page.

    Args:
        submissions: The source of each, by its name.
    """
    for name, source in submissions.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    graded = grade(folder, folder / "out", [lesson], seed=1, num_lanes=1)
    table = graded.csv.read_text(encoding="utf-8-sig")
    return [line.split(",") for line in table.splitlines()], graded.html.read_text(encoding="utf-8")
