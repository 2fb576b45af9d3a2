"""Dicts and lists that remember where each of their values was written.

They are plain containers otherwise: ``isinstance(node, dict)`` and ``isinstance(node, list)`` hold, and comparing or
iterating works as usual. ``cfg.model.depth`` is ``cfg['model']['depth']``.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, SupportsIndex

from .errors import Origin, did_you_mean


class ConfigDict(dict[str, Any]):
    """A dict with attribute access and an ``Origin`` for each key (none where it was set in code)."""

    origins: dict[str, Origin]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        object.__setattr__(self, "origins", {})
        self.update(*args, **kwargs)

    def __getattr__(self, key: str) -> Any:
        try:
            return self[key]
        except KeyError:
            raise AttributeError(f"this part of the config has no {key!r}. {did_you_mean(key, self)}") from None

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value

    def __delattr__(self, key: str) -> None:
        del self[key]

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, to_nodes(value))
        self.origins.pop(key, None)

    def update(self, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def set(self, key: str, value: Any, origin: Origin | None) -> None:
        """Set a value and say where it was written."""
        self[key] = value
        if origin is not None:
            self.origins[key] = origin

    def copy(self) -> "ConfigDict":
        """A shallow copy that keeps the origins."""
        twin = ConfigDict(self)
        twin.origins.update(self.origins)
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),), {**vars(self), "origins": dict(self.origins)}

    def __deepcopy__(self, memo: dict[int, Any]) -> "ConfigDict":
        twin = ConfigDict()
        memo[id(self)] = twin
        for key, value in self.items():
            dict.__setitem__(twin, key, copy.deepcopy(value, memo))
        twin.origins.update(self.origins)
        return twin


class ConfigList(list[Any]):
    """A list with an ``Origin`` for each item; ``origins`` is as long as the list."""

    def __init__(self, items: Any = (), origins: list[Origin | None] | None = None) -> None:
        super().__init__(to_nodes(item) for item in items)
        self.origins: list[Origin | None] = origins if origins is not None else [None] * len(self)

    def set(self, index: SupportsIndex, value: Any, origin: Origin | None) -> None:
        """Replace an item and say where it was written."""
        self[index] = value
        self.origins[index] = origin

    def __setitem__(self, index: Any, value: Any) -> None:
        nodes = ConfigList(value) if isinstance(index, slice) else to_nodes(value)
        super().__setitem__(index, nodes)
        self.origins[index] = [None] * len(nodes) if isinstance(index, slice) else None

    def __delitem__(self, index: Any) -> None:
        super().__delitem__(index)
        del self.origins[index]

    def insert(self, index: SupportsIndex, item: Any) -> None:
        super().insert(index, to_nodes(item))
        self.origins.insert(index, None)

    def append(self, item: Any) -> None:
        self.insert(len(self), item)

    def extend(self, items: Iterable[Any]) -> None:
        for item in items:
            self.append(item)

    def pop(self, index: SupportsIndex = -1) -> Any:
        self.origins.pop(index)
        return super().pop(index)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (list(self), list(self.origins))

    def copy(self) -> "ConfigList":
        """A shallow copy that keeps the origins."""
        return ConfigList(self, list(self.origins))

    def __deepcopy__(self, memo: dict[int, Any]) -> "ConfigList":
        twin = ConfigList()
        memo[id(self)] = twin
        list.extend(twin, (copy.deepcopy(item, memo) for item in self))
        twin.origins = list(self.origins)
        return twin


def to_nodes(value: Any) -> Any:
    """Plain dicts and lists as nodes, at every depth; what is a node already stays the same object."""
    if isinstance(value, (ConfigDict, ConfigList)):
        return value
    if isinstance(value, Mapping):
        node = ConfigDict()
        for key, item in value.items():
            node[key] = item
        return node
    if isinstance(value, list):
        return ConfigList(value)
    if isinstance(value, tuple):
        items = tuple(to_nodes(item) for item in value)
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    return value


def to_plain(value: Any) -> Any:
    """Nodes as plain dicts and lists, copied at every depth."""
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_plain(item) for item in value]
    if isinstance(value, tuple):
        return tuple(to_plain(item) for item in value)
    return value


def origin_of(node: Any, key: str | int) -> Origin | None:
    """Where ``node[key]`` was written, if that is known."""
    if isinstance(node, ConfigDict):
        return node.origins.get(key)  # type: ignore[arg-type]  # a key may be a whole number
    if isinstance(node, ConfigList) and isinstance(key, int) and -len(node.origins) <= key < len(node.origins):
        return node.origins[key]
    return None


def walk(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every dict and list below ``node``, itself first, with its path."""
    if isinstance(node, (Mapping, list, tuple)):
        yield path, node
        items = node.items() if isinstance(node, Mapping) else enumerate(node)
        for key, value in items:
            yield from walk(value, (*path, key))


def replace_identical(node: Any, old: Any, new: Any) -> None:
    """Put ``new`` wherever ``old`` itself (the same object) stands below ``node``.

    A name that a config uses in several places (``train_pipeline``) is one object in all of them; this keeps it one.
    """
    for _, inner in list(walk(node)):
        if isinstance(inner, ConfigDict):
            for key, value in list(inner.items()):
                if value is old:
                    dict.__setitem__(inner, key, new)
        elif isinstance(inner, ConfigList):
            for index, value in enumerate(inner):
                if value is old:
                    list.__setitem__(inner, index, new)


def dotted(path: tuple[str | int, ...]) -> str:
    """``('model', 'backbone', 'depth')`` as ``'model.backbone.depth'``."""
    return ".".join(str(part) for part in path)


def shown(value: Any) -> str:
    """A value for a message, cut after 40 characters: ``18 (int)``."""
    text = repr(value)
    kind = type(value).__name__.removeprefix("Config").lower()
    return f"{text if len(text) <= 40 else text[:39] + '…'} ({kind})"
