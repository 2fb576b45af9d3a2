"""The errors that a user meets, and the search for the name that was meant.

Every error of ours says what was wrong, what is allowed, the nearest right name and the place. The command line
turns a ``ConfigError`` into exit code 2 (nothing was started) and any other ``CourseError`` into exit code 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path


@dataclass(frozen=True)
class Origin:
    """Where a value was written: ``configs/resnet.py:12``; a value set in code or on the command line has no line.

    ``name`` is the top-level name that was written there, if it was one (``pipeline=train_pipeline``): an override of
    that name reaches this place.
    """

    file: str
    line: int | None = None
    name: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.file if self.line is None else f"{_short(self.file)}:{self.line}"


def _short(file: str) -> str:
    """The path as a reader would type it: relative to the current folder where it lies below it."""
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else file


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong in a config.

    Args:
        path: The value's dotted path, ``model.backbone.depth``; empty where the whole file is meant.
        message: What is wrong, and what is allowed.
        origin: Where it was written, if that is known.
        hint: The nearest right thing, as a full sentence ("Did you mean 'ResNet'?").
    """

    path: str
    message: str
    origin: Origin | None = None
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.origin}: " if self.origin else ""
        path = f"{self.path}: " if self.path else ""
        return f"{place}{path}{self.message}{' ' + self.hint if self.hint else ''}"


class CourseError(Exception):
    """The base of all errors that are the user's to mend; printed without a traceback on the command line."""


class ConfigError(CourseError, ValueError):
    """A config is wrong. Holds every ``Mistake`` that was found, so that all can be mended in one go."""

    def __init__(self, mistakes: Mistake | list[Mistake] | str) -> None:
        if isinstance(mistakes, str):
            mistakes = Mistake("", mistakes)
        self.mistakes: list[Mistake] = [mistakes] if isinstance(mistakes, Mistake) else list(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class DataError(CourseError, ValueError):
    """A data set or a picture cannot be used; the message names the path."""


class CheckpointError(CourseError):
    """A checkpoint is truncated, of another model, or not safe to load."""


class DivergenceError(CourseError, ArithmeticError):
    """The loss became NaN or infinite; the message names the step, the learning rate and a remedy."""


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """The allowed name that is most like ``name`` (case does not count), or None if none is near."""
    by_lower = {candidate.lower(): candidate for candidate in allowed}
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, allowed: Iterable[str]) -> str:
    """``"Did you mean 'ResNet'?"``, or the allowed names where none is near (twelve at the most).

    Those that contain ``name`` stand first: 'fashion' finds 'lenet5_b64_fashionmnist'.
    """
    names = sorted(allowed, key=lambda candidate: (name.lower() not in candidate.lower(), candidate))
    best = nearest(name, names)
    if best is not None:
        return f"Did you mean {best!r}?"
    listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"Allowed: {listed}." if names else ""
