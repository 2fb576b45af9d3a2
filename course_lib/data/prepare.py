"""From a download, or an archive that is at hand, to a folder that a config can name as ``data_root``.

What is fetched is what the data sets' authors published, and its checksum is verified. Each set of ``sources.SOURCES``
has a folder of its own in the data folder, of its own name. What is there already is left as it is.
"""

from collections.abc import Callable
from pathlib import Path

from course_lib.config.download import DownloadError, Remote
from course_lib.config.errors import ConfigError, DataError, did_you_mean

from .archives import move_into, unpacked
from .assemble import assemble, how_by_hand
from .datasets.cifar_files import fetch_cifar10, fetch_cifar100
from .datasets.files import class_folders, data_folder, find_halves, list_pictures
from .datasets.mnist_files import fetch_fashion_mnist, fetch_mnist
from .sources import SOURCES
from .split import HALVES, split_folder, write_lists

FLOWERS_FILE = Remote(
    "https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz",
    sha256="4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c",
)


def prepare(name: str, root: str | Path | None = None, source: str | Path | None = None) -> Path:
    """Make a data set ready for training.

    Args:
        name: One of ``sources.SOURCES``, such as 'mnist' or 'cub200'.
        root: The data folder; None takes ``COURSE_DATA``, else ``data``.
        source: A local archive, or the folder that holds the published files; None downloads them.

    Returns:
        The folder to name as ``data_root``.

    Raises:
        ConfigError: there is no such data set to prepare.
        DataError: the network, the archive or the disk fails, or the files must be fetched by hand; the message says
            what to do, and there is never half a data set.
    """
    if name not in SOURCES:
        raise ConfigError(f"there is no data set {name!r} to prepare. {did_you_mean(name, SOURCES)}")
    folder = (data_folder() if root is None else Path(root)) / name
    given = None if source is None else Path(source)
    try:
        return OWN[name](folder, given) if name in OWN else assemble(SOURCES[name], folder, given)
    except DownloadError as error:
        raise DataError(f"{error} Or keep it where you like. {how_by_hand(SOURCES[name])}") from error


def fetch_flowers(folder: Path, source: Path | None = None) -> Path:
    """3,670 photos of five kinds of flowers: the raw folder beside ``folder``, divided 8:2 in ``folder``.

    An archive that is divided already, into ``train/CLASS`` and ``val/CLASS``, is taken as it is.
    """
    raw = folder.with_name("flower_photos")
    if (folder / "train").is_dir():
        return folder
    if source is not None or not raw.is_dir():
        archive = FLOWERS_FILE.inside(source) if source else FLOWERS_FILE.fetch(folder.parent)
        with unpacked(archive, folder) as content:
            if halves := find_halves(content, HALVES):
                write_lists(halves[0].parent)
                move_into([*halves[0].parent.glob("*.txt"), *reversed(halves)], folder)
                return folder
            photos = _class_root(content)
            if photos is None:
                raise DataError(f"{archive} holds no folder a class: at least two with pictures are needed.")
            if raw.exists():
                raise DataError(f"{raw} is there already; remove it to take {archive} instead.")
            photos.replace(raw)
        if source is None:
            archive.unlink()
    split_folder(raw, folder, how="link")
    return folder


# Those that come in a way of their own.
OWN: dict[str, Callable[[Path, Path | None], Path]] = {
    "mnist": fetch_mnist,
    "fashion_mnist": fetch_fashion_mnist,
    "cifar10": fetch_cifar10,
    "cifar100": fetch_cifar100,
    "flowers": fetch_flowers,
}


def _class_root(content: Path) -> Path | None:
    """The folder that holds a folder a class: the highest that has at least two folders with pictures."""
    for folder in (content, *sorted(path for path in content.rglob("*") if path.is_dir())):
        if sum(bool(list_pictures(folder / name)) for name in class_folders(folder)) >= 2:
            return folder
    return None
