"""``data``: three loaders with their data sets and samplers, and the preprocessor from the ``Normalize`` step."""

import posixpath
from collections.abc import Iterator
from typing import Any

from ..nodes import ConfigDict, ConfigList, origin_of, walk
from .carry import move, move_rest, node, part
from .pipelines import upgrade_pipeline

SPLITS = ("train", "val", "test")

# These find their files themselves below one folder, and are told which half to read.
ONE_FOLDER = ("MNIST", "FashionMNIST", "CIFAR10", "CIFAR100", "StanfordCars")

# These 1.x does not ask for: a name below ``data_root`` that the data set knows, or a switch with one value only.
KNOWN_NOW: dict[str, dict[str, Any]] = {
    "CUB": {
        "ann_file": "images.txt",
        "image_class_labels_file": "image_class_labels.txt",
        "train_test_split_file": "train_test_split.txt",
        "data_prefix": "images",
    },
    "ImageNet21k": {"recursion_subdir": True},
}

NEW_KEYS = {"samples_per_gpu": "batch_size", "workers_per_gpu": "num_workers"}


def upgrade_data(old: ConfigDict, new: ConfigDict) -> None:
    """``data`` and ``sampler`` become the dataloaders; an empty ``val`` or ``test`` means that there is none."""
    normalize = _normalize(old)
    for pipeline in _pipelines(old):
        upgrade_pipeline(pipeline)
    _set_preprocessor(normalize, new)
    if not isinstance(old.get("data"), ConfigDict):
        return
    origin = origin_of(old, "data")
    data: ConfigDict = old.pop("data")
    splits = {split: data.pop(split, None) for split in SPLITS}
    overrides = {split: data.pop(f"{split}_dataloader", None) for split in SPLITS}
    for split, dataset in splits.items():
        if not dataset and split != "train":
            continue
        loader = ConfigDict()
        for settings in (data, overrides[split]):
            for key in settings if isinstance(settings, ConfigDict) else ():
                loader.set(NEW_KEYS.get(key, key), settings[key], origin_of(settings, key))
        place = origin_of(data, split) or origin
        if dataset:
            loader.set("dataset", _dataset(dataset, is_test=split != "train"), place)
        sampler = node(place, type="DefaultSampler", shuffle=split == "train")
        if split == "train" and isinstance(old.get("sampler"), ConfigDict):
            move_rest(old.pop("sampler"), sampler)
        for key in ("shuffle", "round_up"):
            move(loader, key, sampler)
        loader.set("sampler", sampler, place)
        new.set(f"{split}_dataloader", loader, place)


def _pipelines(old: ConfigDict) -> list[ConfigList]:
    """Every pipeline, once: those of the data sets, and those at the top, which the data sets mostly share."""
    data = old["data"] if isinstance(old.get("data"), ConfigDict) else ConfigDict()
    datasets = [data.get(split) for split in SPLITS]
    found = [inner["pipeline"] for _, inner in walk(datasets) if isinstance(inner, ConfigDict) and "pipeline" in inner]
    found += [old[key] for key in ("train_pipeline", "val_pipeline", "test_pipeline") if key in old]
    return list({id(pipeline): pipeline for pipeline in found if isinstance(pipeline, ConfigList)}.values())


def _normalize(old: ConfigDict) -> ConfigDict | None:
    """The first ``Normalize`` step, that of the training if there is one."""
    steps = (step for pipeline in _pipelines(old) for step in pipeline if isinstance(step, ConfigDict))
    return next((step for step in steps if step.get("type") == "Normalize"), None)


def _set_preprocessor(normalize: ConfigDict | None, new: ConfigDict) -> None:
    head = new.get("model", {}).get("head")
    num_classes = head.get("num_classes") if isinstance(head, ConfigDict) else None
    if normalize is None and num_classes is None:
        return
    preprocessor = part(new, "data_preprocessor", origin_of(normalize, "type") or origin_of(head, "num_classes"))
    if num_classes is not None:
        preprocessor.set("num_classes", num_classes, origin_of(head, "num_classes"))
    if normalize is not None:
        move_rest(normalize.copy(), preprocessor, drop=("type",))
        if "to_rgb" not in preprocessor:
            preprocessor.set("to_rgb", True, origin_of(normalize, "type"))


def _dataset(old: Any, is_test: bool) -> Any:
    """A data set: ``data_root`` and paths below it, ``test_mode``; through wrappers inward, lists become one."""
    if isinstance(old, ConfigList):
        return node(origin_of(old, 0), type="ConcatDataset", datasets=[_dataset(item, is_test) for item in old])
    if not isinstance(old, ConfigDict):
        return old
    new = old.copy()
    for key, inner in _wrapped(old):
        many = isinstance(inner, ConfigList) and key == "datasets"
        items = [_dataset(item, is_test) for item in inner] if many else _dataset(inner, is_test)
        new.set(key, items, origin_of(old, key))
    _set_paths(new)
    for key, known in KNOWN_NOW.get(str(new.get("type")), {}).items():
        value = new.get(key)
        if (posixpath.basename(value) if isinstance(value, str) else value) == known:
            del new[key]
    if new.get("type") == "VOC":
        move(new, "ann_file", new, "image_set_path")
    move(new, "pipeline", new)  # to the end, behind the short ones
    if is_test and new.get("type") in ONE_FOLDER and "test_mode" not in new:
        new.set("test_mode", True, origin_of(old, "type"))
    return new


def _wrapped(dataset: ConfigDict) -> Iterator[tuple[str, Any]]:
    yield from ((key, dataset[key]) for key in ("dataset", "datasets") if key in dataset)


def _set_paths(dataset: ConfigDict) -> None:
    """``data_prefix='data/flowers/train'`` as ``data_root='data/flowers', data_prefix='train'``."""
    if dataset.get("ann_file", "") is None:
        del dataset["ann_file"]
    prefix, annotations = dataset.get("data_prefix"), dataset.get("ann_file")
    if "data_root" in dataset or not isinstance(prefix, str) or not isinstance(annotations, str | None):
        return
    place = origin_of(dataset, "data_prefix")
    prefix = posixpath.normpath(prefix) if prefix else ""
    if dataset.get("type") in ONE_FOLDER:
        root, below = prefix, ""
    elif annotations and prefix:
        root = _common_folder(prefix, annotations)
        below = posixpath.relpath(prefix, root) if root else prefix
    else:
        root, below = posixpath.split(prefix)
    if not root:
        return
    del dataset["data_prefix"]
    dataset.set("data_root", root, place)
    if annotations and dataset.get("type") not in ONE_FOLDER:
        dataset.set("ann_file", posixpath.relpath(annotations, root), origin_of(dataset, "ann_file"))
    if below not in ("", "."):
        dataset.set("data_prefix", below, place)


def _common_folder(prefix: str, annotations: str) -> str:
    if posixpath.isabs(prefix) != posixpath.isabs(annotations):
        return ""
    return posixpath.commonpath([prefix, posixpath.dirname(posixpath.normpath(annotations))])
