"""A raw folder, a folder a class, becomes training and validation data in ImageNet's form.

    dst/train/CLASS/*.jpg   dst/val/CLASS/*.jpg   dst/classes.txt   dst/train.txt   dst/val.txt

``train.txt`` and ``val.txt`` are annotation files: a picture's path below its half, and its class's index.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from tqdm import tqdm

from course_lib.config.errors import ConfigError, DataError

from .datasets.custom import from_folders
from .datasets.files import EXTENSIONS, class_folders, list_pictures, listed, need_folder, no_pictures
from .datasets.stratify import stratified
from .transforms.checks import one_of
from .verify import Broken, broken_pictures

HALVES = ("train", "val")


@dataclass(frozen=True)
class Split:
    """What a split made: how many pictures each half has, the classes, and which pictures were left out as broken."""

    folder: Path
    num_train: int
    num_val: int
    classes: tuple[str, ...]
    broken: list[Broken]


def split_folder(
    src: str | Path,
    dst: str | Path,
    ratio: float = 0.8,
    seed: int = 0,
    how: Literal["copy", "link"] = "copy",
    extensions: Sequence[str] = EXTENSIONS,
) -> Split:
    """Divide the pictures of each class at random into a training and a validation half.

    Args:
        src: Holds a folder a class; nothing in it is changed.
        dst: Where the halves go; must not exist yet, or be empty.
        ratio: The training half's share of each class.
        seed: The same seed gives the same halves.
        how: 'copy' copies the files; 'link' makes hard links, which take no space (where the disk allows it).

    Raises:
        ConfigError: ``ratio`` is not between 0 and 1, or ``how`` is another word.
        DataError: ``src`` is missing, empty, or has one class; a class has less than two pictures that can be read;
            ``dst`` holds something, or lies in ``src``; or the disk is full.
    """
    src, dst = need_folder(Path(src), "the folder to split"), Path(dst)
    if not 0 < ratio < 1:
        raise ConfigError(f"ratio is {ratio!r}, but must be between 0 and 1, such as 0.8.")
    one_of("how", how, ("copy", "link"))
    _check_target(src, dst)
    found = from_folders(src, None, extensions)
    if not found.names:
        raise no_pictures(src, extensions)
    broken = broken_pictures(src, found.names)
    left_out = {picture.path for picture in broken}
    pairs = zip(found.names, found.labels or [], strict=True)
    sound = [(name, label) for name, label in pairs if name not in left_out]
    labels = np.array([label for _, label in sound], dtype=np.int64)
    _check_counts(src, found.classes, labels)
    halves = stratified(labels, ratio, seed)
    part = dst.with_name(f"{dst.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        for half, indices in zip(HALVES, halves, strict=True):
            for index in tqdm(indices, desc=f"{half}: {how}", unit=" files", delay=1, leave=False, disable=None):
                target = part / half / sound[index][0]
                target.parent.mkdir(parents=True, exist_ok=True)
                _put(src / sound[index][0], target, link=how == "link")
        write_lists(part)
        if dst.is_dir():
            dst.rmdir()
        part.replace(dst)
    except OSError as error:
        raise DataError(f"{dst} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Split(dst, len(halves[0]), len(halves[1]), found.classes, broken)


def write_lists(folder: Path, extensions: Sequence[str] = EXTENSIONS) -> None:
    """Write ``classes.txt``, ``train.txt`` and ``val.txt`` for a folder that has its halves."""
    classes = class_folders(folder / "train")
    (folder / "classes.txt").write_text("".join(f"{name}\n" for name in classes), encoding="utf-8")
    for half in HALVES:
        lines = [
            f"{name}/{picture} {index}\n"
            for index, name in enumerate(classes)
            if (folder / half / name).is_dir()
            for picture in list_pictures(folder / half / name, extensions)
        ]
        (folder / f"{half}.txt").write_text("".join(lines), encoding="utf-8")


def _put(source: Path, target: Path, link: bool) -> None:
    if link:
        try:
            return os.link(source.resolve(), target)
        except OSError:
            pass  # no links on this disk, or from one disk to another: copy
    shutil.copyfile(source, target)


def _check_target(src: Path, dst: Path) -> None:
    if dst.exists() and (not dst.is_dir() or any(dst.iterdir())):
        raise DataError(f"{dst} exists and is not empty; nothing was changed. Name a new folder, or remove it first.")
    if dst.resolve().is_relative_to(src.resolve()):
        raise DataError(f"{dst} lies in {src}, where it would be taken for a class. Name a folder outside.")


def _check_counts(src: Path, classes: Sequence[str], labels: np.ndarray) -> None:
    if len(classes) < 2:
        raise DataError(f"{src} has one class only, {classes[0]!r}; telling classes apart takes at least two.")
    counts = np.bincount(labels, minlength=len(classes))
    few = [f"{name} ({count})" for name, count in zip(classes, counts, strict=True) if count < 2]
    if few:
        raise DataError(f"{src}: each class needs two pictures that can be read, one a half: {listed(few)}.")
