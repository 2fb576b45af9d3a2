"""What stands on a check-in card: the facts, their fingerprint, and reading them back from a saved card."""

import hashlib
import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from course_lib.config.errors import DataError

MAX_POINTS = 200


@dataclass(frozen=True)
class Done:
    """How far the learner was with an exercise; ``answer`` is the digest of the code that passed."""

    name: str
    passed: bool
    attempts: int
    answer: str = ""


@dataclass(frozen=True)
class CheckIn:
    """The facts of a card.

    Args:
        date: With the time and its zone, ISO 8601.
        losses: The learner's own loss curve, at most 200 values; empty if nothing was trained.
    """

    lesson: str
    date: str
    note: str
    exercises: tuple[Done, ...]
    losses: tuple[float, ...] = ()

    @property
    def passed(self) -> int:
        return sum(exercise.passed for exercise in self.exercises)

    @property
    def day(self) -> str:
        return self.date[:10]

    @property
    def fingerprint(self) -> str:
        """16 characters that change with any of the facts, the answers' code among them.

        Tamper-evident, not proof: who changes a card and computes it anew is not found out.
        """
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def to_html(self) -> str:
        """The facts as an invisible part of the card's page."""
        text = json.dumps(asdict(self) | {"fingerprint": self.fingerprint}).replace("<", "\\u003c")
        return f'<script type="application/json" class="check-in">{text}</script>'


def read_card(file: Path) -> tuple[CheckIn, bool]:
    """A saved card, and whether its fingerprint still fits.

    Raises:
        DataError: it is no card.
    """
    try:
        found = re.search(r'class="check-in">(.*?)</script>', file.read_text(encoding="utf-8"), re.DOTALL)
        values: dict[str, Any] = json.loads(found[1]) if found else {}
        fingerprint = values.pop("fingerprint")
        exercises = tuple(Done(**each) for each in values.pop("exercises"))
        card = CheckIn(**values | {"exercises": exercises, "losses": tuple(values["losses"])})
        return card, card.fingerprint == fingerprint
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{file}: this is no check-in card.") from error


def thinned(losses: Sequence[float]) -> tuple[float, ...]:
    """At most 200 values with four digits, each the mean of its part; what is not finite is left out."""
    finite = [float(loss) for loss in losses if math.isfinite(loss)]
    size = max(math.ceil(len(finite) / MAX_POINTS), 1)
    parts = [finite[start : start + size] for start in range(0, len(finite), size)]
    return tuple(float(f"{sum(part) / len(part):.4g}") for part in parts)
