"""The walk through a config along the rules of ``schema.py``.

Where a component stands (a dict with ``type``), the registry is asked for the class, and the class's signature for the
arguments; the caller has filled the registry. The walk goes on below a mistake, so that all of them are found.
"""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..errors import ConfigError, Mistake, did_you_mean, nearest
from ..nodes import dotted
from ..registry import Entry, find, names
from ..rules import Many, OrNone, Part, Slot
from ..schema import ARGUMENTS, DROPPED, HANDED_OVER
from .annotations import described, fits, is_known, mended
from .hints import absent, hint_for_key, hint_for_type
from .place import Place


def mistakes_of(value: Any, rule: Any, place: Place) -> Iterator[Mistake]:
    """The mistakes of one value, judged by a rule of ``schema.py``."""
    match rule:
        case OrNone():
            if value is not None:
                yield from mistakes_of(value, rule.rule, place)
        case Part():
            yield from _part_mistakes(value, rule, place)
        case Slot():
            yield from _component_mistakes(value, rule, place)
        case Many():
            yield from _many_mistakes(value, rule, place)
        case _ if not fits(value, rule):
            yield place.mistake(f"{described(rule)} belongs here, not {_shown(value)}.", mended(value, rule))


def _part_mistakes(node: Any, part: Part, place: Place) -> Iterator[Mistake]:
    if not isinstance(node, Mapping):
        yield place.mistake(f"a dict belongs here, not {_shown(node)}.", f"Its keys: {', '.join(part.keys)}.")
        return
    for key, value in node.items():
        inner = place.inside(node, key)
        if key in part.keys:
            yield from mistakes_of(value, part.keys[key], inner)
        else:
            yield inner.mistake(f"there is no key {key!r} here.", hint_for_key(key, part.keys))
    for key in absent(part.required, node, part.keys):
        yield place.mistake(f"the key {key!r} is missing.")


def _many_mistakes(value: Any, rule: Many, place: Place) -> Iterator[Mistake]:
    if rule.or_one and isinstance(value, Mapping):
        yield from mistakes_of(value, rule.rule, place)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from mistakes_of(item, rule.rule, place.inside(value, index))
    else:
        hint = "Put it into brackets: [dict(…)]." if isinstance(value, Mapping) else ""
        yield place.mistake(f"a list belongs here, not {_shown(value)}.", hint)


def _component_mistakes(node: Any, slot: Slot, place: Place) -> Iterator[Mistake]:
    kind = slot.kind.replace("_", " ")
    allowed = [*names(slot.kind or None), *slot.built_in]
    if not isinstance(node, Mapping):
        yield place.mistake(
            f"a {kind} belongs here, a dict with 'type', not {_shown(node)}.", hint_for_type(node, allowed)
        )
        return
    name = node.get("type", slot.default)
    if name is None:
        near = next((key for key in node if nearest(str(key), ["type"])), None)
        hint = f"Did you mean 'type' for {near!r}?" if near else did_you_mean("", allowed)
        yield place.mistake(f"'type' is missing: which {kind} is meant?", hint)
    elif not isinstance(name, str):
        yield place.inside(node, "type").mistake(f"the name of a {kind} belongs here, not {_shown(name)}.")
    elif (short := name.rpartition(".")[2]) in slot.built_in:
        # A registered class of that name may take more than MMEngine's does.
        own = {key: Any for key in _parameters(find(short))} if short in names() else {}
        keys = {"type": str, **own, **slot.built_in[short].keys}
        yield from _part_mistakes(node, replace(slot.built_in[short], keys=keys), place)
    else:
        inner = place.inside(node, "type")
        try:
            entry = find(name, slot.kind or None, path=dotted(inner.path), origin=inner.origin)
        except ConfigError as error:
            yield from (replace(mistake, hint=hint_for_type(name, allowed)) for mistake in error.mistakes)
            # What stands inside can be judged all the same.
            rules = ARGUMENTS.get(slot.kind, {})
            for key, value in node.items():
                if key in rules:
                    yield from mistakes_of(value, rules[key], place.inside(node, key))
        else:
            yield from _argument_mistakes(node, entry, place)


def _argument_mistakes(node: Mapping[str, Any], entry: Entry, place: Place) -> Iterator[Mistake]:
    parameters = _parameters(entry)
    named = {name: p for name, p in parameters.items() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
    # A module without an __init__ of its own shows nn.Module's (*args, **kwargs), and takes nothing.
    takes_any = bool(named) and any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    rules = ARGUMENTS.get(entry.kind, {})
    for key, value in node.items():
        inner = place.inside(node, key)
        if key == "type" or key in DROPPED.get(entry.kind, ()):
            continue
        if key not in named:
            if not takes_any:
                yield inner.mistake(f"{entry.name} has no argument {key!r}.", hint_for_key(key, named))
        elif key in rules:
            yield from mistakes_of(value, rules[key], inner)
        elif not key.endswith("_cfg") and _holds_component(value):
            for item, at in _components(value, inner):
                yield from _component_mistakes(item, Slot(""), at)
        elif not _is_same(value, named[key].default) and named[key].annotation is not inspect.Parameter.empty:
            yield from mistakes_of(value, named[key].annotation, inner)
    needed = [name for name, p in named.items() if p.default is p.empty]
    for name in absent(needed, node, named):
        annotation = named[name].annotation
        what = f" ({described(annotation)})" if is_known(annotation) else ""
        yield place.mistake(f"{entry.name} needs the argument {name!r}{what}.")


def _parameters(entry: Entry) -> dict[str, inspect.Parameter]:
    """What a config may write for a registered class, without what the builder hands over."""
    try:
        found = inspect.signature(entry.target, eval_str=True).parameters
    except (NameError, AttributeError, TypeError, SyntaxError):
        # an annotation that cannot be read at run time is not judged
        found = inspect.signature(entry.target).parameters
    return {name: p for name, p in found.items() if name not in HANDED_OVER.get(entry.kind, ())}


def _is_same(value: Any, default: Any) -> bool:
    """Whether a config writes out the default, which fits though its annotation may not say so (``x: int = None``)."""
    return type(value) is type(default) and value == default


def _components(value: Any, place: Place) -> Iterator[tuple[Mapping[str, Any], Place]]:
    """A component, or those of a list, of lists too (the policies of AutoAugment)."""
    if isinstance(value, Mapping):
        yield value, place
    else:
        for index, item in enumerate(value):
            yield from _components(item, place.inside(value, index))


def _holds_component(value: Any) -> bool:
    if isinstance(value, Mapping):
        return "type" in value
    return isinstance(value, list | tuple) and bool(value) and all(_holds_component(item) for item in value)


def _shown(value: Any) -> str:
    """A value for a message, cut short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
