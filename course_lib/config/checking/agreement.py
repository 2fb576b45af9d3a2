"""What no single value shows: that the parts of a config agree on the classes, the length, the probabilities."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import CourseError, Mistake, nearest
from ..nodes import ConfigDict, dotted
from ..registry import find
from ..schema import TRAIN_CFG
from .place import place_of

LENGTHS = ("max_epochs", "max_iters")
DATALOADERS = ("train_dataloader", "val_dataloader", "test_dataloader")
NUM_CLASSES = (  # in the order of their weight: where the data's classes are not known, the first that is there counts
    ("model", "head", "num_classes"),
    ("model", "backbone", "num_classes"),
    ("model", "head", "loss", "num_classes"),
    ("model", "data_preprocessor", "num_classes"),
    ("data_preprocessor", "num_classes"),
)


def disagreements(cfg: ConfigDict) -> Iterator[Mistake]:
    """Every mistake between the parts of a config."""
    yield from _class_mistakes(cfg)
    yield from _length_mistakes(cfg)
    yield from _probability_mistakes(cfg)


def _at(cfg: Any, *path: str) -> Any:
    """The value at a path, None if it is not there."""
    for key in path:
        cfg = cfg.get(key) if isinstance(cfg, Mapping) else None
    return cfg


def _class_mistakes(cfg: ConfigDict) -> Iterator[Mistake]:
    """Numbers of classes that do not fit one another: data sets, head, preprocessor, and the top-k of a metric."""
    sets = {key: _class_names(_at(cfg, key, "dataset")) for key in DATALOADERS}
    known = {key: classes for key, classes in sets.items() if classes is not None}
    said = {path: _at(cfg, *path) for path in NUM_CLASSES if path[-2] != "data_preprocessor" or _makes_soft_labels(cfg)}
    numbers = {path: number for path, number in said.items() if isinstance(number, int) and number > 0}
    if known:
        first, classes = next(iter(known.items()))
        if len(classes) < 2:
            message = f"the data set has one class only, {classes[0]!r}; telling classes apart takes at least two."
            yield place_of(cfg, first, "dataset").mistake(message)
            return
        truth, why = len(classes), f"the data set of {first} has {len(classes)}: {_listed(classes)}."
        for key, others in known.items():
            if len(others) != truth:
                yield place_of(cfg, key, "dataset").mistake(f"{len(others)} classes ({_listed(others)}), but {why}")
    elif numbers:
        path, truth = next(iter(numbers.items()))
        why = f"{dotted(path)} says {truth}."
    else:
        return
    for path, number in numbers.items():
        if number != truth:
            yield place_of(cfg, *path).mistake(f"{number} classes, but {why}", f"Write num_classes={truth}.")
    yield from _topk_mistakes(cfg, truth)


def _makes_soft_labels(cfg: ConfigDict) -> bool:
    """Whether the preprocessor makes use of its number of classes."""
    shared = (_at(cfg, "data_preprocessor", "to_onehot"), _at(cfg, "model", "data_preprocessor", "to_onehot"))
    return any(shared) or bool(_at(cfg, "model", "train_cfg", "augments"))


def _topk_mistakes(cfg: ConfigDict, num_classes: int) -> Iterator[Mistake]:
    for key in ("val_evaluator", "test_evaluator"):
        evaluator = cfg.get(key)
        items = [(evaluator, place_of(cfg, key))] if isinstance(evaluator, Mapping) else []
        if isinstance(evaluator, list | tuple):
            items = [(item, place_of(cfg, key).inside(evaluator, i)) for i, item in enumerate(evaluator)]
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
    """A training has one length, in one unit."""
    train_cfg = cfg.get("train_cfg")
    if not isinstance(train_cfg, Mapping):
        return
    place, said = place_of(cfg, "train_cfg"), [key for key in LENGTHS if key in train_cfg]
    if len(said) == 2:
        yield place.mistake("max_epochs and max_iters both say how long to train; keep one.")
    elif not said and not any(nearest(str(key), LENGTHS) for key in train_cfg if key not in TRAIN_CFG.keys):
        yield place.mistake("how long to train is missing.", "Write max_epochs=… or max_iters=….")
    elif said == ["max_iters"] and train_cfg.get("by_epoch") is True:
        yield place.mistake("max_iters counts iterations, but by_epoch=True counts epochs.", "Write by_epoch=False.")
    elif said == ["max_epochs"] and train_cfg.get("by_epoch") is False:
        yield place.mistake("max_epochs counts epochs, but by_epoch=False counts iterations.", "Write by_epoch=True.")


def _probability_mistakes(cfg: ConfigDict) -> Iterator[Mistake]:
    """The batch augmentations have a probability each, and together at most 1."""
    augments, probs = _at(cfg, "model", "train_cfg", "augments"), _at(cfg, "model", "train_cfg", "probs")
    if isinstance(probs, list | tuple) and all(isinstance(p, int | float) for p in probs):
        place = place_of(cfg, "model", "train_cfg", "probs")
        count = len(augments) if isinstance(augments, list | tuple) else 1
        if len(probs) != count:
            yield place.mistake(f"{len(probs)} probabilities for {count} augments; one each belongs here.")
        elif sum(probs) > 1 + 1e-9:
            yield place.mistake(f"the probabilities add up to {sum(probs):g}; at most 1 is possible.")
