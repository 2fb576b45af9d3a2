"""Find every mistake of a config at once, before a picture is read or a model built.

``check`` walks the config along the rules of ``schema.py``; where a component stands (a dict with ``type``) it asks the
registry for the class and the class's signature for the arguments. The caller has filled the registry. What no
single value shows, that the head's classes are the data set's, or that one part's channels fit the next, comes last.
"""

import ast
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Number
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from .dialects import is_old, upgrade
from .errors import ConfigError, CourseError, Mistake, Origin, did_you_mean, nearest
from .nodes import ConfigDict, dotted, origin_of
from .registry import Entry, find, names
from .schema import (
    ARGUMENTS,
    HANDED_OVER,
    OLD_ARGUMENTS,
    OLD_KEYS,
    OLD_TYPES,
    REQUIRED_FOR_TRAINING,
    TOP_LEVEL,
    TRAIN_CFG,
    AtLeast,
    Many,
    MoreThan,
    OrNone,
    Part,
    Slot,
)

Probe = Callable[[ConfigDict], list[Mistake]]


def check(cfg: ConfigDict, *, probe: Probe | None = None, for_training: bool | None = None) -> list[Mistake]:
    """Every mistake of a config; an empty list if there is none. A config of the 0.x dialect is upgraded first.

    Args:
        cfg: A whole config.
        probe: Compares what no signature tells (the channels between a model's parts); called with the config only
            where the model has no other mistake.
        for_training: Whether the parts that a training needs must be there; by default if one of them is.
    """
    if is_old(cfg):
        try:
            cfg = upgrade(cfg)
        except ConfigError as error:
            return error.mistakes
    found = [*_top_level_mistakes(cfg, for_training), *_class_mistakes(cfg), *_length_mistakes(cfg)]
    if probe is not None and "model" in cfg and not any(m.path.split(".")[0] == "model" for m in found):
        found += probe(cfg)
    # A value that several parts share (`test_dataloader = val_dataloader`) is one mistake, told once.
    told = {(m.origin or m.path, m.path.rpartition(".")[2], m.message): m for m in reversed(found)}
    return list(told.values())[::-1]


def require(cfg: ConfigDict, *, probe: Probe | None = None, for_training: bool | None = None) -> None:
    """Nothing, if the config is right.

    Raises:
        ConfigError: it is not; the error holds every mistake.
    """
    mistakes = check(cfg, probe=probe, for_training=for_training)
    if mistakes:
        raise ConfigError(mistakes)


def check_component(node: Any, kind: str, path: str = "") -> list[Mistake]:
    """Every mistake of one component alone, such as ``cfg.model`` of kind ``'classifier'``."""
    return list(_component_mistakes(node, Slot(kind), _Place(tuple(path.split(".")) if path else (), None)))


@dataclass(frozen=True)
class _Place:
    """Where the walk stands: the path from the top, and the nearest line that is known."""

    path: tuple[str | int, ...]
    origin: Origin | None

    def inside(self, node: Any, key: str | int) -> "_Place":
        return _Place((*self.path, key), origin_of(node, key) or self.origin)

    def mistake(self, message: str, hint: str = "") -> Mistake:
        return Mistake(dotted(self.path), message, self.origin, hint)


# ------------------------------------------------------------------------------------------------ the walk


def _top_level_mistakes(cfg: ConfigDict, for_training: bool | None) -> Iterator[Mistake]:
    top = _Place((), None)
    variables: set[str] = getattr(cfg, "used", set())
    near = set()
    for key, value in cfg.items():
        place = top.inside(cfg, key)
        if key in TOP_LEVEL:
            yield from _mistakes(value, TOP_LEVEL[key], place)
        elif key in variables:
            continue
        elif key in OLD_KEYS:
            yield place.mistake("this key of the 0.x dialect stands inside a 1.x config.", f"Write {OLD_KEYS[key]}.")
        else:
            near.add(nearest(key, TOP_LEVEL))
            known = [*TOP_LEVEL, *OLD_KEYS]
            hint = did_you_mean(key, known) if nearest(key, known) else "Use it or remove it."
            yield place.mistake("this is no part of a config, and nothing uses it as a variable.", hint)
    absent = [key for key in REQUIRED_FOR_TRAINING if cfg.get(key) is None and key not in near]
    if for_training is None:
        for_training = any(cfg.get(key) is not None for key in REQUIRED_FOR_TRAINING if key != "model")
    if for_training:
        yield from (Mistake(key, f"a training needs {key!r}, and it is missing.") for key in absent)


def _mistakes(value: Any, rule: Any, place: _Place) -> Iterator[Mistake]:
    """The mistakes of one value, judged by a rule of ``schema.py``."""
    match rule:
        case OrNone():
            if value is not None:
                yield from _mistakes(value, rule.rule, place)
        case Part():
            yield from _part_mistakes(value, rule, place)
        case Slot():
            yield from _component_mistakes(value, rule, place)
        case Many():
            yield from _many_mistakes(value, rule, place)
        case _ if not _fits(value, rule):
            yield place.mistake(f"{_described(rule)} belongs here, not {_shown(value)}.", _mended(value, rule))


def _part_mistakes(node: Any, part: Part, place: _Place) -> Iterator[Mistake]:
    if not isinstance(node, Mapping):
        yield place.mistake(f"a dict belongs here, not {_shown(node)}.", f"Its keys: {', '.join(part.keys)}.")
        return
    for key, value in node.items():
        inner = place.inside(node, key)
        if key in part.keys:
            yield from _mistakes(value, part.keys[key], inner)
        else:
            yield inner.mistake(f"there is no key {key!r} here.", _hint_for_key(key, part.keys))
    for key in _absent(part.required, node, part.keys):
        yield place.mistake(f"the key {key!r} is missing.")


def _many_mistakes(value: Any, rule: Many, place: _Place) -> Iterator[Mistake]:
    if rule.or_one and isinstance(value, Mapping):
        yield from _mistakes(value, rule.rule, place)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _mistakes(item, rule.rule, place.inside(value, index))
    else:
        hint = "Put it into brackets: [dict(…)]." if isinstance(value, Mapping) else ""
        yield place.mistake(f"a list belongs here, not {_shown(value)}.", hint)


def _component_mistakes(node: Any, slot: Slot, place: _Place) -> Iterator[Mistake]:
    kind = slot.kind.replace("_", " ")
    allowed = [*names(slot.kind), *slot.built_in]
    if not isinstance(node, Mapping):
        yield place.mistake(
            f"a {kind} belongs here, a dict with 'type', not {_shown(node)}.", _hint_for_type(node, allowed)
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
            yield from (replace(mistake, hint=_hint_for_type(name, allowed)) for mistake in error.mistakes)
            # What stands inside can be judged all the same.
            rules = ARGUMENTS.get(slot.kind, {})
            for key in rules.keys() & node.keys():
                yield from _mistakes(node[key], rules[key], place.inside(node, key))
        else:
            yield from _argument_mistakes(node, entry, place)


def _argument_mistakes(node: Mapping[str, Any], entry: Entry, place: _Place) -> Iterator[Mistake]:
    parameters = _parameters(entry)
    named = {name: p for name, p in parameters.items() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
    # A module without an __init__ of its own shows nn.Module's (*args, **kwargs), and takes nothing.
    takes_any = bool(named) and any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    rules = ARGUMENTS.get(entry.kind, {})
    for key, value in node.items():
        inner = place.inside(node, key)
        if key == "type":
            continue
        if key not in named:
            if not takes_any:
                yield inner.mistake(
                    f"{entry.name} has no argument {key!r}.",
                    _hint_for_key(key, named),
                )
        elif key in rules:
            yield from _mistakes(value, rules[key], inner)
        elif not key.endswith("_cfg") and _holds_component(value):
            items = (
                [(value, inner)]
                if isinstance(value, Mapping)
                else [(v, inner.inside(value, i)) for i, v in enumerate(value)]
            )
            for item, at in items:
                yield from _component_mistakes(item, Slot(""), at)
        elif not _is_same(value, named[key].default) and named[key].annotation is not inspect.Parameter.empty:
            yield from _mistakes(value, named[key].annotation, inner)
    needed = [name for name, p in named.items() if p.default is p.empty]
    for name in _absent(needed, node, named):
        annotation = named[name].annotation
        what = f" ({_described(annotation)})" if _is_known(annotation) else ""
        yield place.mistake(f"{entry.name} needs the argument {name!r}{what}.")


def _parameters(entry: Entry) -> dict[str, inspect.Parameter]:
    """What a config may write for a registered class, without what the builder hands over."""
    try:
        found = inspect.signature(entry.target, eval_str=True).parameters
    except (
        NameError,
        AttributeError,
        TypeError,
        SyntaxError,
    ):  # an annotation that cannot be read at run time is not judged
        found = inspect.signature(entry.target).parameters
    return {name: p for name, p in found.items() if name not in HANDED_OVER.get(entry.kind, ())}


def _is_same(value: Any, default: Any) -> bool:
    """Whether a config writes out the default, which fits though its annotation may not say so (``x: int = None``)."""
    return type(value) is type(default) and value == default


def _holds_component(value: Any) -> bool:
    if isinstance(value, Mapping):
        return "type" in value
    return isinstance(value, list | tuple) and bool(value) and all(_holds_component(item) for item in value)


def _absent(needed: Iterable[str], node: Mapping[str, Any], allowed: Collection[str]) -> list[str]:
    """What is needed and not there; a name that is there misspelt has been told already."""
    unknown = [key for key in node if key not in allowed]
    misspelt = {
        OLD_ARGUMENTS[key].split("=")[0] if key in OLD_ARGUMENTS else nearest(str(key), allowed) for key in unknown
    }
    return [name for name in needed if name not in node and name not in misspelt]


def _hint_for_key(key: str, allowed: Collection[str]) -> str:
    if key in OLD_ARGUMENTS:
        return f"In the 1.x dialect write {OLD_ARGUMENTS[key]}."
    if key in OLD_KEYS and nearest(key, allowed) is None:
        return f"At the top of a config of the 1.x dialect write {OLD_KEYS[key]}."
    if nearest(str(key), ["type"]):
        return did_you_mean(str(key), ["type"])
    return did_you_mean(str(key), allowed) or "It takes none."


def _hint_for_type(name: Any, allowed: Collection[str]) -> str:
    if isinstance(name, list | tuple):
        return "Without the brackets?"
    if str(name) in OLD_TYPES:
        return f"In the 1.x dialect write {OLD_TYPES[str(name)]}."
    return did_you_mean(str(name), allowed)


# ------------------------------------------------------------------------------------------------ one value

_LISTS = (list, tuple, Sequence, Iterable, Collection)
_DICTS = (dict, Mapping)


def _fits(value: Any, wanted: Any) -> bool:
    """Whether a value is what an annotation says. Lists and tuples pass for each other; unknown annotations pass."""
    container, args = get_origin(wanted) or wanted, get_args(wanted)
    if wanted is None or wanted is NoneType:
        return value is None
    if container is Annotated:
        return _fits(value, args[0]) and all(b.holds(value) for b in args[1:] if isinstance(b, AtLeast | MoreThan))
    if container is Literal:
        return any(type(value) is type(choice) and value == choice for choice in args)
    if container in (Union, UnionType):
        known = [choice for choice in args if _is_known(choice)]
        unsure = len(known) < len(args) and not isinstance(value, str | int | float | NoneType)
        return unsure or not known or any(_fits(value, choice) for choice in known)
    if container is bool or container is str:
        return isinstance(value, container)
    if container is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if container in (float, Number):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if container in _LISTS:
        return isinstance(value, list | tuple) and _items_fit(value, container, args)
    if container in _DICTS:
        return isinstance(value, Mapping) and (not args or all(_fits(item, args[1]) for item in value.values()))
    return True


def _items_fit(value: Sequence[Any], container: Any, args: tuple[Any, ...]) -> bool:
    if container is tuple and args and args[-1] is not Ellipsis:
        return len(value) == len(args) and all(_fits(item, arg) for item, arg in zip(value, args, strict=True))
    return not args or all(_fits(item, args[0]) for item in value)


def _is_known(wanted: Any) -> bool:
    """Whether ``_fits`` can judge this annotation."""
    known = (bool, int, float, Number, str, None, NoneType, Annotated, Literal, Union, UnionType, *_LISTS, *_DICTS)
    return any((get_origin(wanted) or wanted) is item for item in known)


def _described(wanted: Any) -> str:
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
        return f"{_described(args[0])} {bounds}".rstrip()
    if container is Literal:
        return " or ".join(repr(choice) for choice in args)
    if container in (Union, UnionType):
        return " or ".join(_described(choice) for choice in args)
    if container is tuple and args and args[-1] is not Ellipsis:
        return f"a list of {len(args)} ({', '.join(_described(item) for item in args)})"
    if container in _LISTS:
        return f"a list (of each: {_described(args[0])})" if args and args[0] is not Any else "a list"
    if container in _DICTS:
        return "a dict"
    return simple.get(container) or str(getattr(container, "__name__", container))


def _mended(value: Any, wanted: Any) -> str:
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
    found = next((candidate for candidate in candidates if _fits(candidate, wanted)), None)
    return f"Did you mean {found!r}?" if found is not None else ""


def _shown(value: Any) -> str:
    """A value for a message, cut short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _choices(wanted: Any) -> Iterator[Any]:
    if get_origin(wanted) is Literal:
        yield from get_args(wanted)
    elif get_origin(wanted) in (Union, UnionType):
        for choice in get_args(wanted):
            yield from _choices(choice)


# ------------------------------------------------------------------------------------------------ between the parts


def _at(cfg: Any, *path: str) -> Any:
    """The value at a path, None if it is not there."""
    for key in path:
        cfg = cfg.get(key) if isinstance(cfg, Mapping) else None
    return cfg


def _place_of(cfg: ConfigDict, *path: str) -> _Place:
    place, node = _Place((), None), cfg
    for key in path:
        place, node = place.inside(node, key), node[key]
    return place


def _class_mistakes(cfg: ConfigDict) -> Iterator[Mistake]:
    """Numbers of classes that do not fit one another: data sets, head, preprocessor, and the top-k of a metric."""
    sets = {
        key: _class_names(_at(cfg, key, "dataset")) for key in ("train_dataloader", "val_dataloader", "test_dataloader")
    }
    known = {key: classes for key, classes in sets.items() if classes is not None}
    numbers: dict[tuple[str, ...], int] = {}
    in_model = (("head",), ("backbone",), ("head", "loss"), ("data_preprocessor",))
    for part in (*(("model", *path) for path in in_model), ("data_preprocessor",)):
        number = _at(cfg, *part, "num_classes")
        if isinstance(number, int) and number > 0:
            numbers[(*part, "num_classes")] = number

    if known:
        first, classes = next(iter(known.items()))
        if len(classes) < 2:
            message = f"the data set has one class only, {classes[0]!r}; telling classes apart takes at least two."
            yield _place_of(cfg, first, "dataset").mistake(message)
            return
        truth, why = len(classes), f"the data set of {first} has {len(classes)}: {_listed(classes)}."
        for key, others in known.items():
            if len(others) != truth:
                yield _place_of(cfg, key, "dataset").mistake(f"{len(others)} classes ({_listed(others)}), but {why}")
    elif numbers:
        path, truth = next(iter(numbers.items()))
        why = f"{dotted(path)} says {truth}."
    else:
        return
    for path, number in numbers.items():
        if number != truth:
            yield _place_of(cfg, *path).mistake(f"{number} classes, but {why}", f"Write num_classes={truth}.")
    yield from _topk_mistakes(cfg, truth)


def _topk_mistakes(cfg: ConfigDict, num_classes: int) -> Iterator[Mistake]:
    for key in ("val_evaluator", "test_evaluator"):
        evaluator = cfg.get(key)
        items = [(evaluator, _place_of(cfg, key))] if isinstance(evaluator, Mapping) else []
        if isinstance(evaluator, list | tuple):
            items = [(item, _place_of(cfg, key).inside(evaluator, i)) for i, item in enumerate(evaluator)]
        for item, place in items:
            topk = _at(item, "topk")
            ks = topk if isinstance(topk, list | tuple) else (topk,)
            if topk is None or not all(isinstance(k, int) for k in ks) or max(ks, default=0) <= num_classes:
                continue
            fitting = tuple(k for k in ks if k <= num_classes) or (1,)
            message = f"a top-{max(ks)} accuracy needs more than the {num_classes} classes there are."
            yield place.inside(item, "topk").mistake(message, f"Write topk={fitting!r}.")


def _class_names(dataset: Any) -> Sequence[str] | None:
    """What classes a data set's config stands for, as far as that is known without reading a picture."""
    if not isinstance(dataset, Mapping):
        return None
    if "dataset" in dataset:
        return _class_names(dataset["dataset"])
    if isinstance(dataset.get("datasets"), list | tuple):
        return next((known for part in dataset["datasets"] if (known := _class_names(part)) is not None), None)
    try:
        ask = getattr(find(str(dataset.get("type")), "dataset").target, "class_names", None)
        known = ask({key: value for key, value in dataset.items() if key != "type"}) if ask else None
    except (CourseError, OSError, ValueError, TypeError, KeyError):
        return None  # wrong arguments are told elsewhere, missing files when the data set is read
    if known is None:
        known = dataset.get("classes") or _at(dataset, "metainfo", "classes")
    return known if isinstance(known, list | tuple) else None


def _listed(classes: Sequence[str]) -> str:
    return ", ".join(str(name) for name in classes[:6]) + (", …" if len(classes) > 6 else "")


def _length_mistakes(cfg: ConfigDict) -> Iterator[Mistake]:
    """A training has one length; the probabilities of batch augmentations are one each."""
    train_cfg = cfg.get("train_cfg")
    if isinstance(train_cfg, Mapping):
        place, said = _place_of(cfg, "train_cfg"), [key for key in ("max_epochs", "max_iters") if key in train_cfg]
        if len(said) == 2:
            yield place.mistake("max_epochs and max_iters both say how long to train; keep one.")
        elif not said and not _misspelt_length(train_cfg):
            yield place.mistake("how long to train is missing.", "Write max_epochs=… or max_iters=….")
        elif said == ["max_iters"] and train_cfg.get("by_epoch") is True:
            yield place.mistake(
                "max_iters counts iterations, but by_epoch=True counts epochs.", "Write by_epoch=False."
            )
        elif said == ["max_epochs"] and train_cfg.get("by_epoch") is False:
            yield place.mistake(
                "max_epochs counts epochs, but by_epoch=False counts iterations.", "Write by_epoch=True."
            )
    augments, probs = _at(cfg, "model", "train_cfg", "augments"), _at(cfg, "model", "train_cfg", "probs")
    if isinstance(probs, list | tuple) and all(isinstance(p, int | float) for p in probs):
        place = _place_of(cfg, "model", "train_cfg", "probs")
        count = len(augments) if isinstance(augments, list | tuple) else 1
        if len(probs) != count:
            yield place.mistake(f"{len(probs)} probabilities for {count} augments; one each belongs here.")
        elif sum(probs) > 1 + 1e-9:
            yield place.mistake(f"the probabilities add up to {sum(probs):g}; at most 1 is possible.")


def _misspelt_length(train_cfg: Mapping[str, Any]) -> bool:
    return any(nearest(str(key), ["max_epochs", "max_iters"]) for key in train_cfg if key not in TRAIN_CFG.keys)
