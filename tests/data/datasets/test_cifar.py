"""CIFAR from official pickles, which are opened only if their checksums are right, or from folders of pictures."""

import hashlib
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.config.errors import DataError
from course_lib.data.datasets import CIFAR10, CIFAR100
from course_lib.data.datasets.cifar import CLASSES, CLASSES_100, OFFICIAL, OFFICIAL_100

BATCHES = [f"data_batch_{number}" for number in range(1, 6)]


@pytest.fixture
def official(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny set in the official form: four pictures a file, and torchvision told of their checksums."""
    from torchvision.datasets import CIFAR10 as TorchvisionCIFAR10

    folder = tmp_path / OFFICIAL
    folder.mkdir()
    rng = np.random.default_rng(0)

    def put(name: str, content: dict) -> list[str]:
        (folder / name).write_bytes(pickle.dumps(content))
        return [name, hashlib.md5((folder / name).read_bytes()).hexdigest()]

    def batch(name: str) -> list[str]:
        return put(name, {"data": rng.integers(0, 256, (4, 3072), dtype=np.uint8), "labels": [0, 9, 5, 1]})

    monkeypatch.setattr(TorchvisionCIFAR10, "train_list", [batch(name) for name in BATCHES])
    monkeypatch.setattr(TorchvisionCIFAR10, "test_list", [batch("test_batch")])
    meta = put("batches.meta", {"label_names": list(CLASSES)})
    monkeypatch.setattr(TorchvisionCIFAR10, "meta", {"filename": meta[0], "key": "label_names", "md5": meta[1]})
    return tmp_path


def test_official_files(official: Path) -> None:
    train, test = CIFAR10(str(official)), CIFAR10(str(official / OFFICIAL), test_mode=True)
    assert (len(train), len(test)) == (20, 4)
    with open(official / OFFICIAL / "test_batch", "rb") as file:
        rows = pickle.load(file)["data"]
    # a row holds 1,024 red values, then green, then blue
    assert torch.equal(test.raw(2)["img"], torch.from_numpy(rows[2].reshape(3, 32, 32)))
    assert test.raw(2)["gt_label"] == 5
    assert train.classes == CIFAR10.class_names({}) == CLASSES


class Hostile:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


def test_a_pickle_that_runs_code_is_never_opened(official: Path) -> None:
    trap = official / "run"
    (official / OFFICIAL / "data_batch_3").write_bytes(pickle.dumps(Hostile(trap)))
    with pytest.raises(DataError, match=r"data_batch_3 is not the official file .*course data prepare cifar10"):
        CIFAR10(str(official))
    assert not trap.exists()


def test_a_missing_official_file_is_named(official: Path) -> None:
    (official / OFFICIAL / "batches.meta").unlink()
    with pytest.raises(DataError, match=r"batches.meta is missing"):
        CIFAR10(str(official))


def test_folders_of_pictures(tmp_path: Path) -> None:
    for half, names in (("train", CLASSES), ("test", CLASSES[4:])):
        for name in names:
            (tmp_path / half / name).mkdir(parents=True)
            Image.new("RGB", (32, 32)).save(tmp_path / half / name / "0000.png")
    train, test = CIFAR10(str(tmp_path)), CIFAR10(str(tmp_path), split="test")
    assert train.labels is not None and train.labels.tolist() == list(range(10))
    assert test.labels is not None and test.labels.tolist() == [4, 5, 6, 7, 8, 9]
    assert test.raw(0) == {"img_path": str(tmp_path / "test" / "deer" / "0000.png"), "gt_label": 4}


def test_a_folder_with_neither_says_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"neither the official folder cifar-10-batches-py nor pictures in train/CLASS"):
        CIFAR10(str(tmp_path))


def test_cifar100_takes_the_fine_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.datasets import CIFAR100 as TorchvisionCIFAR100

    folder = tmp_path / OFFICIAL_100
    folder.mkdir()
    rows = np.random.default_rng(0).integers(0, 256, (3, 3072), dtype=np.uint8)
    contents = {
        "train": {"data": rows, "fine_labels": [99, 0, 4], "coarse_labels": [1, 2, 3]},
        "test": {"data": rows[:1], "fine_labels": [19], "coarse_labels": [11]},
        "meta": {"fine_label_names": list(CLASSES_100)},
    }
    md5 = {}
    for name, content in contents.items():
        (folder / name).write_bytes(pickle.dumps(content))
        md5[name] = hashlib.md5((folder / name).read_bytes()).hexdigest()
    monkeypatch.setattr(TorchvisionCIFAR100, "train_list", [["train", md5["train"]]])
    monkeypatch.setattr(TorchvisionCIFAR100, "test_list", [["test", md5["test"]]])
    meta = {"filename": "meta", "key": "fine_label_names", "md5": md5["meta"]}
    monkeypatch.setattr(TorchvisionCIFAR100, "meta", meta)

    train, test = CIFAR100(str(tmp_path), "train"), CIFAR100(data_prefix=str(folder), test_mode=True)
    assert [train.classes[train.raw(index)["gt_label"]] for index in range(3)] == ["worm", "apple", "beaver"]
    assert torch.equal(train.raw(1)["img"], torch.from_numpy(rows[1].reshape(3, 32, 32)))
    assert (len(test), test.classes[test.raw(0)["gt_label"]]) == (1, "cattle")
    (folder / "test").write_bytes(b"other")
    with pytest.raises(DataError, match=r"cifar-100-python/test is not the official .*course data prepare cifar100"):
        CIFAR100(str(tmp_path), "train")


def test_cifar100_has_a_hundred_classes_in_the_order_of_their_names(tmp_path: Path) -> None:
    assert len(set(CLASSES_100)) == 100 and list(CLASSES_100) == sorted(CLASSES_100)
    assert CIFAR100.class_names({}) == CLASSES_100 and CIFAR100.picture_shape({}) == (3, 32, 32)
    for name in ("apple", "worm"):
        (tmp_path / "test" / name).mkdir(parents=True)
        Image.new("RGB", (32, 32)).save(tmp_path / "test" / name / "0.png")
    found = CIFAR100(str(tmp_path), "test")
    assert found.labels is not None and found.labels.tolist() == [0, 99]
