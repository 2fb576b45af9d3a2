"""What a file may make at most, so that no config, wherever it comes from, makes its reader hang.

``10**10**10`` is refused before it is computed; lists that double line by line are counted while they grow.
"""

import ast
import re
from typing import Any

MAX_VALUES = 1_000_000  # values (and characters of computed strings) that one file may make; ImageNet-21k fits
MAX_DEPTH = 100  # containers in containers
MAX_BITS = 4096  # of a computed whole number


class TooLarge(Exception):
    """A value is beyond the limits; the reader adds the place."""

    def __str__(self) -> str:
        limit = f"at most {MAX_VALUES:,} values, {MAX_DEPTH} levels deep, and numbers of {MAX_BITS} bits"
        return f"is too large: a config holds {limit}."


class Room:
    """How many values one file may still make."""

    def __init__(self) -> None:
        self.left = MAX_VALUES

    def take(self, value: Any) -> Any:
        """Count a computed value, and give it back.

        Raises:
            TooLarge: there is no room for it.
        """
        self.left -= count_values(value, self.left)
        if self.left < 0:
            raise TooLarge
        return value


def count_values(value: Any, limit: int = MAX_VALUES, depth: int = 0) -> int:
    """How many values stand in ``value``, each alias counted anew; stops above ``limit``, or where it is too deep."""
    if not isinstance(value, (dict, list, tuple)):
        return len(value) if isinstance(value, str) else 1
    count = len(value) + 1 if depth < MAX_DEPTH else limit + 1
    for item in value.values() if isinstance(value, dict) else value:
        if count > limit:
            break
        count += count_values(item, limit - count, depth + 1) if isinstance(item, (dict, list, tuple)) else 0
    return count


def guard_operation(left: Any, op: ast.operator, right: Any, room: int) -> None:
    """Nothing, if ``left op right`` can be computed without danger.

    Raises:
        TooLarge: the result would be larger than ``room`` or ``MAX_BITS``.
        ValueError: ``left % right`` asks for a field that is too wide.
    """
    sizes = [len(side) for side in (left, right) if isinstance(side, (str, list, tuple))]
    numbers = [side for side in (left, right) if isinstance(side, int)]
    match op:
        case ast.Mult() if sizes and numbers and sizes[0] * numbers[0] > room:
            raise TooLarge
        case ast.Pow() if len(numbers) == 2 and left.bit_length() * abs(right) > MAX_BITS:
            raise TooLarge
        case ast.Mod() if isinstance(left, str):
            guard_field(left)
            if "*" in left:
                raise ValueError("a field's width is to be written out, not as '*'")


def guard_field(text: str) -> None:
    """Nothing, if no field of a format is 1,000 characters or wider.

    Raises:
        ValueError: one is.
    """
    if re.search(r"\d{4}", text):
        raise ValueError("a field of 1,000 characters or more is not allowed")
