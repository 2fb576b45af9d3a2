"""One value against one type annotation: does it fit, what belongs there in words, and which slip may it be.

An annotation is a rule of ``schema.py`` or stands in a class's signature. A config knows no tuples apart from lists,
and what is a class of our own (an annotation such as ``nn.Module``) is not judged.
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from numbers import Number
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from ..errors import nearest
from ..rules import AtLeast, MoreThan

_LISTS = (list, tuple, Sequence, Iterable, Collection)
_DICTS = (dict, Mapping)


def fits(value: Any, wanted: Any) -> bool:
    """Whether a value is what an annotation says. Lists and tuples pass for each other; unknown annotations pass."""
    container, args = get_origin(wanted) or wanted, get_args(wanted)
    if wanted is None or wanted is NoneType:
        return value is None
    if container is Annotated:
        return fits(value, args[0]) and all(b.holds(value) for b in args[1:] if isinstance(b, AtLeast | MoreThan))
    if container is Literal:
        return any(type(value) is type(choice) and value == choice for choice in args)
    if container in (Union, UnionType):
        known = [choice for choice in args if is_known(choice)]
        unsure = len(known) < len(args) and not isinstance(value, str | int | float | NoneType)
        return unsure or not known or any(fits(value, choice) for choice in known)
    if container is bool or container is str:
        return isinstance(value, container)
    if container is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if container in (float, Number):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if container in _LISTS:
        return isinstance(value, list | tuple) and _items_fit(value, container, args)
    if container in _DICTS:
        return isinstance(value, Mapping) and (not args or all(fits(item, args[1]) for item in value.values()))
    return True


def _items_fit(value: Sequence[Any], container: Any, args: tuple[Any, ...]) -> bool:
    if container is tuple and args and args[-1] is not Ellipsis:
        return len(value) == len(args) and all(fits(item, arg) for item, arg in zip(value, args, strict=True))
    return not args or all(fits(item, args[0]) for item in value)


def is_known(wanted: Any) -> bool:
    """Whether ``fits`` can judge this annotation."""
    known = (bool, int, float, Number, str, None, NoneType, Annotated, Literal, Union, UnionType, *_LISTS, *_DICTS)
    return any((get_origin(wanted) or wanted) is item for item in known)


def described(wanted: Any) -> str:
    """An annotation in words: ``int | None`` as ``'an int or None'``."""
    container, args = get_origin(wanted) or wanted, get_args(wanted)
    simple: dict[Any, str] = {
        bool: "True or False",
        int: "an int",
        float: "a number",
        Number: "a number",
        str: "a string",
        None: "None",
        NoneType: "None",
    }
    if container is Annotated:
        bounds = " ".join(str(bound) for bound in args[1:] if isinstance(bound, AtLeast | MoreThan))
        return f"{described(args[0])} {bounds}".rstrip()
    if container is Literal:
        return " or ".join(repr(choice) for choice in args)
    if container in (Union, UnionType):
        return " or ".join(described(choice) for choice in args)
    if container is tuple and args and args[-1] is not Ellipsis:
        return f"a list of {len(args)} ({', '.join(described(item) for item in args)})"
    if container in _LISTS:
        return f"a list (of each: {described(args[0])})" if args and args[0] is not Any else "a list"
    if container in _DICTS:
        return "a dict"
    return simple.get(container) or str(getattr(container, "__name__", container))


def mended(value: Any, wanted: Any) -> str:
    """The slip that is easily made, undone: quotes around a number, a number without its brackets."""
    candidates: list[Any] = []
    if isinstance(value, str):
        try:
            candidates.append(ast.literal_eval(value))
        except (ValueError, SyntaxError):
            literals = [choice for choice in _choices(wanted) if isinstance(choice, str)]
            best = nearest(value, literals)
            candidates += [best] if best else []
    elif isinstance(value, list | tuple):
        candidates += value if len(value) == 1 else []
    elif isinstance(value, float) and value.is_integer():
        candidates.append(int(value))
    candidates.append([value])
    found = next((candidate for candidate in candidates if fits(candidate, wanted)), None)
    return f"Did you mean {found!r}?" if found is not None else ""


def _choices(wanted: Any) -> Iterator[Any]:
    if get_origin(wanted) is Literal:
        yield from get_args(wanted)
    elif get_origin(wanted) in (Union, UnionType):
        for choice in get_args(wanted):
            yield from _choices(choice)
