"""Laying values over values: inheritance, overrides by dotted path, and names that several places share.

Nothing here changes the containers it is given, except ``follow``, which is told to: where the same dict stands in
two places, a merge in one of them leaves the other as it is (MMEngine's rule).
"""

from dataclasses import replace
from typing import Any, TypeAlias

from .errors import ConfigError, Mistake, Origin
from .nodes import ConfigDict, ConfigList, dotted, origin_of, shown

Path: TypeAlias = tuple[str | int, ...]


def inherit(base: ConfigDict, own: ConfigDict, file: str) -> ConfigDict:
    """What a file itself says, laid over what its bases say."""
    merged = merge(base, own, (), None, {})
    for key in own:
        if key in base:
            follow(merged, key, base[key], written_in=file)
    return merged


def merge(base: Any, value: Any, path: Path, origin: Origin | None, memo: dict[tuple[int, int], ConfigDict]) -> Any:
    """``value`` laid over ``base``; neither is changed, so that another place that holds ``base`` keeps it.

    ``memo`` keeps aliases: the same two dicts met again give the same merged dict.
    """
    if base is None or not isinstance(value, ConfigDict) or value.get("_delete_"):
        return value
    if (id(base), id(value)) in memo:
        return memo[id(base), id(value)]
    if isinstance(base, (list, tuple)) and value and all(_is_index(key) for key in value):
        items: Any = base
        for key, item in value.items():
            items = put(items, [str(key)], item, origin_of(value, key), path)
        return items
    if not isinstance(base, ConfigDict):
        hint = "To replace it, write dict(_delete_=True, ...)."
        raise ConfigError(Mistake(dotted(path), f"a dict cannot be merged into {shown(base)}.", origin, hint))
    merged = base.copy()
    memo[id(base), id(value)] = merged
    for key, item in value.items():
        before = base.get(key)
        after = merge(before, item, (*path, key), origin_of(value, key), memo)
        merged.set(key, after, origin_of(base if _is_same_place(before, after, item) else value, key))
    return merged


def put(node: Any, path: list[str], value: Any, origin: Origin | None, done: Path = ()) -> Any:
    """A copy of ``node`` with ``value`` at ``path``, a dict merged; only the containers on the path are copied.

    Args:
        done: The path that leads to ``node``, for messages.

    Raises:
        ConfigError: an index is out of range, or the path leads through a number or a string.
    """
    if not path:
        return merge(node, value, done, origin, {})
    if isinstance(node, (list, tuple)):
        index = _index(node, path[0], (*done, *path), origin)
        items = ConfigList(node, list(getattr(node, "origins", [None] * len(node))))
        item = put(node[index], path[1:], value, origin, (*done, index))
        items.set(index, item, origin_of(node, index) if _is_same_place(node[index], item, value) else origin)
        return tuple(items) if isinstance(node, tuple) else items
    if node is not None and not isinstance(node, ConfigDict):
        message = f"{dotted(done)} is {shown(node)}; nothing can be set inside it."
        raise ConfigError(Mistake(dotted((*done, *path)), message, origin))
    twin = node.copy() if node is not None else ConfigDict()
    key = path[0]
    item = put(twin.get(key), path[1:], value, origin, (*done, key))
    twin.set(key, item, origin_of(twin, key) if _is_same_place(twin.get(key), item, value) else origin)
    return twin


def _is_same_place(before: Any, after: Any, value: Any) -> bool:
    """A container in which something was changed still stands where it was written."""
    return isinstance(before, (dict, list, tuple)) and after is not value


def _index(node: list[Any] | tuple[Any, ...], key: str, path: tuple[str | int, ...], origin: Origin | None) -> int:
    if not _is_index(key):
        message = f"a list of {len(node)} items stands there; {key!r} is no index."
        raise ConfigError(Mistake(dotted(path), message, origin, f"Allowed: 0 to {len(node) - 1}."))
    index = int(key)
    if not -len(node) <= index < len(node):
        message = f"there is no item {index}: the list has {len(node)} items."
        hint = f"Allowed: 0 to {len(node) - 1}." if node else "Set the whole list."
        raise ConfigError(Mistake(dotted(path), message, origin, hint))
    return index % len(node)


def _is_index(key: Any) -> bool:
    return isinstance(key, int) or (isinstance(key, str) and key.removeprefix("-").isdecimal())


def follow(cfg: ConfigDict, name: str, old: Any, written_in: str | None = None) -> None:
    """Give the new value of a top-level name to every place that named it and so holds the old one.

    ``test_pipeline = val_pipeline`` follows ``val_pipeline``, but not the other way round. Places that ``written_in``
    itself wrote are left: a file that sets ``train_pipeline`` and says ``_base_.train_pipeline`` means the old one.
    """
    new = cfg[name]
    if new is old:
        return
    names = {name}
    origin = cfg.origins.get(name, Origin(name))

    def follows(held: Origin | None, value: Any) -> bool:
        if held is not None and (held.file == written_in or (held.name and held.name not in names)):
            return False
        if isinstance(old, (dict, list)):
            return value is old
        return held is not None and held.name in names and type(value) is type(old) and value == old

    found = 0
    while found < len(names):  # a name of the name, and so on
        found = len(names)
        for key, value in cfg.items():
            held = cfg.origins.get(key)
            if key not in names and held is not None and held.name in names and follows(held, value):
                cfg.set(key, new, replace(origin, name=held.name))
                names.add(key)
    for node in nodes_below(cfg, leave_out=new)[1:]:
        for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
            held = origin_of(node, key)
            if follows(held, value):
                node.set(key, new, replace(origin, name=held.name if held else name))
            elif isinstance(value, tuple):
                node.set(key, _swapped(value, old, new), held)


def _swapped(value: Any, old: Any, new: Any) -> Any:
    """A tuple with ``new`` for each dict or list in it that is ``old``; a tuple cannot be changed in place."""
    if isinstance(value, tuple):
        return tuple(_swapped(item, old, new) for item in value)
    return new if value is old and isinstance(old, (dict, list)) else value


def nodes_below(cfg: ConfigDict, leave_out: Any = None) -> list[Any]:
    """Every dict and list of a config once, however many places hold it; the config itself first."""
    seen = {id(leave_out)}
    found: list[Any] = []
    waiting: list[Any] = [cfg]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (dict, list, tuple)) and id(node) not in seen:
            seen.add(id(node))
            found += [] if isinstance(node, tuple) else [node]
            waiting += node.values() if isinstance(node, dict) else node
    return found
