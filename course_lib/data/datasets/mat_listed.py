"""Published data sets whose lists are MATLAB files: flowers, cars, textures."""

from pathlib import Path
from typing import Any

from course_lib.config.errors import DataError
from course_lib.config.registry import register

from .custom import Listing
from .listed import Entry, ListedDataset, in_order, read_mat, with_labels


@register("dataset")
class Flowers102(ListedDataset):
    """Oxford 102 Flowers: 102 kinds of flowers; 1,020 pictures for training and for validation, 6,149 for testing.

    Nilsback, Zisserman: Automated Flower Classification over a Large Number of Classes, ICVGIP 2008;
    https://www.robots.ox.ac.uk/~vgg/data/flowers/102. ``data_root`` holds ``jpg/image_00001.jpg``, ``imagelabels.mat``
    with ``labels``, each picture's class from 1, and ``setid.mat`` with ``trnid``, ``valid`` and ``tstid``, the numbers
    of a split's pictures. The classes' names are torchvision's. Without ``split`` it is 'trainval'.
    """

    name = "flowers102"
    splits = ("trainval", "train", "val", "test")

    @staticmethod
    def read(root: Path, split: str) -> Listing:
        from torchvision.datasets import Flowers102 as TorchvisionFlowers102

        path = root / "setid.mat"
        (labels,) = read_mat(root / "imagelabels.mat", "the list of labels", "labels")
        trnid, valid, tstid = read_mat(path, "the list of splits", "trnid", "valid", "tstid")
        numbers = {"train": [*trnid], "val": [*valid], "trainval": [*trnid, *valid], "test": [*tstid]}[split]
        beyond = [number for number in numbers if not 1 <= number <= len(labels)]
        if beyond:
            raise DataError(f"{path} names picture {beyond[0]}, but there are labels for {len(labels):,}.")
        entries = ((str(path), f"jpg/image_{number:05d}.jpg", str(int(labels[number - 1]))) for number in numbers)
        names = TorchvisionFlowers102.classes
        return with_labels(entries, [str(number + 1) for number in range(len(names))], names)


@register("dataset")
class StanfordCars(ListedDataset):
    """Stanford Cars: 196 models of cars; 8,144 pictures for training and 8,041 for testing.

    Krause et al.: 3D Object Representations for Fine-Grained Categorization, ICCV Workshops 2013. It was published in
    two forms, and ``data_root`` may have either: ``car_ims/000001.jpg`` with all lists in ``cars_annos.mat``; or
    ``cars_train/00001.jpg`` and ``cars_test/00001.jpg``, and in ``devkit`` the classes' names in ``cars_meta.mat`` and
    the lists ``cars_train_annos.mat`` and ``cars_test_annos_withlabels.mat``.
    """

    name = "stanford_cars"

    @staticmethod
    def read(root: Path, split: str) -> Listing:
        in_one = root / "cars_annos.mat"
        if in_one.is_file():
            rows, names = read_mat(in_one, "the list of pictures", "annotations", "class_names")
            wanted = [row for row in rows if bool(_field(row, "test", in_one)) == (split == "test")]
            entries = [_car(row, "relative_im_path", "", in_one) for row in wanted]
        else:
            name = "cars_train_annos.mat" if split == "train" else "cars_test_annos_withlabels.mat"
            path = root / "devkit" / name
            (rows,) = read_mat(path, "the list of pictures", "annotations")
            (names,) = read_mat(root / "devkit" / "cars_meta.mat", "the list of classes", "class_names")
            entries = [_car(row, "fname", f"cars_{split}/", path) for row in rows]
        return with_labels(entries, [str(number + 1) for number in range(len(names))], [str(name) for name in names])


def _car(row: Any, path_field: str, folder: str, source: Path) -> Entry:
    return str(source), f"{folder}{_field(row, path_field, source)}", str(int(_field(row, "class", source)))


def _field(row: Any, field: str, source: Path) -> Any:
    """A field of a MATLAB structure."""
    if not isinstance(row, dict) or field not in row:
        raise DataError(f"{source}: an annotation has no {field!r}.")
    return row[field]


@register("dataset")
class DTD(ListedDataset):
    """Describable Textures: 47 textures as people call them; 1,880 pictures each to train, validate and test.

    Cimpoi et al.: Describing Textures in the Wild, CVPR 2014, arXiv 1311.3618;
    https://www.robots.ox.ac.uk/~vgg/data/dtd. ``data_root`` is the archive's ``dtd``: ``images/banded/*.jpg``, and
    ``imdb/imdb.mat`` with ``images``, of each picture its ``name`` (``banded/banded_0002.jpg``), its ``class`` from 1,
    and its ``set``: 1 for training, 2 for validation, 3 for testing, the first of ten splits. The classes are named as
    the folders. Without ``split`` it is 'trainval'.
    """

    name = "dtd"
    splits = ("trainval", "train", "val", "test")

    @staticmethod
    def read(root: Path, split: str) -> Listing:
        path = root / "imdb" / "imdb.mat"
        (images,) = read_mat(path, "the list of pictures", "images")[0]
        names, labels, sets = (_field(images, field, path) for field in ("name", "class", "set"))
        wanted = {"train": {1}, "val": {2}, "trainval": {1, 2}, "test": {3}}[split]
        if not len(names) == len(labels) == len(sets):
            raise DataError(f"{path} has {len(names)} names, {len(labels)} classes and {len(sets)} sets of pictures.")
        rows = [(name, str(int(label)), part) for name, label, part in zip(names, labels, sets, strict=True)]
        called = {label: name.partition("/")[0] for name, label, _ in rows}
        entries = ((str(path), f"images/{name}", label) for name, label, part in rows if part in wanted)
        return with_labels(entries, *in_order(called))
