"""Whether a config's name is well made and says what the config says; each difference is told with both places."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .checking.place import Place, place_of
from .errors import Mistake, Origin
from .naming import FORM, ConfigName, parse_name
from .naming_words import DATA_SETS, NEEDED_TYPES, PARTS_OF_ALGORITHMS
from .nodes import ConfigDict, walk

SIZES = ("crop_size", "scale")  # the arguments that say how large a transform's pictures are
WRAPPED = ("dataset", "datasets")


def check_name(cfg: ConfigDict, file: str | Path) -> list[Mistake]:
    """Every mistake of a config's name.

    Args:
        cfg: The config, in the 1.x dialect.
        file: Its path. Configs in a folder ``lessons`` or ``zoo`` may leave the training out: ``lenet_digits``.

    Raises:
        ConfigError: the name cannot be taken apart at all.
    """
    name, origin = parse_name(file), Origin(str(file))
    may_be_short = Path(file).parent.name in ("lessons", "zoo")
    return [*_form_mistakes(name, origin, may_be_short), *_differences(name, cfg, origin)]


def _form_mistakes(name: ConfigName, origin: Origin, may_be_short: bool) -> Iterator[Mistake]:
    """What is wrong with a name by itself."""
    said = f"the name {name.text!r}"
    better = f"Write {name.well_written()!r}."
    if name.text != name.text.lower():
        yield Mistake(
            "", f"{said} has capital letters, and some disks cannot tell them from small ones.", origin, better
        )
    if not name.in_order:
        message = f"{said} has its parts in another order than algorithm, module, training, data."
        yield Mistake("", message, origin, better)
    if name.batch_size is None and name.trained and not may_be_short:
        message = f"{said} does not say the batch size, as in {FORM}."
        yield Mistake("", message, origin, "Put b and the number before the data set: b64.")
    for module in name.modules:
        if re.fullmatch(r"v\d+|\d+(\.\d+)?[xm]?", module) or module.lower() in PARTS_OF_ALGORITHMS:
            message = f"{said} cuts {module!r} off its algorithm by an underscore."
            hint = name.text.replace(f"_{module}", f"-{module}", 1)
            yield Mistake("", message, origin, f"Inside a part write a dash: {hint!r}.")


def _differences(name: ConfigName, cfg: ConfigDict, origin: Origin) -> Iterator[Mistake]:
    """Where the name says one thing and the config another; what only one of them says is no difference."""
    said = f"the name {name.text!r} says"
    batch = _place(cfg, "train_dataloader", "batch_size")
    if batch and name.batch_size is not None and batch[1] != name.batch_size:
        yield batch[0].mistake(f"{said} b{name.batch_size}, but this is {batch[1]}.")
    total = _place(cfg, "auto_scale_lr", "base_batch_size")
    if total and name.devices and name.batch_size and total[1] != name.devices * name.batch_size:
        product = f"{name.devices} × {name.batch_size} = {name.devices * name.batch_size:,}"
        yield total[0].mistake(f"{said} {product} pictures a step in all, but this is {total[1]:,}.")
    epochs = _place(cfg, "train_cfg", "max_epochs")
    if epochs and name.epochs is not None and epochs[1] != name.epochs:
        yield epochs[0].mistake(f"{said} {name.epochs}e, but this is {epochs[1]}.")
    yield from _data_differences(name, cfg, said)
    types = {node["type"] for _, node in walk(cfg) if isinstance(node, Mapping) and isinstance(node.get("type"), str)}
    for word in name.extras:
        needed = NEEDED_TYPES.get(word.lower(), ())
        if needed and not types & set(needed):
            yield Mistake("", f"{said} {word}, but the config has no {' or '.join(needed)}.", origin)


def _data_differences(name: ConfigName, cfg: ConfigDict, said: str) -> Iterator[Mistake]:
    reader = DATA_SETS[name.data].reader
    dataset, place = cfg.get("train_dataloader", {}).get("dataset"), None
    if isinstance(dataset, Mapping):
        place = place_of(cfg, "train_dataloader", "dataset")
        while any(key in dataset for key in WRAPPED):  # RepeatDataset and the like
            key = next(key for key in WRAPPED if key in dataset)
            place, dataset = place.inside(dataset, key), dataset[key]
            if isinstance(dataset, list | tuple):
                place, dataset = place.inside(dataset, 0), dataset[0]
        kind = str(dataset.get("type", "")).rpartition(".")[2]
        if kind != reader and reader and kind != "CustomDataset":  # that one reads any set's pictures
            message = f"{said} {name.data} ({reader}), but this is {kind}."
            yield place.inside(dataset, "type").mistake(message)
        elif name.data == "folder" and kind != reader:
            yield place.inside(dataset, "type").mistake(f"{said} folder ({reader}), but this is {kind}.")
    if name.px is None:
        return
    sizes = [found for key in ("train_dataloader", "val_dataloader") if (found := _last_size(cfg, key))]
    if sizes and all(side != name.px for _, side in sizes):
        where, side = sizes[-1]
        yield where.mistake(f"{said} {name.px}px, but this makes pictures of {side} pixels.")


def _place(cfg: Any, *path: str) -> tuple[Place, Any] | None:
    """A value and its place; None where it is not there."""
    node = cfg
    for key in path:
        if not isinstance(node, Mapping) or node.get(key) is None:
            return None
        node = node[key]
    return place_of(cfg, *path), node


def _last_size(cfg: ConfigDict, dataloader: str) -> tuple[Place, int] | None:
    """The side that the last cropping or resizing of a pipeline gives, and its place."""
    found = _place(cfg, dataloader, "dataset", "pipeline")
    if found is None:
        return None
    place, pipeline = found
    for index, step in reversed(list(enumerate(pipeline))):
        for key in SIZES:
            size = step.get(key) if isinstance(step, Mapping) else None
            side = size[0] if isinstance(size, list | tuple) and size else size
            if isinstance(side, int):
                return place.inside(pipeline, index).inside(step, key), side
    return None
