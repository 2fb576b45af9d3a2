"""A raw folder in two halves: stratified, seeded, disjoint, complete, with lists that a data set can read."""

import errno
import shutil
from pathlib import Path

import pytest
from PIL import Image

from course_lib.config.errors import ConfigError, DataError
from course_lib.data.datasets import CustomDataset
from course_lib.data.datasets.files import list_pictures
from course_lib.data.split import split_folder


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """20 cats, 10 dogs (one of them in a folder below, one with spaces in its name)."""
    names = [f"cat/{n}.png" for n in range(20)] + [f"dog/{n}.png" for n in range(8)]
    for name in [*names, "dog/deep/0.png", "dog/my dog 1.png"]:
        (tmp_path / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4)).save(tmp_path / "raw" / name)
    return tmp_path / "raw"


def halves(folder: Path) -> tuple[set[str], set[str]]:
    return set(list_pictures(folder / "train")), set(list_pictures(folder / "val"))


def test_halves_are_stratified_disjoint_and_complete(raw: Path, tmp_path: Path) -> None:
    before = list_pictures(raw)
    split = split_folder(raw, tmp_path / "out")
    train, val = halves(tmp_path / "out")
    assert not train & val and train | val == set(before) == set(list_pictures(raw))
    assert (split.num_train, split.num_val) == (len(train), len(val)) == (24, 6)
    assert sum(name.startswith("cat/") for name in train) == 16
    assert split.classes == ("cat", "dog") and split.broken == []
    assert (tmp_path / "out/classes.txt").read_text() == "cat\ndog\n"


@pytest.mark.parametrize("half", ["train", "val"])
def test_the_lists_are_annotation_files(raw: Path, tmp_path: Path, half: str) -> None:
    split_folder(raw, tmp_path / "out", ratio=0.5)
    root = str(tmp_path / "out")
    by_list = CustomDataset(root, ann_file=f"{half}.txt", data_prefix=half, classes="classes.txt")
    by_folder = CustomDataset(root, data_prefix=half)
    assert [by_list.raw(i) for i in range(15)] == [by_folder.raw(i) for i in range(15)]
    assert by_list.classes == by_folder.classes


def test_the_seed_decides(raw: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        split_folder(raw, tmp_path / name, seed=seed)
    assert halves(tmp_path / "a") == halves(tmp_path / "b") != halves(tmp_path / "c")


def test_links_share_the_file_and_copies_do_not(raw: Path, tmp_path: Path) -> None:
    split_folder(raw, tmp_path / "linked", how="link")
    split_folder(raw, tmp_path / "copied")
    name = list_pictures(tmp_path / "linked" / "val")[0]
    assert (tmp_path / "linked" / "val" / name).samefile(raw / name)
    assert not (tmp_path / "copied" / "val" / name).samefile(raw / name)


def test_broken_pictures_are_named_left_out_and_not_deleted(raw: Path, tmp_path: Path) -> None:
    (raw / "cat/0.png").write_bytes(b"")
    split = split_folder(raw, tmp_path / "out")
    assert [each.path for each in split.broken] == ["cat/0.png"]
    assert "cat/0.png" not in set.union(*halves(tmp_path / "out"))
    assert (raw / "cat/0.png").exists()


def test_an_empty_target_is_used(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert split_folder(raw, tmp_path / "out").num_train == 24


def test_a_target_that_holds_something_is_left_alone(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    with pytest.raises(DataError, match="exists and is not empty; nothing was changed"):
        split_folder(raw, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_target_in_the_source_is_refused(raw: Path) -> None:
    with pytest.raises(DataError, match="where it would be taken for a class"):
        split_folder(raw, raw / "out")


def test_one_class_and_no_class(raw: Path, tmp_path: Path) -> None:
    shutil.rmtree(raw / "dog")
    with pytest.raises(DataError, match="has one class only, 'cat'"):
        split_folder(raw, tmp_path / "out")
    with pytest.raises(DataError, match="holds 20 pictures, but no folders"):
        split_folder(raw / "cat", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="it is empty"):
        split_folder(tmp_path / "empty", tmp_path / "out")
    with pytest.raises(DataError, match=r"does not exist.*Did you mean '.*raw'"):
        split_folder(tmp_path / "rwa", tmp_path / "out")


def test_a_class_with_one_picture_is_named(raw: Path, tmp_path: Path) -> None:
    for path in list((raw / "dog").rglob("*.png"))[1:]:
        path.unlink()
    with pytest.raises(DataError, match=r"needs two pictures that can be read, one a half: dog \(1\)"):
        split_folder(raw, tmp_path / "out")


def test_a_folder_that_is_split_already(raw: Path, tmp_path: Path) -> None:
    split_folder(raw, tmp_path / "out")
    with pytest.raises(DataError, match="the parts of a data set: train, val"):
        split_folder(tmp_path / "out", tmp_path / "again")


@pytest.mark.parametrize("ratio", [0, 1, 1.5, -0.2])
def test_a_ratio_outside_is_refused(raw: Path, tmp_path: Path, ratio: float) -> None:
    with pytest.raises(ConfigError, match="between 0 and 1"):
        split_folder(raw, tmp_path / "out", ratio=ratio)


def test_a_full_disk_leaves_nothing_half_done(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = iter(range(10))

    def copy_until_full(source: Path, target: Path) -> None:
        if next(copies, None) is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        target.write_bytes(source.read_bytes())

    monkeypatch.setattr(shutil, "copyfile", copy_until_full)
    with pytest.raises(DataError, match="out cannot be written: No space left on device"):
        split_folder(raw, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]
