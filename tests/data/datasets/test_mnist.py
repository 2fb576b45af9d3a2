"""MNIST from IDX files, wherever they lie; compared with torchvision's reader."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from torchvision.datasets import FashionMNIST as TorchvisionFashionMNIST

from course_lib.config.errors import ConfigError, DataError
from course_lib.data.datasets import MNIST, FashionMNIST

RNG = np.random.default_rng(0)
ARRAYS = {
    "train-images-idx3-ubyte": RNG.integers(0, 256, (5, 28, 28), dtype=np.uint8),
    "train-labels-idx1-ubyte": np.array([0, 9, 3, 3, 1], dtype=np.uint8),
    "t10k-images-idx3-ubyte": RNG.integers(0, 256, (2, 28, 28), dtype=np.uint8),
    "t10k-labels-idx1-ubyte": np.array([7, 2], dtype=np.uint8),
}


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def write(folder: Path, packed: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in ARRAYS.items():
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
        else:
            (folder / name).write_bytes(idx(array))
    return folder


@pytest.mark.parametrize(("below", "packed"), [("MNIST/raw", False), ("raw", False), ("", False), ("", True)])
def test_all_layouts_give_the_same(tmp_path: Path, below: str, packed: bool) -> None:
    write(tmp_path / below, packed)
    train, test = MNIST(str(tmp_path)), MNIST(str(tmp_path), test_mode=True)
    assert train.pictures.tolist() == ARRAYS["train-images-idx3-ubyte"][:, None].tolist()
    assert train.labels is not None and train.labels.tolist() == [0, 9, 3, 3, 1]
    assert test.pictures.tolist() == ARRAYS["t10k-images-idx3-ubyte"][:, None].tolist()
    assert len(MNIST(str(tmp_path), split="test")) == 2
    assert train.raw(1)["img"].shape == MNIST.picture_shape({})
    assert train.classes == MNIST.class_names({}) and train.classes[3] == "3 - three"


def test_data_prefix_means_the_folder_too(tmp_path: Path) -> None:
    write(tmp_path / "mnist")
    assert len(MNIST(data_prefix=str(tmp_path / "mnist"), test_mode=True)) == 2
    assert len(MNIST(str(tmp_path), data_prefix="mnist")) == 5


@pytest.mark.parametrize("below", ["FashionMNIST/raw", "raw", ""])
def test_fashion_mnist_as_torchvision_reads_it(tmp_path: Path, below: str) -> None:
    write(tmp_path / "FashionMNIST" / "raw")
    write(tmp_path / "other" / below)
    theirs = TorchvisionFashionMNIST(tmp_path)
    ours = FashionMNIST(str(tmp_path / "other"))
    assert ours.pictures.tolist() == theirs.data[:, None].tolist()
    assert ours.labels is not None and ours.labels.tolist() == theirs.targets.tolist()
    assert list(ours.classes) == list(FashionMNIST.class_names({})) == theirs.classes
    (tmp_path / "other" / below / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="course data prepare fashion_mnist"):
        FashionMNIST(str(tmp_path / "other"), split="test")


def test_a_data_folder_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "mnist")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert len(MNIST()) == 5


def test_a_missing_file_is_named_with_the_way_to_get_it(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    assert len(MNIST(str(tmp_path))) == 5
    with pytest.raises(DataError, match=r"no t10k-labels-idx1-ubyte .* course data prepare mnist"):
        MNIST(str(tmp_path), split="test")


def test_a_missing_folder_is_told_with_its_neighbours(tmp_path: Path) -> None:
    write(tmp_path / "mnist")
    with pytest.raises(DataError, match=r"does not exist.*which holds mnist. Did you mean '.*mnist'"):
        MNIST(str(tmp_path / "mnits"))


@pytest.mark.parametrize("below", ["MNIST/raw", ""])
@pytest.mark.parametrize("content", [b"", b"\0\0\x08", b"\0\0\x08\x03\0\0", b"<html>not found</html>"])
def test_a_damaged_file_is_named(tmp_path: Path, below: str, content: bytes) -> None:
    folder = write(tmp_path / below)
    (folder / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(DataError, match=str(folder)):
        MNIST(str(tmp_path))


def test_a_truncated_packed_file_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, packed=True) / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte.gz is damaged or truncated"):
        MNIST(str(tmp_path))


def test_labels_of_another_set_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(np.zeros(4, np.uint8)))
    with pytest.raises(DataError, match=r"\(5, 28, 28\) and labels of \(4,\) do not belong together"):
        MNIST(str(tmp_path))


def test_a_wrong_split_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="split is 'val'"):
        MNIST(str(tmp_path), split="val")


def test_the_real_mnist(shared_data: Path) -> None:
    train, test = MNIST(str(shared_data)), MNIST(str(shared_data), test_mode=True)
    assert (len(train), len(test)) == (60_000, 10_000)
    assert train.labels is not None and train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert train.pictures.float().mean() == pytest.approx(33.318, abs=0.001)  # the known mean, 0.1307 · 255
