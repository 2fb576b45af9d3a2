"""Transforms: new names of classes and arguments, and the steps that moved into the preprocessor and ``PackInputs``."""

from collections.abc import Callable
from typing import Any

from ..errors import Origin
from ..nodes import ConfigDict, ConfigList, origin_of
from .carry import move, move_rest, node

NEW_NAMES = {"ToPIL": "NumpyToPIL", "ToNumpy": "PILToNumpy", "Collect": "PackInputs"}

NEW_ARGUMENTS: dict[str, dict[str, str]] = {
    # `scale` is the picture's size today and was the part of its area then.
    "RandomResizedCrop": {"size": "scale", "scale": "crop_ratio_range", "ratio": "aspect_ratio_range"},
    "RandomCrop": {"size": "crop_size"},
    "RandomFlip": {"flip_prob": "prob"},
    "RandomGrayscale": {"gray_prob": "prob"},
}

# Where the dialects' defaults differ, the old one is written out.
OLD_DEFAULTS: dict[str, dict[str, Any]] = {
    "RandAugment": {"total_level": 30},
    "Lighting": {"to_rgb": True},
    "RandomFlip": {"prob": 0.5},
}

# Normalising is the preprocessor's work, making tensors that of PackInputs.
SWALLOWED = ("Normalize", "ImageToTensor", "ToTensor")


def upgrade_pipeline(pipeline: ConfigList) -> None:
    """Upgrade the transforms of a pipeline in place, since several data sets may share it."""
    kept = [
        (upgrade_transform(item), place)
        for item, place in zip(pipeline, pipeline.origins, strict=True)
        if not (isinstance(item, ConfigDict) and item.get("type") in SWALLOWED)
    ]
    pipeline[:] = [item for item, _ in kept]
    pipeline.origins = [place for _, place in kept]


def upgrade_transform(old: ConfigDict) -> ConfigDict:
    """One transform; one that is not known passes as it is."""
    if not isinstance(old, ConfigDict) or not isinstance(old.get("type"), str):
        return old
    name, origin, old = old["type"], origin_of(old, "type"), old.copy()
    del old["type"]
    if name in _SPECIAL:
        return _SPECIAL[name](old, origin)
    new = node(origin, type=NEW_NAMES.get(name, name))
    for key, new_key in NEW_ARGUMENTS.get(name, {}).items():
        move(old, key, new, new_key)
    move_rest(old, new)
    for key, value in OLD_DEFAULTS.get(name, {}).items():
        if key not in new:
            new.set(key, value, origin)
    return new


def _resize(old: ConfigDict, origin: Origin | None) -> ConfigDict:
    """``size=(256, -1)`` keeps the picture's shape and is ``ResizeEdge`` today; ``(h, w)`` is ``scale=(w, h)``."""
    place, size = origin_of(old, "size"), old.pop("size", None)
    edge_place, edge = origin_of(old, "adaptive_side"), old.pop("adaptive_side", "short")
    if isinstance(size, tuple | list) and len(size) == 2 and size[1] == -1:
        new = node(origin, type="ResizeEdge")
        new.set("scale", size[0], place)
        new.set("edge", edge, edge_place or place)
    else:
        new = node(origin, type="Resize")
        if size is not None:
            new.set("scale", tuple(size[::-1]) if isinstance(size, tuple | list) else size, place)
    move_rest(old, new)
    return new


def _center_crop(old: ConfigDict, origin: Origin | None) -> ConfigDict:
    if not old.pop("efficientnet_style", False):
        new = node(origin, type="CenterCrop")
        move_rest(old, new, drop=("crop_padding", "interpolation", "backend"))  # for the other style only
        return new
    new = node(origin, type="EfficientNetCenterCrop")
    move_rest(old, new)
    return _with_old_interpolation(new, origin)


def _random_resized_crop(old: ConfigDict, origin: Origin | None) -> ConfigDict:
    if not old.pop("efficientnet_style", False):
        new = node(origin, type="RandomResizedCrop")
        for key, new_key in NEW_ARGUMENTS["RandomResizedCrop"].items():
            move(old, key, new, new_key)
        move_rest(old, new, drop=("min_covered", "crop_padding"))
        return new
    new = node(origin, type="EfficientNetRandomCrop")
    for key, new_key in NEW_ARGUMENTS["RandomResizedCrop"].items():
        move(old, key, new, new_key)
    move_rest(old, new)
    return _with_old_interpolation(new, origin)


def _with_old_interpolation(new: ConfigDict, origin: Origin | None) -> ConfigDict:
    """The EfficientNet crops are bicubic by default today and were bilinear."""
    if "interpolation" not in new:
        new.set("interpolation", "bilinear", origin)
    return new


def _pack(old: ConfigDict, origin: Origin | None) -> ConfigDict:
    new = node(origin, type="PackInputs")
    move_rest(old, new, drop=("keys",))
    return new


_SPECIAL: dict[str, Callable[[ConfigDict, Origin | None], ConfigDict]] = {
    "Resize": _resize,
    "CenterCrop": _center_crop,
    "RandomResizedCrop": _random_resized_crop,
    "Collect": _pack,
}
