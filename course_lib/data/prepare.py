"""From a download, or an archive that is at hand, to a folder that a config can name: MNIST, CIFAR-10, flowers.

What is fetched is what the data sets' authors published, and its checksum is verified. Each set has a folder of its own
in the data folder: ``mnist``, ``cifar10``, ``flowers``. What is there already is left as it is.
"""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from course_lib.config.errors import ConfigError, DataError, did_you_mean

from .archives import unpacked
from .datasets import cifar, mnist
from .datasets.files import class_folders, data_folder, list_pictures, need_folder
from .download import fetch
from .split import HALVES, split_folder, write_lists


@dataclass(frozen=True)
class Remote:
    """A file on the net; the checksum is the one that torchvision (MD5) or TensorFlow (SHA-256) publishes."""

    url: str
    md5: str | None = None
    sha256: str | None = None

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def fetch(self, folder: Path) -> Path:
        """Download it into a folder."""
        return fetch(self.url, folder / self.name, md5=self.md5, sha256=self.sha256)


_MNIST = "https://ossci-datasets.s3.amazonaws.com/mnist"
MNIST_FILES = (
    Remote(f"{_MNIST}/train-images-idx3-ubyte.gz", md5="f68b3c2dcbeaaa9fbdd348bbdeb94873"),
    Remote(f"{_MNIST}/train-labels-idx1-ubyte.gz", md5="d53e105ee54ea40749a09fcbcd1e9432"),
    Remote(f"{_MNIST}/t10k-images-idx3-ubyte.gz", md5="9fb629c4189551a2d022fa330f9573f3"),
    Remote(f"{_MNIST}/t10k-labels-idx1-ubyte.gz", md5="ec29112dd5afa0611ce80d1b7f02629c"),
)
CIFAR10_FILE = Remote("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz", md5="c58f30108f718f92721af3b95e74349a")
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


def fetch_mnist(folder: Path, source: Path | None = None) -> Path:
    """MNIST's four files, unpacked to ``folder/MNIST/raw``, where torchvision expects them."""
    raw = folder / "MNIST" / "raw"
    missing = [remote for remote in MNIST_FILES if not (raw / remote.name).with_suffix("").is_file()]
    if not missing:
        return folder
    with _files_of(source, folder) as files:
        for remote in missing:
            packed = _find_idx(files, remote) if files else remote.fetch(raw)
            _unpack_idx(packed, (raw / remote.name).with_suffix(""))
            if files is None:
                packed.unlink()
    return folder


def fetch_cifar10(folder: Path, source: Path | None = None) -> Path:
    """CIFAR-10's official files, or an archive of pictures in ``train/CLASS`` and ``test/CLASS``."""
    if (folder / cifar.OFFICIAL).is_dir() or (folder / "train").is_dir():
        return folder
    archive = source or CIFAR10_FILE.fetch(folder.parent)
    with unpacked(archive, folder) as content:
        official = next(content.rglob(cifar.OFFICIAL), None)
        wanted = [official] if official else _halves_in(content, ("train", "test"))
        if not wanted:
            raise DataError(f"{archive} holds neither {cifar.OFFICIAL} nor pictures in train/CLASS and test/CLASS.")
        _move(wanted[::-1], folder)
    if source is None:
        archive.unlink()
    return folder


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
            if halves := _halves_in(content, HALVES):
                write_lists(halves[0].parent)
                _move([*halves[0].parent.glob("*.txt"), *reversed(halves)], folder)
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


@contextmanager
def _files_of(source: Path | None, folder: Path) -> Iterator[list[Path] | None]:
    """The files in a folder, beside a packed file, or in an archive; None without a source."""
    if source is None:
        yield None
    elif source.is_dir() or source.name.endswith("ubyte.gz") or source.name.endswith("ubyte"):
        yield list(need_folder(source if source.is_dir() else source.parent, "the source").rglob("*"))
    else:
        with unpacked(source, folder) as content:
            yield list(content.rglob("*"))


def _find_idx(files: list[Path], remote: Remote) -> Path:
    names = (remote.name, remote.name.removesuffix(".gz"))
    found = next((path for path in files if path.name in names and path.is_file()), None)
    if found is None:
        raise DataError(f"the source holds no {names[0]} (nor {names[1]}).")
    return found


def _unpack_idx(packed: Path, target: Path) -> None:
    """See that it is a sound IDX file, unpack it to a temporary name, and rename."""
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mnist.read_idx(packed)
        content = packed.read_bytes()
        part.write_bytes(gzip.decompress(content) if packed.suffix == ".gz" else content)
        part.replace(target)
    except OSError as error:
        raise DataError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)


def _halves_in(content: Path, halves: tuple[str, str]) -> list[Path]:
    """The folders of both halves, somewhere in an unpacked archive; [] if there are none."""
    for first in (content / halves[0], *content.glob(f"*/{halves[0]}")):
        if first.is_dir() and (first.parent / halves[1]).is_dir():
            return [first, first.parent / halves[1]]
    return []


def _class_root(content: Path) -> Path | None:
    """The folder that holds a folder a class: the highest that has at least two folders with pictures."""
    for folder in (content, *sorted(path for path in content.rglob("*") if path.is_dir())):
        if sum(bool(list_pictures(folder / name)) for name in class_folders(folder)) >= 2:
            return folder
    return None


def _move(paths: list[Path], folder: Path) -> None:
    """Move into a folder, in this order; the last one is the sign that all are there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            path.replace(folder / path.name)
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror or error}.") from error
