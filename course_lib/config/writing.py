"""Values as well laid-out Python text: what fits stays on one line, what does not is broken, an item a line.

``Config.dump`` and ``explain`` write with it; ``Word`` and ``Call`` stand for what is no plain value.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

from .errors import ConfigError
from .syntax import TEMPLATE

WIDTH = 100
INDENT = 4


@dataclass(frozen=True)
class Word:
    """Text that is written as it is: ``train_pipeline``."""

    text: str


@dataclass(frozen=True)
class Call:
    """``name(first, key=value, ...)``; ``first`` are arguments without a name."""

    name: str
    arguments: Mapping[str, Any]
    first: tuple[Any, ...] = ()


def assignment(name: str, value: Any) -> str:
    """``name = value`` and a line end."""
    return f"{name} = {write(value, taken=len(name) + 3)}\n"


def write(value: Any, level: int = 0, taken: int = 0) -> str:
    """The text of a value.

    Args:
        value: None, bools, numbers, strings, lists, tuples, dicts, ``Word`` and ``Call``.
        level: How deep the line that it starts on is indented.
        taken: How many characters that line has besides, before and after the value, indentation aside.

    Raises:
        ConfigError: the value is something else (an object, a function), which a config cannot hold.
    """
    line = _one_line(value)
    opening, items, closing = _parts(value)
    if INDENT * level + taken + len(line) <= WIDTH or not items:
        return line
    margin = "\n" + " " * INDENT * (level + 1)
    if isinstance(value, (list, tuple)) and not any(_parts(item)[1] for _, item in items):
        body = margin.join(_filled([_one_line(item) + "," for _, item in items], WIDTH - len(margin) + 1))
    else:
        body = margin.join(f"{key}{write(item, level + 1, len(key) + 1)}," for key, item in items)
    return f"{opening}{margin}{body}{margin[:-INDENT]}{closing}"


def is_name(text: Any) -> bool:
    """Whether ``dict(text=...)`` can be written."""
    return isinstance(text, str) and text.isidentifier() and not iskeyword(text)


def _one_line(value: Any) -> str:
    opening, items, closing = _parts(value)
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    return opening + ", ".join(key + _one_line(item) for key, item in items) + comma + closing


def _parts(value: Any) -> tuple[str, list[tuple[str, Any]], str]:
    """The opening text, the items as (text before it, item), and the closing text; a plain value has no items."""
    match value:
        case Call(name, arguments, first):
            items = [("", item) for item in first] + [(f"{key}=", item) for key, item in arguments.items()]
            return f"{name}(", items, ")"
        case Mapping() if all(is_name(key) for key in value):
            return "dict(", [(f"{key}=", item) for key, item in value.items()], ")"
        case Mapping():
            return "{", [(f"{_leaf(key)}: ", item) for key, item in value.items()], "}"
        case list():
            return "[", [("", item) for item in value], "]"
        case tuple():
            return "(", [("", item) for item in value], ")"
    return _leaf(value), [], ""


def _leaf(value: Any) -> str:
    match value:
        case Word(text):
            return text
        case None | bool():
            return repr(value)
        case int():
            return int.__repr__(value)
        case float():
            return float.__repr__(value) if math.isfinite(value) else f"float('{float.__repr__(value)}')"
        case str() if TEMPLATE.search(value):  # it would be filled in when read again
            return " + ".join(repr(piece) for piece in str.split(value.replace("{{", "{\0{"), "\0"))
        case str():
            return str.__repr__(value)
    kind = type(value).__name__
    raise ConfigError(f"A config holds data only: numbers, strings, lists, tuples, dicts, None; not {kind} {value!r}.")


def _filled(words: list[str], width: int) -> list[str]:
    """Words with a space between them, as many on a line as fit."""
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
