"""Published data sets whose own files list the pictures, their classes and the splits: what all of them share.

A class of this kind only says how its lists are read.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from course_lib.config.errors import DataError, did_you_mean

from ..transforms.base import Transform
from ..transforms.checks import one_of
from .base import Dataset
from .custom import Listing, need_pictures, read_classes, read_lines
from .files import need_file, need_folder, root_of

Entry = tuple[str, str, str]  # where a picture is named (train.txt:3), its path below data_root, what the list calls it


class ListedDataset(Dataset):
    """Picture files and the lists that came with them, laid out as the published archive unpacks.

    Args:
        data_root: The folder of the data set; one that begins with ``data/`` lies in the data folder. '' stands for
            ``data/`` and the name by which it is prepared.
        split: One of the class's ``splits``; '' is the first of these, or with ``test_mode`` 'test'.
        test_mode: Read the test split; ``split`` decides where it is given.
        classes: Other names for the classes, in the same order, or the path of a text file with one a line.
        metainfo: ``dict(classes=…)``, another way to give ``classes``.
        pipeline: The transforms that a sample passes through.

    Raises:
        ConfigError: there is no such split.
        DataError: a list or a picture is missing, a list is damaged, or ``classes`` are not as many as there are.
    """

    name: ClassVar[str]  # of ``course data prepare``
    splits: ClassVar[tuple[str, ...]] = ("train", "test")

    def __init__(
        self,
        data_root: str = "",
        split: str = "",
        test_mode: bool = False,
        classes: str | Sequence[str] | None = None,
        metainfo: Mapping[str, Any] | None = None,
        pipeline: Sequence[Transform] = (),
    ) -> None:
        split = one_of("split", split or ("test" if test_mode else self.splits[0]), self.splits)
        root = root_of(data_root, "", self.name)
        try:
            found = self.read(need_folder(root, "data_root"), split)
            need_pictures(found, root)
        except DataError as error:
            raise DataError(f"{error} To fetch it: course data prepare {self.name}.") from error
        names = read_classes(classes or (metainfo or {}).get("classes"), root) or found.classes
        if len(names) != len(found.classes):
            raise DataError(f"{len(names)} names were given for the {len(found.classes)} classes of {root}.")
        super().__init__([os.path.join(root, name) for name in found.names], found.labels, names, pipeline)

    @staticmethod
    def read(root: Path, split: str) -> Listing:
        """The pictures of a split, as paths below ``root``, and the classes of the whole data set."""
        raise NotImplementedError

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...] | None:
        root = root_of(args.get("data_root", ""), "", cls.name)
        given = read_classes(args.get("classes") or (args.get("metainfo") or {}).get("classes"), root)
        return given or (cls.read(root, cls.splits[0]).classes if root.is_dir() else None)


def read_rows(path: Path, what: str, columns: int = 1) -> list[tuple[str, list[str]]]:
    """The lines of a list, each with where it stands (``train.txt:3``) and its words; the last holds what is left.

    Raises:
        DataError: there is no such file, or a line has fewer words.
    """
    rows = []
    for number, line in enumerate(read_lines(need_file(path, what)), 1):
        words = line.strip().split(maxsplit=columns - 1)
        if words and len(words) < columns:
            raise DataError(f"{path}:{number}: {line!r} has {len(words)} of the {columns} columns of {what}.")
        if words:
            rows.append((f"{path}:{number}", words))
    return rows


def read_mat(path: Path, what: str, *keys: str) -> list[np.ndarray]:
    """These variables of a MATLAB file (version 5), each as an array (M,); structures are dicts.

    Raises:
        DataError: there is no such file, it is no MATLAB file, or it lacks one of the variables.
    """
    from scipy.io import loadmat  # imported here: of the many data sets, few need it

    try:
        content = loadmat(need_file(path, what), simplify_cells=True)
    except (ValueError, TypeError, NotImplementedError, OSError) as error:
        raise DataError(f"{what} {path} is damaged, or no MATLAB file: {error}.") from error
    missing = [key for key in keys if key not in content]
    if missing:
        raise DataError(f"{what} {path} holds no {missing[0]!r}.")
    # what has one entry only comes without its array
    return [np.atleast_1d(np.asarray(content[key], dtype=object)) for key in keys]


def in_order(names: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Classes by their numbers, ``{'2': 'Laysan Albatross', …}``, as the numbers in order, and the names.

    Raises:
        DataError: a number is none.
    """
    strange = next((key for key in names if not key.isdecimal()), None)
    if strange is not None:
        raise DataError(f"class {strange!r} of {names[strange]} is no number.")
    keys = sorted(names, key=int)
    return keys, [names[key] for key in keys]


def with_labels(entries: Iterable[Entry], keys: Sequence[str], classes: Sequence[str] | None = None) -> Listing:
    """Entries as a listing; ``keys`` are the classes as the lists call them, ``classes`` their names.

    Raises:
        DataError: an entry has another class, or there is no entry.
    """
    index_of = {key: index for index, key in enumerate(keys)}
    names, labels, places = [], [], []
    for place, name, key in entries:
        if key not in index_of:
            raise DataError(f"{place}: {key!r} is none of the {len(keys)} classes. {did_you_mean(key, keys)}")
        names.append(name)
        labels.append(index_of[key])
        places.append(place)
    if not names:
        raise DataError("the lists name no picture for this split.")
    return Listing(names, labels, tuple(classes or keys), places)
