"""Published data sets whose lists are text files: birds, aircraft, pets, dishes, things, scenes."""

from pathlib import Path

from course_lib.config.errors import DataError
from course_lib.config.registry import register

from .custom import Listing, from_annotations
from .files import class_folders, need_file, need_folder
from .listed import ListedDataset, in_order, read_rows, with_labels


@register("dataset")
class CUB(ListedDataset):
    """Caltech-UCSD Birds-200-2011: 200 kinds of birds; 5,994 pictures for training, 5,794 for testing.

    Wah et al.: The Caltech-UCSD Birds-200-2011 Dataset, 2011; https://www.vision.caltech.edu/datasets/cub_200_2011.
    ``data_root`` is the archive's ``CUB_200_2011``: ``images/001.Black_footed_Albatross/*.jpg``, and in ``images.txt``,
    ``image_class_labels.txt`` and ``train_test_split.txt`` the number of each picture with its path, its class from 1,
    and whether it is for training. The classes' names are the folders'.
    """

    name = "cub200"

    @staticmethod
    def read(root: Path, split: str) -> Listing:
        paths = read_rows(root / "images.txt", "the list of pictures", 2)
        label_file, half_file = root / "image_class_labels.txt", root / "train_test_split.txt"
        labels = {number: label for _, (number, label) in read_rows(label_file, "the list of labels", 2)}
        halves = {number: half for _, (number, half) in read_rows(half_file, "the list of halves", 2)}
        strays = {number for _, (number, _) in paths} ^ (labels.keys() & halves.keys())
        if strays:
            raise DataError(f"{root}: picture {min(strays)} is in some of the three lists, but not in all.")
        names = {labels[number]: path.partition("/")[0].partition(".")[2] for _, (number, path) in paths}
        wanted = "1" if split == "train" else "0"
        entries = ((place, f"images/{path}", labels[n]) for place, (n, path) in paths if halves[n] == wanted)
        return with_labels(entries, *in_order(names))


@register("dataset")
class FGVCAircraft(ListedDataset):
    """FGVC-Aircraft: 100 variants of aircraft; 3,334 pictures for training, 3,333 for validation and for testing.

    Maji et al.: Fine-Grained Visual Classification of Aircraft, arXiv 1306.5151;
    https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft. ``data_root`` is the archive's ``fgvc-aircraft-2013b``:
    ``data/images/*.jpg``, ``data/variants.txt`` with the classes, and ``data/images_variant_SPLIT.txt`` with a
    picture's name (without ``.jpg``) and its variant a line. Without ``split`` it is 'trainval'.
    """

    name = "fgvc_aircraft"
    splits = ("trainval", "train", "val", "test")

    @staticmethod
    def read(root: Path, split: str) -> Listing:
        variants = [name for _, (name,) in read_rows(root / "data" / "variants.txt", "the list of classes")]
        rows = read_rows(root / "data" / f"images_variant_{split}.txt", "the list of pictures", 2)
        return with_labels(((place, f"data/images/{name}.jpg", variant) for place, (name, variant) in rows), variants)


@register("dataset")
class OxfordIIITPet(ListedDataset):
    """Oxford-IIIT Pet: 37 breeds of cats and dogs; 3,680 pictures for training and validation, 3,669 for testing.

    Parkhi et al.: Cats and Dogs, CVPR 2012; https://www.robots.ox.ac.uk/~vgg/data/pets. ``data_root`` holds what the
    two archives do: ``images/Abyssinian_1.jpg``, and in ``annotations/trainval.txt`` and ``test.txt`` a picture's name
    (without ``.jpg``), its class from 1, its species and its breed a line. The classes' names are the pictures'.
    """

    name = "oxford_pet"
    splits = ("trainval", "test")

    @staticmethod
    def read(root: Path, split: str) -> Listing:
        rows = read_rows(root / "annotations" / f"{split}.txt", "the list of pictures", 4)
        names = {label: name.rpartition("_")[0] for _, (name, label, _, _) in rows}
        entries = ((place, f"images/{name}.jpg", label) for place, (name, label, _, _) in rows)
        return with_labels(entries, *in_order(names))


@register("dataset")
class Food101(ListedDataset):
    """Food-101: 101 dishes; 75,750 pictures for training, with some wrong labels, and 25,250 for testing.

    Bossard et al.: Food-101 – Mining Discriminative Components with Random Forests, ECCV 2014;
    https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101. ``data_root`` is the archive's ``food-101``:
    ``images/apple_pie/*.jpg``, ``meta/classes.txt``, and ``meta/train.txt`` and ``test.txt`` with a picture's path
    (``apple_pie/1005649``, without ``.jpg``) a line.
    """

    name = "food101"

    @staticmethod
    def read(root: Path, split: str) -> Listing:
        classes = [name for _, (name,) in read_rows(root / "meta" / "classes.txt", "the list of classes")]
        rows = read_rows(root / "meta" / f"{split}.txt", "the list of pictures")
        return with_labels(((place, f"images/{path}.jpg", path.partition("/")[0]) for place, (path,) in rows), classes)


@register("dataset")
class Caltech101(ListedDataset):
    """Caltech-101: 9,144 pictures of 101 kinds of things and of none of them; 30 of each are for training.

    Fei-Fei et al.: Learning Generative Visual Models from Few Training Examples, CVPR Workshop 2004;
    https://data.caltech.edu/records/mzrjq-6wc02. ``data_root`` holds ``101_ObjectCategories/accordion/*.jpg``, and
    ``meta/train.txt`` and ``test.txt`` with a picture's path (``accordion/image_0001.jpg``) and its class a line: the
    index of the folder in the order of their names. The authors published no split; the lists are MMPretrain's (or
    one's own).
    """

    name = "caltech101"

    @staticmethod
    def read(root: Path, split: str) -> Listing:
        folder = need_folder(root / "101_ObjectCategories", "the picture folder")
        lists = need_file(root / "meta" / f"{split}.txt", "the list of pictures")
        found = from_annotations(lists, tuple(class_folders(folder)), with_label=True)
        return Listing([f"{folder.name}/{name}" for name in found.names], found.labels, found.classes, found.places)


@register("dataset")
class SUN397(ListedDataset):
    """SUN397: 397 kinds of scenes; 19,850 pictures for training and as many for testing, the first of ten splits.

    Xiao et al.: SUN Database: Large-scale Scene Recognition from Abbey to Zoo, CVPR 2010;
    https://vision.princeton.edu/projects/2010/SUN. ``data_root`` holds what the two archives do:
    ``SUN397/a/abbey/*.jpg``, and in ``Partitions`` the classes as ``/a/abbey`` in ``ClassName.txt``, and the pictures
    as ``/a/abbey/sun_….jpg`` in ``Training_01.txt`` and ``Testing_01.txt``, one a line.
    """

    name = "sun397"

    @staticmethod
    def read(root: Path, split: str) -> Listing:
        lists = root / "Partitions"
        keys = [key for _, (key,) in read_rows(lists / "ClassName.txt", "the list of classes")]
        which = "Training_01.txt" if split == "train" else "Testing_01.txt"
        rows = read_rows(lists / which, "the list of pictures")
        entries = ((place, f"SUN397{path}", path.rpartition("/")[0]) for place, (path,) in rows)
        return with_labels(entries, keys, ["_".join(key.split("/")[2:]) for key in keys])  # /a/arch/indoor: arch_indoor
