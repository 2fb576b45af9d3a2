"""The one rule that builds everything: a dict with ``type`` becomes a call of the registered class.

Its children are built first; keys that end in ``_cfg`` are handed over as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from course_lib.config import ConfigError, Mistake, registry
from course_lib.config.errors import DataError
from course_lib.config.nodes import origin_of


def build(node: Any) -> Any:
    """The object that a part of a config stands for; plain values, lists and dicts without ``type`` stay what they are.

    Raises:
        ConfigError: an unknown type, or a constructor that refuses its arguments; with file and line.
    """
    if isinstance(node, Mapping):
        args = {key: value if key.endswith("_cfg") else build(value) for key, value in node.items() if key != "type"}
        return construct(node, args) if "type" in node else args
    if isinstance(node, (list, tuple)):
        return type(node)(build(item) for item in node) if type(node) is tuple else [build(item) for item in node]
    return node


def construct(node: Mapping[str, Any], args: Mapping[str, Any]) -> Any:
    """Call the class of ``node['type']``; what it says against its arguments comes back with the place."""
    entry = registry.find(node["type"], origin=origin_of(node, "type"))
    try:
        return entry.target(**args)
    except ConfigError as error:
        raise ConfigError([_placed(mistake, node) for mistake in error.mistakes]) from error
    except DataError:
        raise
    except (TypeError, ValueError) as error:
        raise ConfigError(Mistake("", f"{node['type']}: {error}", origin_of(node, "type"))) from error


def _placed(mistake: Mistake, node: Mapping[str, Any]) -> Mistake:
    """A mistake that an object found, which knows no files, with the line of the argument that it names."""
    if mistake.origin is not None:
        return mistake
    return replace(mistake, origin=origin_of(node, mistake.path.rpartition(".")[2]) or origin_of(node, "type"))
