"""Names for classes, so that ``type='ResNet'`` in a config finds ``class ResNet``.

One table for all kinds: a name is unique, so ``grep 'class ResNet'`` finds what a config means. A module adds its
class with the decorator; ``builders`` imports the packages so that the table is full.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from .errors import ConfigError, Mistake, Origin, did_you_mean

T = TypeVar("T", bound=Callable[..., Any])


@dataclass(frozen=True)
class Entry:
    """A registered class or function: its name in configs, its kind (``'backbone'``, ``'transform'``, …), itself."""

    name: str
    kind: str
    target: Callable[..., Any]


_ENTRIES: dict[str, Entry] = {}
_FAMILIES: dict[str, tuple[str, Callable[[str], Callable[..., Any]]]] = {}


def register(kind: str, *names: str) -> Callable[[T], T]:
    """Make a decorator that adds a class or function under its own name, or under ``names``.

    Running a notebook cell twice replaces the entry; a name that another file holds is an error.

    Raises:
        ConfigError: the name is taken by a class of another file.
    """

    def decorate(target: T) -> T:
        for name in names or (target.__name__,):
            held = _ENTRIES.get(name)
            if held is not None and _home(held.target) != _home(target):
                raise ConfigError(f"The name {name!r} is taken by {_home(held.target)}; {_home(target)} needs another.")
            _ENTRIES[name] = Entry(name, kind, target)
        return target

    return decorate


def register_family(kind: str, prefix: str, make: Callable[[str], Callable[..., Any]]) -> None:
    """Let every name that begins with ``prefix`` stand for what ``make`` gives for the rest of it.

    So ``type='torchvision/RandomAffine'`` finds another library's class, which need not be imported until then.
    """
    _FAMILIES[prefix] = (kind, make)


def _home(target: Callable[..., Any]) -> str:
    return f"{target.__module__}.{target.__qualname__}"


def find(name: str, kind: str | None = None, *, path: str = "", origin: Origin | None = None) -> Entry:
    """The entry of a name.

    Args:
        name: As a config writes it: ``'ResNet'``, or ``'mmpretrain.ResNet'`` (the scope is dropped).
        kind: If given, the entry must be of this kind.
        path, origin: Where the config names it, for the error.

    Raises:
        ConfigError: no such name, or one of another kind; the message suggests the nearest of the right kind.
    """
    family, slash, rest = name.partition("/")
    if slash and family + slash in _FAMILIES:
        family_kind, make = _FAMILIES[family + slash]
        return Entry(name, family_kind, _made(make, rest, path, origin))
    entry = _ENTRIES.get(name) or _ENTRIES.get(name.rpartition(".")[2])
    if entry is None:
        what = kind.replace("_", " ") if kind else "component"
        allowed = names(kind)
        raise ConfigError(Mistake(path, f"there is no {what} {name!r}.", origin, did_you_mean(name, allowed)))
    if kind is not None and entry.kind != kind:
        message = f"{name!r} is a {entry.kind}, but a {kind} belongs here."
        raise ConfigError(Mistake(path, message.replace("_", " "), origin, did_you_mean(name, names(kind))))
    return entry


def _made(make: Callable[[str], Callable[..., Any]], name: str, path: str, origin: Origin | None) -> Callable[..., Any]:
    try:
        return make(name)
    except ConfigError as error:
        raise ConfigError([replace(mistake, path=path, origin=origin) for mistake in error.mistakes]) from error


def names(kind: str | None = None) -> list[str]:
    """All registered names, or those of one kind, sorted."""
    return sorted(name for name, entry in _ENTRIES.items() if kind is None or entry.kind == kind)


def signature(name: str) -> inspect.Signature:
    """What a registered class takes, by argument name."""
    return inspect.signature(find(name).target)
