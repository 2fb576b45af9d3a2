"""CIFAR-10 and CIFAR-100: 60,000 photos of 32×32 pixels each, from the official files or from folders of pictures.

Alex Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009; https://www.cs.toronto.edu/~kriz/cifar.html
"""

import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from torch import Tensor

from course_lib.config.errors import DataError
from course_lib.config.registry import register

from ..transforms.base import Transform
from .base import Dataset, in_memory
from .cifar_files import OFFICIAL, OFFICIAL_100, fetch_cifar10, fetch_cifar100
from .custom import from_folders
from .files import EXTENSIONS, need_folder, no_pictures, root_of
from .halves import half_of

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_FINE = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant
flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree
motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate
poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider
squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle
wardrobe whale willow_tree wolf woman worm
"""
CLASSES_100 = tuple(_FINE.split())


@register("dataset")
class CIFAR10(Dataset):
    """50,000 photos (3, 32, 32) for training and 10,000 for testing, of ten kinds of things.

    ``data_root`` holds the official folder ``cifar-10-batches-py``, or pictures as ``train/CLASS/*.jpg`` and
    ``test/CLASS/*.jpg``.

    Args:
        data_root: The folder of the data set; one that begins with ``data/`` lies in the data folder. '' and no
            ``data_prefix`` stand for ``data/`` and the name by which it is prepared.
        split: 'train' or 'test'; '' asks ``test_mode``.
        test_mode: Read the test half.
        download: Fetch the official files where there is nothing.
        pipeline: The transforms that a sample passes through.
        data_prefix: A folder below ``data_root``; the folder of the data set where ``data_root`` is ''.

    Raises:
        DataError: the files are missing, are not the official ones, or cannot be fetched.
    """

    name = "cifar10"
    official = OFFICIAL
    fetch = staticmethod(fetch_cifar10)
    all_classes: ClassVar[tuple[str, ...]] = CLASSES

    def __init__(
        self,
        data_root: str = "",
        split: str = "",
        test_mode: bool = False,
        download: bool = False,
        pipeline: Sequence[Transform] = (),
        data_prefix: str = "",
    ) -> None:
        half, root = half_of(split, test_mode), root_of(data_root, data_prefix, self.name)
        if download:
            self.fetch(root)
        root = need_folder(root, "data_root")
        pictures: Tensor | list[str]
        if (root / self.official).is_dir() or root.name == self.official:
            pictures, labels = self._read_official(root.parent if root.name == self.official else root, half)
        else:
            pictures, labels = self._find_pictures(root, half)
        super().__init__(pictures, labels, self.all_classes, pipeline)

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...]:
        return cls.all_classes

    @classmethod
    def picture_shape(cls, args: Mapping[str, Any]) -> tuple[int, int, int]:
        return 3, 32, 32

    @classmethod
    def _read_official(cls, root: Path, half: str) -> tuple[Tensor, list[int]]:
        """Images uint8 (M, 3, 32, 32) and M labels, by torchvision."""
        import torchvision.datasets
        from torchvision.datasets.utils import check_integrity

        reader = torchvision.datasets.CIFAR100 if cls.official == OFFICIAL_100 else torchvision.datasets.CIFAR10
        # The files are pickles, and a strange pickle can run code: none is opened before its checksum is known to be
        # right.
        wanted = [*reader.train_list, *reader.test_list, [reader.meta["filename"], reader.meta["md5"]]]
        for name, md5 in wanted:
            path = root / cls.official / name
            if not check_integrity(path, md5):
                problem = "is not the official file (its MD5 checksum differs)" if path.is_file() else "is missing"
                again = f"Remove {path.parent} and fetch it anew: course data prepare {cls.name}."
                raise DataError(f"{path} {problem}. {again}")
        try:
            official = reader(str(root), train=half == "train")
        except (RuntimeError, ValueError, KeyError, pickle.UnpicklingError) as error:
            raise DataError(f"{root / cls.official} cannot be read: {error}.") from error
        return in_memory(np.moveaxis(official.data, 3, 1)), official.targets  # (M, H, W, 3) → (M, 3, H, W)

    @classmethod
    def _find_pictures(cls, root: Path, half: str) -> tuple[list[str], list[int]]:
        """The paths of a half's pictures, and their labels."""
        if not (root / half).is_dir():
            raise DataError(
                f"{root} holds neither the official folder {cls.official} nor pictures in {half}/CLASS. To fetch the "
                f"official files: course data prepare {cls.name}, or download=True."
            )
        found = from_folders(root / half, cls.all_classes, EXTENSIONS)
        if not found.names:
            raise no_pictures(root / half, EXTENSIONS)
        return [str(root / half / name) for name in found.names], found.labels or []


@register("dataset")
class CIFAR100(CIFAR10):
    """As ``CIFAR10``, of a hundred kinds of things, 500 photos a kind for training and 100 for testing.

    ``data_root`` holds the official folder ``cifar-100-python``, or pictures in folders. The labels are the fine ones.
    """

    name = "cifar100"
    official = OFFICIAL_100
    fetch = staticmethod(fetch_cifar100)
    all_classes = CLASSES_100
