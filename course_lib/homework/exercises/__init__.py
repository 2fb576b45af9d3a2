"""All exercises of the course; a new lesson's number is added to ``LESSONS``, its file is ``lesson_NN.py``.

A lesson's file is imported when it is first asked for: most need torch, and a check in lesson 02 shall not wait for it.
"""

import importlib

from course_lib.config.errors import ConfigError, did_you_mean

from ..exercise import Exercise

LESSONS = ("02", "03", "08", "09", "10", "11", "12", "13", "14", "15", "16", "21")


def of_lesson(lesson: str) -> list[Exercise]:
    """The exercises of a lesson, in order.

    Raises:
        ConfigError: the lesson has none; with the nearest number.
    """
    if lesson not in LESSONS:
        hint = did_you_mean(str(lesson).zfill(2), LESSONS)
        raise ConfigError(f"there is no lesson {lesson!r} with exercises. {hint}")
    return list(importlib.import_module(f"{__name__}.lesson_{lesson}").EXERCISES)


def every() -> list[Exercise]:
    """All exercises of all lessons."""
    return [exercise for lesson in LESSONS for exercise in of_lesson(lesson)]


def find(name: str) -> Exercise:
    """The exercise of that name.

    Raises:
        ConfigError: there is none; with the nearest name.
    """
    lesson = str(name).partition(".")[0]
    exercises = {exercise.name: exercise for exercise in (of_lesson(lesson) if lesson in LESSONS else every())}
    if not isinstance(name, str) or name not in exercises:
        raise ConfigError(f"there is no exercise {name!r}. {did_you_mean(str(name), exercises)}")
    return exercises[name]
