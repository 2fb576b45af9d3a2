"""MNIST and FashionMNIST: 70,000 grey pictures of 28×28 pixels each, from the original IDX files.

LeCun et al.: Gradient-Based Learning Applied to Document Recognition, 1998; Xiao et al.: Fashion-MNIST: a Novel Image
Dataset for Benchmarking Machine Learning Algorithms, arXiv 1708.07747.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from course_lib.config.errors import DataError
from course_lib.config.registry import register

from ..transforms.base import Transform
from .base import Dataset, in_memory
from .files import need_folder, root_of
from .halves import half_of
from .idx import read_idx
from .mnist_files import fetch_fashion_mnist, fetch_mnist

PREFIX = {"train": "train", "test": "t10k"}
CLASSES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


@register("dataset")
class MNIST(Dataset):
    """60,000 grey pictures (1, 28, 28) for training and 10,000 for testing, of the digits 0 to 9 written by hand.

    torchvision reads ``data_root/MNIST/raw``, its own layout; failing that, the four IDX files, packed (``.gz``) or
    not, may lie in ``data_root`` itself or in ``data_root/raw``.

    Args:
        data_root: The folder of the data set; one that begins with ``data/`` lies in the data folder. '' and no
            ``data_prefix`` stand for ``data/`` and the name by which it is prepared.
        split: 'train' or 'test'; '' asks ``test_mode``.
        test_mode: Read the test half.
        download: Fetch the files where they are missing.
        pipeline: The transforms that a sample passes through.
        data_prefix: A folder below ``data_root``; the folder of the data set where ``data_root`` is ''.

    Raises:
        DataError: a file is missing or damaged, or cannot be fetched.
    """

    name = "mnist"
    inside = "MNIST"  # the folder in which torchvision keeps ``raw``
    fetch = staticmethod(fetch_mnist)
    all_classes: ClassVar[tuple[str, ...]] = tuple(f"{digit} - {name}" for digit, name in enumerate(CLASSES))

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
        found = self._read_with_torchvision(root, half) or self._read_files(need_folder(root, "data_root"), half)
        super().__init__(in_memory(found[0]), found[1], self.all_classes, pipeline)

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...]:
        return cls.all_classes

    @classmethod
    def picture_shape(cls, args: Mapping[str, Any]) -> tuple[int, int, int]:
        return 1, 28, 28

    @classmethod
    def _read_with_torchvision(cls, root: Path, half: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Images (M, 28, 28) and labels (M,), or None where the files are not laid out as torchvision wants them."""
        raw = root / cls.inside / "raw"
        if not all((raw / name).is_file() for prefix in PREFIX.values() for name in _names(prefix)):
            return None
        import torchvision.datasets

        reader = torchvision.datasets.FashionMNIST if cls.inside == "FashionMNIST" else torchvision.datasets.MNIST
        try:
            official = reader(str(root), train=half == "train")
        except (RuntimeError, ValueError, AssertionError) as error:
            again = f"Fetch it anew: course data prepare {cls.name}."
            raise DataError(f"{raw} holds a damaged file: {error}. {again}") from error
        return _checked(official.data.numpy(), official.targets.numpy(), raw)

    @classmethod
    def _read_files(cls, root: Path, half: str) -> tuple[np.ndarray, np.ndarray]:
        """Images (M, 28, 28) and labels (M,) from wherever below ``root`` the two files are."""
        folders = [folder for folder in (root / cls.inside / "raw", root / "raw", root) if folder.is_dir()]
        images, labels = (read_idx(cls._find(folders, name)) for name in _names(PREFIX[half]))
        return _checked(images, labels, root)

    @classmethod
    def _find(cls, folders: Sequence[Path], name: str) -> Path:
        for folder in folders:
            for path in (folder / name, folder / f"{name}.gz"):
                if path.is_file():
                    return path
        searched = ", ".join(map(str, folders))
        raise DataError(
            f"there is no {name} (or {name}.gz) in {searched}. To fetch it: course data prepare {cls.name}, or "
            "download=True."
        )


@register("dataset")
class FashionMNIST(MNIST):
    """As ``MNIST``, 6,000 pictures for training and 1,000 for testing of each of ten kinds of clothes.

    torchvision's layout is ``data_root/FashionMNIST/raw`` here.
    """

    name = "fashion_mnist"
    inside = "FashionMNIST"
    fetch = staticmethod(fetch_fashion_mnist)
    all_classes = FASHION_CLASSES


def _names(prefix: str) -> tuple[str, str]:
    return f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"


def _checked(images: np.ndarray, labels: np.ndarray, where: Path) -> tuple[np.ndarray, np.ndarray]:
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise DataError(f"{where}: images of shape {images.shape} and labels of {labels.shape} do not belong together.")
    return images, labels
