"""A config as Python text: one assignment a top-level name, and a name written out only once.

A dict or list that stands at the top level and in other places (``train_pipeline``) is named in those places, so that
the text, read again, shares it again.
"""

from typing import Any

from .errors import ConfigError, Mistake, Origin
from .nodes import ConfigDict, origin_of
from .writing import Word, assignment, is_name

RESERVED = ("dict", "float", "_base_")


def dumped(cfg: ConfigDict) -> str:
    """The text of a config; a name stands before those that use it.

    Raises:
        ConfigError: the config holds something that is no data, or a top-level key that is no Python name.
    """
    writer = _Writer(cfg)
    for name in cfg:
        writer.add(name)
    return "".join(writer.written.values())


class _Writer:
    def __init__(self, cfg: ConfigDict) -> None:
        self.cfg = cfg
        self.written: dict[str, str] = {}
        self.homes: dict[int, str] = {}  # the first name that holds a dict or list, by its id
        for name, value in cfg.items():
            if isinstance(value, (dict, list)) and value:
                self.homes.setdefault(id(value), name)

    def add(self, name: str) -> None:
        """Write the assignment of a name, and before it those that it uses."""
        if name in self.written:
            return
        if not is_name(name) or name in RESERVED:
            raise ConfigError(Mistake(str(name), "a top-level key of a config must be a Python name."))
        value = self.cfg[name]
        home = self.homes.get(id(value), name)
        text = self.inside(value) if home == name else self.reference(home)
        self.written[name] = assignment(name, text)

    def reference(self, name: str) -> Word:
        self.add(name)
        return Word(name)

    def value(self, value: Any, origin: Origin | None) -> Any:
        """A value in some place: the name that was written there, or another that holds it, or all of it."""
        home = self.homes.get(id(value))
        if home is None:
            return self.inside(value)
        name = origin.name if origin is not None else None
        return self.reference(name if name is not None and self.cfg.get(name) is value else home)

    def inside(self, node: Any) -> Any:
        """A dict or list with names in it."""
        if isinstance(node, dict):
            return {key: self.value(item, origin_of(node, key)) for key, item in node.items()}
        if isinstance(node, (list, tuple)):
            items = [self.value(item, origin_of(node, index)) for index, item in enumerate(node)]
            return tuple(items) if isinstance(node, tuple) else items
        return node
