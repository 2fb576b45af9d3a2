"""The official files of CIFAR-10: where they are published, and how they come to lie where the data set looks."""

from pathlib import Path

from course_lib.config.errors import DataError

from ..archives import move_into, unpacked
from ..download import Remote
from .files import find_halves

OFFICIAL = "cifar-10-batches-py"  # the folder in the archive
CIFAR10_FILE = Remote("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz", md5="c58f30108f718f92721af3b95e74349a")


def fetch_cifar10(folder: Path, source: Path | None = None) -> Path:
    """CIFAR-10's official files, or an archive of pictures in ``train/CLASS`` and ``test/CLASS``."""
    if (folder / OFFICIAL).is_dir() or (folder / "train").is_dir():
        return folder
    archive = source or CIFAR10_FILE.fetch(folder.parent)
    with unpacked(archive, folder) as content:
        official = next(content.rglob(OFFICIAL), None)
        wanted = [official] if official else find_halves(content, ("train", "test"))
        if not wanted:
            raise DataError(f"{archive} holds neither {OFFICIAL} nor pictures in train/CLASS and test/CLASS.")
        move_into(wanted[::-1], folder)
    if source is None:
        archive.unlink()
    return folder
