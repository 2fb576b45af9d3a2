"""The rules that ``schema.py`` is written in. A rule is one of these:

- a type annotation, ``int``, ``str | None``, ``Literal['less', 'greater']``, or one with a range, ``Count``;
- ``Part``: a plain dict, not a component, with its own keys;
- ``Slot``: a component, a dict with ``type``, of one kind (``Slot('backbone')``);
- ``Many``: a list of these, or, where MMPretrain allows it, a single one; ``OrNone``: one of these, or None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any


@dataclass(frozen=True)
class AtLeast:
    """A bound for ``Annotated``: the value may not be smaller."""

    bound: float

    def holds(self, value: float) -> bool:
        return value >= self.bound

    def __str__(self) -> str:
        return f"of at least {self.bound}"


@dataclass(frozen=True)
class MoreThan:
    """A bound for ``Annotated``: the value must be larger."""

    bound: float

    def holds(self, value: float) -> bool:
        return value > self.bound

    def __str__(self) -> str:
        return f"above {self.bound}"


@dataclass(frozen=True)
class Part:
    """A plain dict: the rule of each key, and the keys that must be there."""

    keys: Mapping[str, Any]
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slot:
    """A place for a component.

    Args:
        kind: What the registry must know it as.
        default: The class that is meant where ``type`` is left out; None if it may not be left out.
        built_in: Names that need no registered class, since the trainer does their work itself; with their arguments.
    """

    kind: str
    default: str | None = None
    built_in: Mapping[str, Part] = field(default_factory=dict)


@dataclass(frozen=True)
class Many:
    """A list of ``rule``; a single one without the list if ``or_one``."""

    rule: Any
    or_one: bool = False


@dataclass(frozen=True)
class OrNone:
    """``rule``, or None, which stands for "there is none"."""

    rule: Any


Count = Annotated[int, AtLeast(1)]
Index = Annotated[int, AtLeast(0)]
Positive = Annotated[float, MoreThan(0)]
NotNegative = Annotated[float, AtLeast(0)]
