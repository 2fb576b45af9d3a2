"""What an exercise is: the function that a learner writes, and all that is needed to judge it.

A lesson's exercises are one file, ``exercises/lesson_NN.py``: for each a reference function, a generator of cases and
one ``Exercise(...)`` that names them.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from .compare import Case, Difference, close

Answer = Callable[..., Any]


def call(answer: Answer, *args: Any) -> Any:
    """The ordinary use of an answer: call it once."""
    return answer(*args)


class Task(Protocol):
    """What must be known of an exercise to try an answer, without its reference."""

    @property
    def function_name(self) -> str: ...

    @property
    def parameters(self) -> tuple[str, ...]: ...

    @property
    def use(self) -> Callable[..., Any]: ...

    @property
    def limit_s(self) -> float: ...


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Args:
        name: ``'02.predict'``: the lesson, and the name of the function.
        stub: What the notebook's cell holds: signature, docstring, ``...``.
        reference: A right answer. It lives here only, so that notebooks hold no solutions.
        cases: The inputs, drawn from a generator of random numbers that is fresh at every attempt. Small and telling
            ones first: the card shows the first that fails. Functions among them stand at the top of the file.
        hints: Shown after the first and after the second failed attempt.
        compare: ``compare(case, got, expected)`` says what is wrong, or returns None. ``close`` and ``exact`` compare
            with the reference; where many answers are right, write a function that looks for a property.
        use: ``use(answer, *args)`` returns what is compared. A class, or a function whose calls belong together
            ("twice with the same seed"), is put to use here. It returns plain values: arrays, numbers, text, dicts.
            ``grade`` runs it where there is no reference: a function at the top of the lesson's file that needs none.
        points: What it counts.
        limit_s: Seconds for all cases together.
    """

    name: str
    stub: str
    reference: Answer
    cases: Callable[[np.random.Generator], Iterable[Case]]
    hints: tuple[str, str]
    compare: Callable[[Case, Any, Any], Difference | None] = close
    use: Callable[..., Any] = call
    points: int = 1
    limit_s: float = 5.0

    @property
    def lesson(self) -> str:
        return self.name.partition(".")[0]

    @property
    def function_name(self) -> str:
        return self.name.partition(".")[2]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the function's arguments."""
        return tuple(inspect.signature(self.reference).parameters)
