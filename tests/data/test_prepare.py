"""From archives to folders that the data sets open; the network is played by a function."""

import gzip
import re
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_lib.config import download
from course_lib.config.download import DownloadError
from course_lib.config.errors import ConfigError, DataError
from course_lib.data.datasets import CIFAR10, MNIST, CustomDataset
from course_lib.data.datasets.mnist import FashionMNIST
from course_lib.data.datasets.mnist_files import MNIST_FILES
from course_lib.data.prepare import OWN, prepare
from course_lib.data.sources import SOURCES


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def write_idx(folder: Path, packed: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for remote in MNIST_FILES:
        content = idx(np.zeros((3, 28, 28) if "images" in remote.name else 3, np.uint8))
        path = folder / remote.name
        if packed:
            path.write_bytes(gzip.compress(content))
        else:
            path.with_suffix("").write_bytes(content)
    return folder


def write_pictures(folder: Path, classes: tuple[str, ...] = ("daisy", "roses"), count: int = 5) -> Path:
    for name in classes:
        (folder / name).mkdir(parents=True)
        for number in range(count):
            Image.new("RGB", (32, 32)).save(folder / name / f"{number}.jpg")
    return folder


def pack(archive: Path, **folders: Path) -> Path:
    with tarfile.open(archive, "w:gz") as tar:
        for name, folder in folders.items():
            tar.add(folder, name.replace("__", "/"))
    return archive


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(url: str, path: Path, **checksums: str) -> Path:
        raise DownloadError(f"no network for {url}")

    monkeypatch.setattr(download, "fetch", fail)


# --- MNIST


@pytest.mark.parametrize("packed", [True, False])
def test_mnist_from_a_folder_or_a_file_in_it(tmp_path: Path, packed: bool, no_network: None) -> None:
    source = write_idx(tmp_path / "source", packed)
    one = next(source.iterdir())
    for root, given in (("a", source), ("b", one)):
        folder = prepare("mnist", tmp_path / root, given)
        assert folder == tmp_path / root / "mnist"
        assert (folder / "MNIST/raw/train-images-idx3-ubyte").is_file()
        assert len(MNIST(str(folder))) == len(MNIST(str(folder), "test")) == 3


def test_mnist_from_an_archive(tmp_path: Path, no_network: None) -> None:
    archive = pack(tmp_path / "mnist.tgz", MNIST__raw=write_idx(tmp_path / "source"))
    assert len(MNIST(str(prepare("mnist", tmp_path / "data", archive)))) == 3
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["mnist"]


def test_mnist_by_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_idx(tmp_path / "source")
    fetched = []

    def fetch(url: str, path: Path, md5: str | None, sha256: str | None) -> Path:
        fetched.append((url, md5))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((source / path.name).read_bytes())
        return path

    monkeypatch.setattr(download, "fetch", fetch)
    dataset = MNIST(str(tmp_path / "mnist"), download=True)
    MNIST(str(tmp_path / "mnist"), download=True)
    assert len(dataset) == 3
    assert fetched == [(remote.url, remote.md5) for remote in MNIST_FILES]
    assert not list((tmp_path / "mnist").rglob("*.gz"))


def test_mnist_from_a_damaged_or_incomplete_source(tmp_path: Path, no_network: None) -> None:
    source = write_idx(tmp_path / "source")
    path = source / MNIST_FILES[1].name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"train-labels-idx1-ubyte.gz is damaged or truncated"):
        prepare("mnist", tmp_path, source)
    path.unlink()
    with pytest.raises(DataError, match=r"holds no train-labels-idx1-ubyte.gz"):
        prepare("mnist", tmp_path, source)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"holds no t.*-ubyte.gz"):  # and does not download
        prepare("mnist", tmp_path / "other", tmp_path / "empty")


def test_fashion_mnist_from_a_folder(tmp_path: Path, no_network: None) -> None:
    folder = prepare("fashion_mnist", tmp_path / "data", write_idx(tmp_path / "source"))
    assert len(FashionMNIST(str(folder))) == len(FashionMNIST(str(folder), "test")) == 3


# --- CIFAR


def test_cifar10_from_pictures(tmp_path: Path, no_network: None) -> None:
    pictures = write_pictures(tmp_path / "pictures", ("bird", "cat"))
    archive = pack(tmp_path / "cifar.tar.gz", train=pictures, test=pictures)
    folder = prepare("cifar10", tmp_path / "data", archive)
    assert len(CIFAR10(str(folder))) == len(CIFAR10(str(folder), "test")) == 10
    assert prepare("cifar10", tmp_path / "data") == folder
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["cifar10"]


def test_cifar10_official(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "batches").mkdir()
    (tmp_path / "batches" / "data_batch_1").touch()
    archive = pack(tmp_path / "packed.tar.gz", **{"cifar-10-batches-py": tmp_path / "batches"})

    def fetch(url: str, path: Path, md5: str | None, sha256: str | None) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive.read_bytes())
        return path

    monkeypatch.setattr(download, "fetch", fetch)
    folder = prepare("cifar10", tmp_path / "data")
    assert (folder / "cifar-10-batches-py" / "data_batch_1").is_file()
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["cifar10"]


def test_cifar10_from_something_else(tmp_path: Path, no_network: None) -> None:
    archive = pack(tmp_path / "a.tgz", stuff=write_pictures(tmp_path / "pictures"))
    with pytest.raises(DataError, match="holds neither cifar-10-batches-py nor pictures in train/CLASS"):
        prepare("cifar10", tmp_path / "data", archive)


def test_cifar100_official(tmp_path: Path, no_network: None) -> None:
    (tmp_path / "batches").mkdir()
    (tmp_path / "batches" / "train").touch()
    archive = pack(tmp_path / "packed.tar.gz", **{"cifar-100-python": tmp_path / "batches"})
    folder = prepare("cifar100", tmp_path / "data", archive)
    assert folder == tmp_path / "data" / "cifar100" and (folder / "cifar-100-python" / "train").is_file()


# --- flowers


def test_flowers_raw_are_kept_and_split(tmp_path: Path, no_network: None) -> None:
    archive = pack(tmp_path / "f.tgz", flower_photos=write_pictures(tmp_path / "pictures"))
    folder = prepare("flowers", tmp_path / "data", archive)
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["flower_photos", "flowers"]
    assert len(CustomDataset(str(folder), data_prefix="train")) == 8
    assert len(CustomDataset(str(folder), ann_file="val.txt", data_prefix="val", classes="classes.txt")) == 2


def test_flowers_from_a_folder(tmp_path: Path, no_network: None) -> None:
    pictures = write_pictures(tmp_path / "pictures")
    with pytest.raises(DataError, match=r"pictures is a folder, and holds no archive .* course data split FOLDER"):
        prepare("flowers", tmp_path / "data", pictures)
    pack(tmp_path / "flower_photos.tgz", flower_photos=pictures)
    assert prepare("flowers", tmp_path / "data", tmp_path) == tmp_path / "data" / "flowers"


def test_flowers_that_are_split_already(tmp_path: Path, no_network: None) -> None:
    pictures = write_pictures(tmp_path / "pictures")
    archive = pack(tmp_path / "f.tar", flowers5__train=pictures, flowers5__val=pictures)
    folder = prepare("flowers", tmp_path / "data", archive)
    assert (folder / "train.txt").read_text().splitlines()[-1] == "roses/4.jpg 1"
    assert len(CustomDataset(str(folder), data_prefix="val")) == 10
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["flowers"]


def test_a_raw_folder_that_is_there_is_not_overwritten(tmp_path: Path, no_network: None) -> None:
    write_pictures(tmp_path / "data" / "flower_photos", count=2)
    archive = pack(tmp_path / "f.tgz", flower_photos=write_pictures(tmp_path / "pictures"))
    with pytest.raises(DataError, match="flower_photos is there already"):
        prepare("flowers", tmp_path / "data", archive)
    assert len(CustomDataset(str(prepare("flowers", tmp_path / "data")), data_prefix="train")) == 2


# --- all


def test_an_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Did you mean 'cifar10'"):
        prepare("cifar-10", tmp_path)


@pytest.mark.parametrize("name", OWN)
def test_what_to_do_without_a_network(name: str, tmp_path: Path, no_network: None) -> None:
    page = re.escape(SOURCES[name].page)
    with pytest.raises(
        DataError, match=rf"^no network for .* page is {page}\. .*course data prepare {name} --from PATH"
    ):
        prepare(name, tmp_path)
    assert not SOURCES[name].is_in(tmp_path / name)


def test_the_data_folder_is_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_network: None
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "big"))
    assert prepare("mnist", source=write_idx(tmp_path / "source")) == tmp_path / "big" / "mnist"


def test_the_real_flowers(tmp_path: Path, shared_data: Path, no_network: None) -> None:
    folder = prepare("flowers", tmp_path, shared_data / "flowers5-160px.tar")
    train, val = CustomDataset(str(folder), data_prefix="train"), CustomDataset(str(folder), data_prefix="val")
    assert len(train) + len(val) == 3670 and len(train.classes) == 5
