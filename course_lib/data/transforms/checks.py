"""Arguments of transforms, checked when a transform is made rather than at the first picture."""

from collections.abc import Sequence

from course_lib.config.errors import ConfigError, did_you_mean


def one_of(argument: str, value: str, allowed: Sequence[str]) -> str:
    """The value, which must be one of the allowed words."""
    if value not in allowed:
        hint = did_you_mean(str(value), allowed)
        raise ConfigError(f"{argument} is {value!r}, but must be one of {', '.join(map(repr, allowed))}. {hint}")
    return value


def whole_number(argument: str, value: int, least: int) -> int:
    """The value, which must be whole and not below ``least``."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ConfigError(f"{argument} is {value!r}, but must be a whole number of at least {least}.")
    return value


def probability(argument: str, value: float) -> float:
    """The value, which must be in 0 … 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ConfigError(f"{argument} is {value!r}, but must be a probability from 0 to 1.")
    return float(value)


def pair(argument: str, value: int | Sequence[int], order: str = "(height, width)") -> tuple[int, int]:
    """Two whole numbers of at least 1; a single one stands for both."""
    both = (value, value) if isinstance(value, int) else tuple(value)
    if len(both) != 2 or any(isinstance(v, bool) or not isinstance(v, int) or v < 1 for v in both):
        raise ConfigError(f"{argument} is {value!r}, but must be a whole number of at least 1 or {order}.")
    return both[0], both[1]


def interval(argument: str, value: Sequence[float], least: float) -> tuple[float, float]:
    """Two numbers, ``least`` ≤ first ≤ second."""
    ends = tuple(value)
    if len(ends) != 2 or not least <= ends[0] <= ends[1]:
        raise ConfigError(f"{argument} is {value!r}, but must be (low, high) with {least:g} ≤ low ≤ high.")
    return float(ends[0]), float(ends[1])
