"""Options of the command line, ``KEY=VALUE``: a path into the config, and a value that is read as a config's data."""

import ast
from collections.abc import Iterable
from typing import Any

from .errors import ConfigError, Mistake
from .syntax import read_value


def parse_options(options: Iterable[str]) -> dict[str, Any]:
    """``['lr=1e-3', 'model.backbone.depth=50', 'mean=[1, 2]']`` as a dict by path, for ``Config.merge_from_dict``.

    Raises:
        ConfigError: an option is not of the form KEY=VALUE.
    """
    parsed = {}
    for option in options:
        path, equals, value = option.partition("=")
        if not equals or not path.strip():
            raise ConfigError(Mistake("", f"{option!r} is no KEY=VALUE.", hint="For example: model.backbone.depth=50."))
        parsed[path.strip()] = option_value(value.strip())
    return parsed


def option_value(text: str) -> Any:
    """The value of an option: ``1e-3``, ``[1, 2]``, ``'x'``, ``dict(a=1)``; what is no data is a string.

    As in MMEngine, ``1,2`` is a list, ``true`` is True, and a bare word (also in a list) is a string.
    """
    if "#" in text and text[:1] not in "\"'[({":
        return text  # Python would take the rest for a comment
    try:
        return _value(ast.parse(text, mode="eval").body, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text


def _value(node: ast.expr, text: str) -> Any:
    match node:
        case ast.Constant(str() as string):
            return string
        case ast.Name(name):
            return {"true": True, "false": False}.get(name.lower(), name)
        case ast.Tuple([first, *_] as items) if first.col_offset == node.col_offset:
            return [_value(item, text) for item in items]  # 1,2 without parentheses
        case ast.Tuple(items):
            return tuple(_value(item, text) for item in items)
        case ast.List(items):
            return [_value(item, text) for item in items]
        case ast.Call(ast.Name("dict"), [], keywords) if all(keyword.arg for keyword in keywords):
            return {str(keyword.arg): _value(keyword.value, text) for keyword in keywords}
        case ast.Dict(keys, values) if all(keys):
            return {_value(key, text): _value(value, text) for key, value in zip(keys, values, strict=True) if key}
    try:
        return read_value(text, node)
    except ConfigError:
        return ast.get_source_segment(text, node)
