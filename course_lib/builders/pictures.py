"""Where the pictures come from: data sets, loaders, the preprocessor, and views for test-time augmentation."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from course_lib import data, engine
from course_lib.config import ConfigDict, DataError, registry
from course_lib.config.nodes import to_nodes
from course_lib.data import Loader, Preprocessor, make_loader

from .reading import innermost, reads_files, recipe_changes, short_name
from .rule import build


def build_dataset(dataset: Mapping[str, Any]) -> data.Dataset:
    """The data set of ``cfg.train_dataloader.dataset``, its pipeline included."""
    return build(dataset)


def build_loader(dataloader: Mapping[str, Any], *, training: bool, seed: int = 0, device: str = "cpu") -> Loader:
    """The loader of ``cfg.train_dataloader`` and the like."""
    world = engine.world()
    with engine.one_first():  # which may download and unpack
        dataset = build_dataset(dataloader["dataset"])
    taken = ("batch_size", "num_workers", "drop_last", "way", "max_cached_bytes", "on_error")
    return make_loader(
        dataset,
        rank=world.rank,
        world=world.size,
        sampler=build_sampler(dataloader.get("sampler"), training=training),
        seed=seed,
        device=device,
        **{key: dataloader[key] for key in taken if key in dataloader},
    )


def build_sampler(sampler: Mapping[str, Any] | None, *, training: bool) -> data.Sampler:
    """The order of the epochs, from a loader's ``sampler``.

    Unless it says otherwise, training shuffles and gives every process equally many pictures, and measuring takes each
    picture once.
    """
    own = to_nodes(sampler or {}).copy()
    own.setdefault("type", "DefaultSampler")
    if short_name(own) == "DefaultSampler":
        own.setdefault("shuffle", training)
        own.setdefault("round_up", training)
    return build(own)


def count_batches(dataloader: Mapping[str, Any]) -> int:
    """The batches of an epoch of ``cfg.train_dataloader``: the data set is opened, but no picture is read.

    Raises:
        DataError: the data is missing, or too little for one batch.
    """
    dataset = build_dataset(dataloader["dataset"])
    labels = None if dataset.labels is None else torch.from_numpy(dataset.labels)
    pictures = len(build_sampler(dataloader.get("sampler"), training=True).order(len(dataset), 0, 0, labels))
    batch_size = dataloader.get("batch_size", 1)
    batches = pictures // batch_size if dataloader.get("drop_last") else -(-pictures // batch_size)
    if not batches:
        raise DataError(f"{pictures} training pictures make no batch of {batch_size}.")
    return batches


def build_preprocessor(cfg: Mapping[str, Any]) -> Preprocessor:
    """Normalisation from ``data_preprocessor`` and batch augmentations from ``model.train_cfg``."""
    model = cfg.get("model", {})
    args = dict(model.get("data_preprocessor") or cfg.get("data_preprocessor") or {})
    args.setdefault("type", "Preprocessor")
    # MMPretrain's to_rgb=False leaves pictures as they were read: from files BGR, but CIFAR's and the like are RGB
    if args.get("to_rgb") is False and not reads_files(cfg):
        args["to_rgb"] = True
    train_cfg = model.get("train_cfg") or {}
    if "augments" in train_cfg:
        augments = train_cfg["augments"]
        args["batch_augments"] = augments if isinstance(augments, list) else [augments]
        args["probs"] = train_cfg.get("probs")
    if "augments" in train_cfg or any("batch_augments" in change for change in recipe_changes(cfg)):
        parts = (model.get("head") or {}, model.get("backbone") or {})  # LeNet's backbone ends in the classes itself
        known = next((part["num_classes"] for part in parts if "num_classes" in part), None)
        args.setdefault("num_classes", known)
    return build(args)


def with_pipeline(dataset: Mapping[str, Any], changed: Callable[[Sequence[Any]], Sequence[Any]]) -> ConfigDict:
    """A data set's config with another pipeline, inside of wrappers too; ``changed`` makes it from the one it has."""
    own = to_nodes(dataset).copy()
    if "datasets" in own:
        own["datasets"] = [with_pipeline(inner, changed) for inner in own["datasets"]]
    elif "dataset" in own:
        own["dataset"] = with_pipeline(own["dataset"], changed)
    else:
        own["pipeline"] = list(changed(own.get("pipeline") or []))
    return own


def with_views(cfg: Mapping[str, Any], dataset: ConfigDict) -> ConfigDict:
    """A data set's config with ``tta_pipeline`` in place of its pipeline, inside of wrappers too."""
    return with_pipeline(dataset, lambda pipeline: tta_pipeline(cfg, pipeline))


def tta_pipeline(cfg: Mapping[str, Any], pipeline: Sequence[Any]) -> Sequence[Any]:
    """The steps that give several views of each picture: ``cfg.tta_pipeline``, by default with and without a flip.

    Args:
        cfg: A whole config.
        pipeline: The steps of the test, which the default adds to, and says so.
    """
    if cfg.get("tta_pipeline"):
        return cfg["tta_pipeline"]
    told = "tta: the config has no tta_pipeline; pictures are taken as they are and flipped left to right"
    print(told, file=sys.stderr)  # a program may read the answer
    flips = {"type": "TestTimeAug", "transforms": [[{"type": "RandomFlip", "prob": prob} for prob in (0.0, 1.0)]]}
    packed = bool(pipeline) and short_name(pipeline[-1]) == "PackInputs"
    end = len(pipeline) - packed
    return [*pipeline[:end], flips, *pipeline[end:]]


def picture_shape(cfg: Mapping[str, Any]) -> tuple[int, int, int]:
    """(C, H, W) of what the model gets, found by sending a grey picture through the (first) pipeline."""
    loader = cfg.get("train_dataloader") or cfg.get("val_dataloader") or {}
    dataset = innermost(loader.get("dataset") or {})[0]
    shape = raw_shape(dataset) or (3, 256, 320)
    sample: dict[str, Any] = {"img": torch.full(shape, 128, dtype=torch.uint8), "gt_label": 0}
    for transform in build(dataset.get("pipeline") or []):
        sample = transform(sample, np.random.default_rng(0))
    picture: torch.Tensor = sample["image"] if "image" in sample else sample["img"]
    channels, height, width = picture.shape
    return channels, height, width


def raw_shape(dataset: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """(C, H, W) of every picture that a data set stores; None where they differ, or nothing is known."""
    if "type" not in dataset:
        return None
    target: Any = registry.find(dataset["type"]).target
    return target.picture_shape(dataset) if hasattr(target, "picture_shape") else None
