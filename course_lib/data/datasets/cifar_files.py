"""The official files of CIFAR: where they are published, and how they come to lie where the data sets look."""

from pathlib import Path

from course_lib.config.download import Remote
from course_lib.config.errors import DataError

from ..archives import move_into, unpacked
from .files import find_halves

OFFICIAL = "cifar-10-batches-py"  # the folder in the archive
OFFICIAL_100 = "cifar-100-python"
_CIFAR = "https://www.cs.toronto.edu/~kriz"
CIFAR10_FILE = Remote(f"{_CIFAR}/cifar-10-python.tar.gz", md5="c58f30108f718f92721af3b95e74349a")
CIFAR100_FILE = Remote(f"{_CIFAR}/cifar-100-python.tar.gz", md5="eb9058c3a382ffc7106e4002c42a8d85")


def fetch_cifar10(folder: Path, source: Path | None = None) -> Path:
    """CIFAR-10's official files, or an archive of pictures in ``train/CLASS`` and ``test/CLASS``."""
    return _fetch(folder, source, CIFAR10_FILE, OFFICIAL)


def fetch_cifar100(folder: Path, source: Path | None = None) -> Path:
    """CIFAR-100's official files, or an archive of pictures in ``train/CLASS`` and ``test/CLASS``."""
    return _fetch(folder, source, CIFAR100_FILE, OFFICIAL_100)


def _fetch(folder: Path, source: Path | None, published: Remote, inside: str) -> Path:
    if (folder / inside).is_dir() or (folder / "train").is_dir():
        return folder
    archive = published.inside(source) if source else published.fetch(folder.parent)
    with unpacked(archive, folder) as content:
        official = next(content.rglob(inside), None)
        wanted = [official] if official else find_halves(content, ("train", "test"))
        if not wanted:
            raise DataError(f"{archive} holds neither {inside} nor pictures in train/CLASS and test/CLASS.")
        move_into(wanted[::-1], folder)
    if source is None:
        archive.unlink()
    return folder
