"""The official files of MNIST and its kin: where they are published, and how they come to lie where one looks."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_lib.config.download import Remote
from course_lib.config.errors import DataError

from ..archives import unpacked
from .files import need_folder
from .idx import read_idx

_MNIST = "https://ossci-datasets.s3.amazonaws.com/mnist"
_FASHION = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"
MNIST_FILES = (
    Remote(f"{_MNIST}/train-images-idx3-ubyte.gz", md5="f68b3c2dcbeaaa9fbdd348bbdeb94873"),
    Remote(f"{_MNIST}/train-labels-idx1-ubyte.gz", md5="d53e105ee54ea40749a09fcbcd1e9432"),
    Remote(f"{_MNIST}/t10k-images-idx3-ubyte.gz", md5="9fb629c4189551a2d022fa330f9573f3"),
    Remote(f"{_MNIST}/t10k-labels-idx1-ubyte.gz", md5="ec29112dd5afa0611ce80d1b7f02629c"),
)

FASHION_MNIST_FILES = (
    Remote(f"{_FASHION}/train-images-idx3-ubyte.gz", md5="8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    Remote(f"{_FASHION}/train-labels-idx1-ubyte.gz", md5="25c81989df183df01b3e8a0aad5dffbe"),
    Remote(f"{_FASHION}/t10k-images-idx3-ubyte.gz", md5="bef4ecab320f06d8554ea6380940ec79"),
    Remote(f"{_FASHION}/t10k-labels-idx1-ubyte.gz", md5="bb300cfdad3c16e7a12a480ee83cd310"),
)


def fetch_mnist(folder: Path, source: Path | None = None) -> Path:
    """MNIST's four files, unpacked to ``folder/MNIST/raw``, where torchvision expects them."""
    return _fetch(folder, source, MNIST_FILES, "MNIST")


def fetch_fashion_mnist(folder: Path, source: Path | None = None) -> Path:
    """FashionMNIST's four files, unpacked to ``folder/FashionMNIST/raw``, where torchvision expects them."""
    return _fetch(folder, source, FASHION_MNIST_FILES, "FashionMNIST")


def _fetch(folder: Path, source: Path | None, published: tuple[Remote, ...], inside: str) -> Path:
    raw = folder / inside / "raw"
    missing = [remote for remote in published if not (raw / remote.name).with_suffix("").is_file()]
    if not missing:
        return folder
    with _files_of(source, folder) as files:
        for remote in missing:
            packed = _find_idx(files, remote) if files is not None else remote.fetch(raw)
            _unpack_idx(packed, (raw / remote.name).with_suffix(""))
            if files is None:
                packed.unlink()
    return folder


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
        read_idx(packed)
        content = packed.read_bytes()
        part.write_bytes(gzip.decompress(content) if packed.suffix == ".gz" else content)
        part.replace(target)
    except OSError as error:
        raise DataError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)
