"""A data set that is a folder of pictures: a folder a class, or one folder with an annotation file.

This is how people keep data of their own, and also what ImageNet is.
"""

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.config.errors import DataError, did_you_mean, nearest
from course_lib.config.registry import register

from ..transforms.base import Transform
from .base import Dataset
from .files import (
    EXTENSIONS,
    HALVES,
    class_folders,
    list_pictures,
    listed,
    need_file,
    need_folder,
    no_pictures,
    resolve,
)


@register("dataset")
class CustomDataset(Dataset):
    """Picture files, with the arguments that MMPretrain gives them.

    Without ``ann_file``, each folder in ``data_root/data_prefix`` is a class, numbered in the order of their names, and
    all pictures in it and below belong to it. With ``ann_file``, each line is a picture's path, relative to
    ``data_root/data_prefix``, a space, and its label: a class's index or its name.

    Args:
        data_root: The folder of the data set; one that begins with ``data/`` lies in the data folder.
        ann_file: The annotation file, relative to ``data_root``; '' if there is none.
        data_prefix: The pictures' folder, relative to ``data_root``; also as ``dict(img_path=…)``.
        classes: The classes' names, or the path of a text file with one a line. If they are the folders' names, they
            set the order of the classes; if none of them is, they rename the folders in the order of their names.
        extensions: Which files are pictures; others are ignored, and so are hidden ones.
        with_label: False for pictures without labels: all that are found, in any folders.
        metainfo: ``dict(classes=…)``, another way to give ``classes``.
        test_mode: Taken for MMPretrain's configs; it changes nothing here.
        pipeline: The transforms that a sample passes through.

    Raises:
        DataError: a folder or file is missing, no picture is found, there is one class only, a label is none of the
            classes, or an annotation names a picture that is not there.
    """

    def __init__(
        self,
        data_root: str = "",
        ann_file: str = "",
        data_prefix: str | Mapping[str, str] = "",
        classes: str | Sequence[str] | None = None,
        extensions: Sequence[str] = EXTENSIONS,
        with_label: bool = True,
        metainfo: Mapping[str, Any] | None = None,
        test_mode: bool = False,
        pipeline: Sequence[Transform] = (),
    ) -> None:
        root = resolve(data_root)
        folder = need_folder(picture_folder(root, data_prefix), "the picture folder")
        given = read_classes(classes or (metainfo or {}).get("classes"), root)
        if ann_file:
            found = from_annotations(need_file(below(root, ann_file), "the annotation file"), given, with_label)
            need_pictures(found, folder)
        elif with_label:
            found = from_folders(folder, given, extensions)
        else:
            found = Listing(list_pictures(folder, extensions), None, given or ())
        if not found.names:
            raise no_pictures(folder, extensions)
        if found.labels is not None and len(found.classes) < 2:
            raise DataError(
                f"{folder} has one class only, {found.classes[0]!r}; telling classes apart takes at least two."
            )
        self.folder = folder
        super().__init__([os.path.join(folder, name) for name in found.names], found.labels, found.classes, pipeline)

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...] | None:
        root = resolve(args.get("data_root", ""))
        given = read_classes(args.get("classes") or (args.get("metainfo") or {}).get("classes"), root)
        if given is not None or not args.get("with_label", True):
            return given
        if args.get("ann_file"):
            path = below(root, args["ann_file"])
            return from_annotations(path, None, True).classes if path.is_file() else None
        folder = picture_folder(root, args.get("data_prefix", ""))
        return (tuple(class_folders(folder)) or None) if folder.is_dir() else None


@dataclass(frozen=True)
class Listing:
    """Pictures that were found.

    Args:
        names: Paths relative to the picture folder.
        labels: A class index each, or None without labels.
        classes: The classes' names.
        places: Where each was named, ``train.txt:3``; empty if by no file.
    """

    names: list[str]
    labels: list[int] | None
    classes: tuple[str, ...]
    places: Sequence[str] = ()


def picture_folder(root: Path, data_prefix: str | Mapping[str, str]) -> Path:
    """The folder that paths of pictures are relative to."""
    return below(root, data_prefix.get("img_path", "") if isinstance(data_prefix, Mapping) else data_prefix)


def below(root: Path, path: str) -> Path:
    """A path that is relative to ``data_root``, where one is given."""
    return root / path if root.parts else resolve(path)


def read_classes(classes: str | Sequence[str] | None, root: Path = Path()) -> tuple[str, ...] | None:
    """The names of the classes: as given, or the lines of a file, which may lie in ``root``.

    Raises:
        DataError: the file is missing, or a name occurs twice.
    """
    if not classes:
        return None
    if isinstance(classes, str):
        path = resolve(classes) if resolve(classes).is_file() else root / classes
        lines = read_lines(need_file(path, "the file of classes"))
        names, source = tuple(line.strip() for line in lines if line.strip()), str(path)
    else:
        names, source = tuple(str(name) for name in classes), "classes"
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{source}: {listed([repr(name) for name in twice])} occurs more than once.")
    return names


# ------------------------------------------------------------------------------------------------ a folder a class


def from_folders(folder: Path, given: tuple[str, ...] | None, extensions: Sequence[str]) -> Listing:
    """All pictures of a folder that holds a folder a class.

    Raises:
        DataError: there are no folders, they are the halves of a data set, or they are not the given classes.
    """
    folders = class_folders(folder)
    if not folders:
        loose = list_pictures(folder, extensions)
        if not loose:
            raise no_pictures(folder, extensions)
        raise DataError(
            f"{folder} holds {len(loose):,} pictures, but no folders: each class needs a folder of its own, or name "
            "an annotation file with ann_file (or, for pictures without labels, set with_label=False)."
        )
    if {name.lower() for name in folders} <= HALVES and given != tuple(folders):
        raise DataError(
            f"{folder} holds no folder a class, but the parts of a data set: {listed(folders)}. Take one of them: "
            f"{folder / folders[0]} (in a config, data_prefix={folders[0]!r})."
        )
    index_of = _number_folders(folder, folders, given)
    names: list[str] = []
    labels: list[int] = []
    empty = []
    for name in folders:
        pictures = list_pictures(folder / name, extensions)
        names += [f"{name}/{picture}" for picture in pictures]
        labels += [index_of[name]] * len(pictures)
        empty += [] if pictures else [name]
    if names and empty:
        warnings.warn(f"{folder}: no picture was found for {listed(empty)}.", stacklevel=2)
    return Listing(names, labels, given or tuple(folders))


def _number_folders(folder: Path, folders: list[str], given: tuple[str, ...] | None) -> dict[str, int]:
    """The class index of each folder."""
    if given is None:
        return {name: index for index, name in enumerate(folders)}
    if set(folders) <= set(given):
        return {name: given.index(name) for name in folders}
    if set(folders) & set(given):
        stranger = next(name for name in folders if name not in given)
        hint = did_you_mean(stranger, set(given))
        raise DataError(f"{folder / stranger} is none of the {len(given)} classes. {hint}")
    if len(folders) != len(given):
        raise DataError(
            f"{folder} holds {len(folders)} folders ({listed(folders)}), but {len(given)} classes were given "
            f"({listed(given)})."
        )
    return {name: index for index, name in enumerate(folders)}


# ------------------------------------------------------------------------------------------------ an annotation file


def from_annotations(path: Path, given: tuple[str, ...] | None, with_label: bool) -> Listing:
    """The pictures that an annotation file names.

    Without ``given`` the classes are the names that occur, sorted, or, where all labels are numbers, '0', '1', ….

    Raises:
        DataError: the file names no picture, a line has no label, or a label is none of the classes.
    """
    rows = [(f"{path}:{number}", line.strip()) for number, line in enumerate(read_lines(path), 1) if line.strip()]
    if not rows:
        raise DataError(f"the annotation file {path} is empty.")
    places = [place for place, _ in rows]
    if not with_label:
        return Listing([line for _, line in rows], None, given or (), places)
    split = [_split_label(line, given or ()) for _, line in rows]
    _refuse([f"{place}: {name!r} has no label." for place, (name, text) in zip(places, split, strict=True) if not text])
    texts = [text for _, text in split]
    if given is None:
        numbers = all(text.isdecimal() for text in texts)
        given = tuple(map(str, range(max(map(int, texts)) + 1))) if numbers else tuple(sorted(set(texts)))
    index_of = {name: index for index, name in enumerate(given)}
    # MMPretrain's labels are indices, so a number is one even where a class has that name
    index_of |= {str(index): index for index in range(len(given))}
    _refuse(list(_unknown_labels(places, texts, index_of, given)))
    return Listing([name for name, _ in split], [index_of[text] for text in texts], given, places)


def need_pictures(found: Listing, folder: Path) -> None:
    """Nothing, if every picture is there.

    Raises:
        DataError: some are not; the message names the first lines and the nearest files.
    """
    # one listing of each folder: asking for each of a million files takes minutes on a network drive
    held: dict[str, set[str]] = {}
    problems = []
    for name, place in zip(found.names, found.places, strict=True):
        parent, base = os.path.split(os.path.join(folder, name))
        if parent not in held:
            held[parent] = set(os.listdir(parent)) if os.path.isdir(parent) else set()
        if base not in held[parent]:
            best = nearest(base, held[parent])
            hint = f" Did you mean {best!r}?" if best else ""
            problems.append(f"{place}: there is no file {name!r} in {folder}.{hint}")
    _refuse(problems)


def _split_label(line: str, classes: Sequence[str]) -> tuple[str, str]:
    """``'my cat.jpg 3'`` as ``('my cat.jpg', '3')``; a class's name may contain spaces too."""
    spaced = [name for name in classes if " " in name and line.endswith((f" {name}", f"\t{name}"))]
    if spaced:
        label = max(spaced, key=len)
        return line[: -len(label)].rstrip(), label
    name, *label_or_none = line.rsplit(maxsplit=1)
    return name, label_or_none[0] if label_or_none else ""


def _unknown_labels(
    places: Sequence[str], texts: Sequence[str], index_of: Mapping[str, int], classes: Sequence[str]
) -> Iterator[str]:
    for place, text in zip(places, texts, strict=True):
        if text not in index_of:
            number = text.lstrip("-").isdecimal()
            allowed = f"Allowed: 0 to {len(classes) - 1}." if number else did_you_mean(text, classes)
            yield f"{place}: label {text!r} is none of the {len(classes)} classes. {allowed}"


def _refuse(problems: Sequence[str], at_most: int = 5) -> None:
    if problems:
        rest = [f"… and {len(problems) - at_most:,} more lines."] if len(problems) > at_most else []
        raise DataError("\n".join([*problems[:at_most], *rest]))


def read_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no text in UTF-8: {error.reason} at byte {error.start}.") from error
