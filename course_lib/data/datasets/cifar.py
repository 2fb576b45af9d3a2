"""CIFAR-10: 60,000 photos of 32×32 pixels, from the official files or from a folder of pictures."""

import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from course_lib.config.errors import DataError
from course_lib.config.registry import register

from ..transforms.base import Transform
from .base import Dataset, in_memory
from .cifar_files import OFFICIAL, fetch_cifar10
from .custom import from_folders
from .files import EXTENSIONS, need_folder, no_pictures, resolve
from .halves import half_of

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@register("dataset")
class CIFAR10(Dataset):
    """Photos (3, 32, 32) of ten kinds of things.

    ``data_root`` holds the official folder ``cifar-10-batches-py``, or pictures as ``train/CLASS/*.jpg`` and
    ``test/CLASS/*.jpg``.

    Args:
        data_root: The folder of the data set; one that begins with ``data/`` lies in the data folder.
        split: 'train' or 'test'; '' asks ``test_mode``.
        test_mode: Read the test half.
        download: Fetch the official files where there is nothing.
        pipeline: The transforms that a sample passes through.

    Raises:
        DataError: the files are missing, are not the official ones, or cannot be fetched.
    """

    def __init__(
        self,
        data_root: str = "data/cifar10",
        split: str = "",
        test_mode: bool = False,
        download: bool = False,
        pipeline: Sequence[Transform] = (),
    ) -> None:
        half, root = half_of(split, test_mode), resolve(data_root)
        if download:
            fetch_cifar10(root)
        root = need_folder(root, "data_root")
        pictures: Tensor | list[str]
        if (root / OFFICIAL).is_dir() or root.name == OFFICIAL:
            pictures, labels = _read_official(root.parent if root.name == OFFICIAL else root, half)
        else:
            pictures, labels = _find_pictures(root, half)
        super().__init__(pictures, labels, CLASSES, pipeline)

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...]:
        return CLASSES

    @classmethod
    def picture_shape(cls, args: Mapping[str, Any]) -> tuple[int, int, int]:
        return 3, 32, 32


def _read_official(root: Path, half: str) -> tuple[Tensor, list[int]]:
    """Images uint8 (M, 3, 32, 32) and M labels, by torchvision."""
    from torchvision.datasets import CIFAR10 as TorchvisionCIFAR10
    from torchvision.datasets.utils import check_integrity

    # The files are pickles, and a strange pickle can run code: none is opened before its checksum is known to be right.
    wanted = [*TorchvisionCIFAR10.train_list, *TorchvisionCIFAR10.test_list]
    wanted.append([TorchvisionCIFAR10.meta["filename"], TorchvisionCIFAR10.meta["md5"]])
    for name, md5 in wanted:
        path = root / OFFICIAL / name
        if not check_integrity(path, md5):
            problem = "is not the official file (its MD5 checksum differs)" if path.is_file() else "is missing"
            raise DataError(f"{path} {problem}. Remove {path.parent} and fetch it anew: course data prepare cifar10.")
    try:
        official = TorchvisionCIFAR10(str(root), train=half == "train")
    except (RuntimeError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise DataError(f"{root / OFFICIAL} cannot be read: {error}.") from error
    return in_memory(np.moveaxis(official.data, 3, 1)), official.targets  # (M, H, W, 3) → (M, 3, H, W)


def _find_pictures(root: Path, half: str) -> tuple[list[str], list[int]]:
    """The paths of a half's pictures, and their labels."""
    if not (root / half).is_dir():
        raise DataError(
            f"{root} holds neither the official folder {OFFICIAL} nor pictures in {half}/CLASS. To fetch the official "
            "files: course data prepare cifar10, or download=True."
        )
    found = from_folders(root / half, CLASSES, EXTENSIONS)
    if not found.names:
        raise no_pictures(root / half, EXTENSIONS)
    return [str(root / half / name) for name in found.names], found.labels or []
