"""Pascal VOC: photos that show several kinds of things at once, so that each kind is a question of its own."""

import os
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.config.errors import ConfigError, DataError
from course_lib.config.registry import register

from ..transforms.base import Transform
from ..transforms.checks import one_of
from .base import Dataset
from .custom import Listing, need_pictures, read_classes
from .files import need_file, need_folder, root_of
from .listed import read_rows

CLASSES = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"),
)
SPLITS = ("train", "val", "trainval", "test")
FOLDERS = {"img_path": "JPEGImages", "ann_path": "Annotations"}


@register("dataset")
class VOC(Dataset):
    """Photos with the things that they show, of 20 kinds; of VOC2007 5,011 in 'trainval' and 4,952 in 'test'.

    Everingham et al.: The Pascal Visual Object Classes (VOC) Challenge, IJCV 2010; http://host.robots.ox.ac.uk/pascal/VOC.
    ``data_root`` is the archives' ``VOCdevkit/VOC2007``: ``JPEGImages/*.jpg``, ``Annotations/*.xml``, and
    ``ImageSets/Main/SPLIT.txt`` with a picture's name (without ``.jpg``) a line. Labels are (M, 20): 1 for a class that
    the photo shows; −1 where the annotators marked all of its objects as difficult, which a loss takes as not there and
    a metric leaves out; else 0.

    Args:
        data_root: The folder of the data set; one that begins with ``data/`` lies in the data folder. '' stands for
            ``data/voc2007``.
        split: 'train', 'val', 'trainval' or 'test'; '' is 'trainval', or with ``test_mode`` 'test'.
        image_set_path: The list of pictures, relative to ``data_root``, in place of the split's.
        data_prefix: ``dict(img_path=…, ann_path=…)``, the two folders, relative to ``data_root``. Without ``ann_path``,
            or as a string, which is that of the pictures, there are no labels; '' stands for the folders above.
        test_mode: Read the test split; ``split`` decides where it is given.
        classes: The classes to tell apart, by their names in the annotations; objects of others are passed over.
        metainfo: ``dict(classes=…)``, another way to give ``classes``.
        pipeline: The transforms that a sample passes through.

    Raises:
        ConfigError: there is no such split, or ``data_prefix`` names another folder.
        DataError: a list, picture or annotation is missing, or an annotation is damaged.
    """

    def __init__(
        self,
        data_root: str = "",
        split: str = "",
        image_set_path: str = "",
        data_prefix: str | Mapping[str, str | None] = "",
        test_mode: bool = False,
        classes: str | Sequence[str] | None = None,
        metainfo: Mapping[str, Any] | None = None,
        pipeline: Sequence[Transform] = (),
    ) -> None:
        split = one_of("split", split or ("test" if test_mode else "trainval"), SPLITS)
        pictures, annotations = _folders(data_prefix)
        root = root_of(data_root, "", "voc2007")
        try:
            path = need_folder(root, "data_root") / (image_set_path or f"ImageSets/Main/{split}.txt")
            rows = read_rows(path, "the list of pictures")
            # the lists of one class have a column more: 1 or −1
            names = [words.split()[0] for _, (words,) in rows]
            places = [place for place, _ in rows]
            need_pictures(Listing([f"{name}.jpg" for name in names], None, (), places), root / pictures)
            known = self.class_names({"data_root": data_root, "classes": classes, "metainfo": metainfo})
            labels = _read_labels(root / annotations, names, known) if annotations else None
        except DataError as error:
            raise DataError(f"{error} To fetch it: course data prepare voc2007.") from error
        files = [os.path.join(root, pictures, f"{name}.jpg") for name in names]
        super().__init__(files, labels, known, pipeline)

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...]:
        given = args.get("classes") or (args.get("metainfo") or {}).get("classes")
        return read_classes(given, root_of(args.get("data_root", ""), "", "voc2007")) or CLASSES


def _folders(data_prefix: str | Mapping[str, str | None]) -> tuple[str, str]:
    """The folders of the pictures and of the annotations; '' for the latter if there are none."""
    if isinstance(data_prefix, str):
        return (data_prefix, "") if data_prefix else (FOLDERS["img_path"], FOLDERS["ann_path"])
    for key in data_prefix:
        one_of("a key of data_prefix", key, tuple(FOLDERS))
    if not data_prefix.get("img_path"):
        raise ConfigError("data_prefix lacks img_path, the folder of the pictures.")
    return data_prefix["img_path"] or "", data_prefix.get("ann_path") or ""


def _read_labels(folder: Path, names: Sequence[str], classes: Sequence[str]) -> np.ndarray:
    """int64 (M, K) of 1, 0 and −1, from one XML file a picture."""
    need_folder(folder, "the folder of annotations")
    index_of = {name: k for k, name in enumerate(classes)}
    labels = np.zeros((len(names), len(classes)), dtype=np.int64)
    for row, name in zip(labels, names, strict=True):
        path = need_file(folder / f"{name}.xml", "the annotation")
        try:
            objects = ET.parse(path).findall("object")
        except ET.ParseError as error:
            raise DataError(f"the annotation {path} is damaged: {error}.") from error
        for thing in objects:
            k = index_of.get(thing.findtext("name", "").strip())
            if k is None:
                continue
            difficult = thing.findtext("difficult", "0").strip() == "1"
            row[k] = 1 if not difficult else row[k] or -1  # one that is easy to see outweighs those that are not
    return labels
