"""MNIST: 70,000 handwritten digits of 28×28 pixels, from the original IDX files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.config.errors import DataError
from course_lib.config.registry import register

from ..transforms.base import Transform
from .base import Dataset, in_memory
from .files import need_folder, resolve
from .halves import half_of
from .idx import read_idx
from .mnist_files import fetch_mnist

PREFIX = {"train": "train", "test": "t10k"}
CLASSES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@register("dataset")
class MNIST(Dataset):
    """Grey pictures (1, 28, 28) of the digits 0 to 9.

    torchvision reads ``data_root/MNIST/raw``, its own layout; failing that, the four IDX files, packed (``.gz``) or
    not, may lie in ``data_root`` itself or in ``data_root/raw``.

    Args:
        data_root: The folder of the data set; one that begins with ``data/`` lies in the data folder.
        split: 'train' or 'test'; '' asks ``test_mode``.
        test_mode: Read the test half.
        download: Fetch the files where they are missing.
        pipeline: The transforms that a sample passes through.

    Raises:
        DataError: a file is missing or damaged, or cannot be fetched.
    """

    def __init__(
        self,
        data_root: str = "data/mnist",
        split: str = "",
        test_mode: bool = False,
        download: bool = False,
        pipeline: Sequence[Transform] = (),
    ) -> None:
        half, root = half_of(split, test_mode), resolve(data_root)
        if download:
            fetch_mnist(root)
        images, labels = _read_with_torchvision(root, half) or _read_files(need_folder(root, "data_root"), half)
        super().__init__(in_memory(images), labels, self.class_names({}), pipeline)

    @classmethod
    def class_names(cls, args: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(f"{digit} - {name}" for digit, name in enumerate(CLASSES))

    @classmethod
    def picture_shape(cls, args: Mapping[str, Any]) -> tuple[int, int, int]:
        return 1, 28, 28


def _read_with_torchvision(root: Path, half: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Images (M, 28, 28) and labels (M,), or None where the files are not laid out as torchvision wants them."""
    raw = root / "MNIST" / "raw"
    if not all((raw / name).is_file() for prefix in PREFIX.values() for name in _names(prefix)):
        return None
    from torchvision.datasets import MNIST as TorchvisionMNIST

    try:
        official = TorchvisionMNIST(str(root), train=half == "train")
    except (RuntimeError, ValueError, AssertionError) as error:
        raise DataError(f"{raw} holds a damaged file: {error}. Fetch it anew: course data prepare mnist.") from error
    return _checked(official.data.numpy(), official.targets.numpy(), raw)


def _read_files(root: Path, half: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (M, 28, 28) and labels (M,) from wherever below ``root`` the two files are."""
    folders = [folder for folder in (root / "MNIST" / "raw", root / "raw", root) if folder.is_dir()]
    images, labels = (read_idx(_find(folders, name)) for name in _names(PREFIX[half]))
    return _checked(images, labels, root)


def _names(prefix: str) -> tuple[str, str]:
    return f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"


def _find(folders: Sequence[Path], name: str) -> Path:
    for folder in folders:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return path
    searched = ", ".join(map(str, folders))
    raise DataError(
        f"there is no {name} (or {name}.gz) in {searched}. To fetch it: course data prepare mnist, or download=True."
    )


def _checked(images: np.ndarray, labels: np.ndarray, where: Path) -> tuple[np.ndarray, np.ndarray]:
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise DataError(f"{where}: images of shape {images.shape} and labels of {labels.shape} do not belong together.")
    return images, labels
