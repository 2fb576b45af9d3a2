"""From a download, or an archive that is at hand, to a folder that a config can name: MNIST, CIFAR-10, flowers.

What is fetched is what the data sets' authors published, and its checksum is verified. Each set has a folder of its own
in the data folder: ``mnist``, ``cifar10``, ``flowers``. What is there already is left as it is.
"""

from collections.abc import Callable
from pathlib import Path

from course_lib.config.errors import ConfigError, DataError, did_you_mean

from .archives import move_into, unpacked
from .datasets.cifar_files import fetch_cifar10
from .datasets.files import class_folders, data_folder, find_halves, list_pictures
from .datasets.mnist_files import fetch_mnist
from .download import Remote
from .split import HALVES, split_folder, write_lists

FLOWERS_FILE = Remote(
    "https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz",
    sha256="4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c",
)


def prepare(name: str, root: str | Path | None = None, source: str | Path | None = None) -> Path:
    """Make a data set ready for training.

    Args:
        name: 'mnist', 'cifar10' or 'flowers'.
        root: The data folder; None takes ``COURSE_DATA``, else ``data``.
        source: A local archive, or for MNIST the folder of its files; None downloads.

    Returns:
        The folder to name as ``data_root``.

    Raises:
        ConfigError: there is no such data set to prepare.
        DataError: the network, the archive or the disk fails; there is never half a data set.
    """
    if name not in PREPARERS:
        raise ConfigError(f"there is no data set {name!r} to prepare. {did_you_mean(name, PREPARERS)}")
    root = data_folder() if root is None else Path(root)
    return PREPARERS[name](root / name, None if source is None else Path(source))


def fetch_flowers(folder: Path, source: Path | None = None) -> Path:
    """3,670 photos of five kinds of flowers: the raw folder beside ``folder``, divided 8:2 in ``folder``.

    An archive that is divided already, into ``train/CLASS`` and ``val/CLASS``, is taken as it is.
    """
    raw = folder.with_name("flower_photos")
    if (folder / "train").is_dir():
        return folder
    if source is not None or not raw.is_dir():
        archive = source or FLOWERS_FILE.fetch(folder.parent)
        with unpacked(archive, folder) as content:
            if halves := find_halves(content, HALVES):
                write_lists(halves[0].parent)
                move_into([*halves[0].parent.glob("*.txt"), *reversed(halves)], folder)
                return folder
            photos = _class_root(content)
            if photos is None:
                raise DataError(f"{archive} holds no folders of pictures.")
            if raw.exists():
                raise DataError(f"{raw} is there already; remove it to take {archive} instead.")
            photos.replace(raw)
        if source is None:
            archive.unlink()
    split_folder(raw, folder, how="link")
    return folder


PREPARERS: dict[str, Callable[[Path, Path | None], Path]] = {
    "mnist": fetch_mnist,
    "cifar10": fetch_cifar10,
    "flowers": fetch_flowers,
}


def _class_root(content: Path) -> Path | None:
    """The folder that holds a folder a class: the highest that has at least two folders with pictures."""
    for folder in (content, *sorted(path for path in content.rglob("*") if path.is_dir())):
        if sum(bool(list_pictures(folder / name)) for name in class_folders(folder)) >= 2:
            return folder
    return None
