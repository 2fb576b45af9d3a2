"""What came back beside what was expected: the first difference, in words, and values cut short for a card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """One input that a learner's function is tried on.

    Args:
        args: What the function is called with.
        note: What is special about it, for the card: "a point exactly on the line".
        hidden: What the comparison may know and the function does not see, such as further points.
    """

    args: tuple[Any, ...]
    note: str = ""
    hidden: Any = None


@dataclass(frozen=True)
class Difference:
    """What is wrong with an answer: what came back, what was expected, and how they differ, as a sentence."""

    got: str
    expected: str
    why: str


def close(case: Case, got: Any, expected: Any) -> Difference | None:
    """Numbers equal up to rounding (a part in 100,000), everything else exactly; None if nothing differs."""
    why = first_difference(got, expected, tolerance=1e-5)
    return Difference(short(got), short(expected), why) if why else None


def exact(case: Case, got: Any, expected: Any) -> Difference | None:
    """Equal in every digit; None if nothing differs."""
    why = first_difference(got, expected, tolerance=0.0)
    return Difference(short(got), short(expected), why) if why else None


def config_mistakes(got: Any) -> Difference | None:
    """What is wrong with an answer that should be a config.

    Args:
        got: What was made of the answer: a dict with the ``mistakes`` that ``check_config`` found in it.
    """
    wanted = "a config without mistakes"
    if not isinstance(got, Mapping):
        why = "The function returned None: is there a `return`?" if got is None else "A config is a dict."
        return Difference(short(got), wanted, why)
    if mistakes := got["mistakes"]:
        found = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        return Difference("\n".join(mistakes[:4]), wanted, f"`check_config` found {found}.")
    return None


def first_difference(got: Any, expected: Any, tolerance: float, place: str = "") -> str:
    """The first difference of two values as a sentence, ``""`` if there is none; looks into dicts, lists and tuples."""
    where = f"{place} " if place else ""
    if got is None and expected is not None:
        return f"{where}is None." if place else "The function returned None: is there a `return`?"
    if isinstance(expected, Mapping):
        return _between_dicts(got, expected, tolerance, place)
    if isinstance(expected, (tuple, list)):
        return _between_sequences(got, expected, tolerance, place)
    if expected is None or isinstance(expected, (str, bytes)):
        equal = type(got) is type(expected) and got == expected
        return "" if equal else f"{where or 'The result '}is {short(got)}, expected is {short(expected)}."
    return _between_numbers(to_array(got), to_array(expected), tolerance, where)


def _between_dicts(got: Any, expected: Mapping[Any, Any], tolerance: float, place: str) -> str:
    if not isinstance(got, Mapping):
        return f"{place or 'The result'} should be a dict; it is {_kind(got)}."
    missing = [key for key in expected if key not in got]
    extra = [key for key in got if key not in expected]
    if missing or extra:
        words = [f"lacks the key {missing[0]!r}"] if missing else []
        words += [f"has the key {extra[0]!r}, which should not be there"] if extra else []
        return f"{place or 'The result'} {' and '.join(words)}."
    found = (first_difference(got[key], expected[key], tolerance, f"{place}[{key!r}]") for key in expected)
    return next((why for why in found if why), "")


def _between_sequences(got: Any, expected: Sequence[Any], tolerance: float, place: str) -> str:
    # an array may stand for a list of numbers, but not for a tuple of several results
    allowed = (tuple, list) if isinstance(expected, tuple) else (tuple, list, np.ndarray)
    if not isinstance(got, allowed) or (isinstance(got, np.ndarray) and got.ndim == 0):
        wanted = f"a {type(expected).__name__} of {len(expected)} values"
        return f"{place or 'The result'} should be {wanted}; it is {_kind(got)}."
    if len(got) != len(expected):
        return f"{place or 'The result'} should hold {len(expected)} values; it holds {len(got)}."
    pairs = enumerate(zip(got, expected, strict=True))
    found = (first_difference(one, other, tolerance, f"{place or 'result'}[{index}]") for index, (one, other) in pairs)
    return next((why for why in found if why), "")


def _between_numbers(got: np.ndarray, expected: np.ndarray, tolerance: float, where: str) -> str:
    subject = where or "The result "
    if got.dtype.kind not in "biufc":
        return f"{subject}should be numbers; it is of type {got.dtype}."
    if (got.dtype.kind == "b") != (expected.dtype.kind == "b"):
        kinds = ["numbers", "True and False"]
        return f"{subject}should be {kinds[expected.dtype.kind == 'b']}; it is {kinds[got.dtype.kind == 'b']}."
    if got.shape != expected.shape:
        turned = " It is transposed." if got.ndim > 1 and got.shape == expected.shape[::-1] else ""
        return f"{subject}has the shape {got.shape}; expected is {expected.shape}.{turned}"
    wrong = ~np.isclose(got, expected, rtol=tolerance, atol=tolerance, equal_nan=True)
    if not wrong.any():
        return ""
    if np.allclose(got * -1.0, expected, rtol=tolerance, atol=tolerance):
        return f"{subject}has the wrong sign{' everywhere' if got.size > 1 else ''}."
    if got.ndim == 0:
        return f"{subject}is {short(got[()])}, expected is {short(expected[()])}."
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = f"[{', '.join(map(str, index))}]"
    values = f"{short(got[index])} instead of {short(expected[index])}"
    return f"{subject}differs in {wrong.sum()} of {wrong.size} values; the first is at {place}: {values}."


def to_array(value: Any) -> np.ndarray:
    """A number, list, array or tensor as an array; anything else as an array of objects."""
    if hasattr(value, "detach"):  # a tensor, told without importing torch
        value = value.detach().cpu().numpy()
    try:
        return np.asarray(value)
    except ValueError:  # a ragged list
        return np.asarray(value, dtype=object)


def same(before: Any, after: Any) -> bool:
    """Whether a value is still what it was; objects that cannot be compared count as unchanged."""
    if type(before) is not type(after):
        return False
    if isinstance(before, Mapping):
        return before.keys() == after.keys() and all(same(before[key], after[key]) for key in before)
    if isinstance(before, (tuple, list)):
        return len(before) == len(after) and all(same(one, other) for one, other in zip(before, after, strict=True))
    if isinstance(before, np.ndarray) or hasattr(before, "detach"):
        one, other = to_array(before), to_array(after)
        return one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    return type(before).__eq__ is object.__eq__ or bool(before == after)


def short(value: Any, max_chars: int = 240) -> str:
    """A value as a learner would write it, with few digits and cut off where it is long."""
    try:
        text = _text(value)
    except Exception:  # a learner's own __repr__ may fail
        text = f"<{type(value).__name__}>"
    return text if len(text) <= max_chars else f"{text[: max_chars - 2]} …"


def _text(value: Any) -> str:
    if hasattr(value, "detach"):
        value = to_array(value)
    if isinstance(value, np.ndarray) and value.ndim:
        style: Any = {"float_kind": lambda number: f"{number:.4g}", "int": str} if value.ndim == 1 else None
        numbers = np.array2string(
            value, precision=3, threshold=12, edgeitems=2, separator=", ", suppress_small=True, formatter=style
        )
        return f"{numbers}  shape {value.shape}" if value.size > 6 or value.ndim > 1 else numbers
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return f"{float(value):.4g}"
    if isinstance(value, np.generic):
        return str(value.item())
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key!r}: {_text(item)}' for key, item in value.items())}}}"
    if isinstance(value, (tuple, list)):
        items = ", ".join(_text(item) for item in value[:8]) + (", …" if len(value) > 8 else "")
        return f"({items})" if isinstance(value, tuple) else f"[{items}]"
    return repr(value)


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return "None" if value is None else f"of type {type(value).__name__}"
