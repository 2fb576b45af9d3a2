"""Folders as people have them."""

from pathlib import Path

import pytest

from course_lib.config.errors import DataError
from course_lib.data.datasets.files import (
    class_folders,
    list_pictures,
    listed,
    need_file,
    need_folder,
    no_pictures,
    resolve,
)


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_hidden_and_foreign_files_are_ignored(tmp_path: Path) -> None:
    touch(tmp_path, "b.JPG", "a/c d.png", "._b.jpg", ".ipynb_checkpoints/b.jpg", "__MACOSX/b.jpg", "Thumbs.db", "n.txt")
    assert list_pictures(tmp_path) == ["a/c d.png", "b.JPG"]
    assert list_pictures(tmp_path, [".txt"]) == ["n.txt"]
    assert class_folders(tmp_path) == ["a"]


def test_linked_folders_are_followed(tmp_path: Path) -> None:
    touch(tmp_path / "elsewhere", "a.png")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "cats").symlink_to(tmp_path / "elsewhere")
    assert class_folders(tmp_path / "here") == ["cats"]
    assert list_pictures(tmp_path / "here") == ["cats/a.png"]


def test_data_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_DATA", raising=False)
    assert resolve("data/x") == Path("data/x")
    monkeypatch.setenv("COURSE_DATA", "/big")
    assert resolve("data/x") == Path("/big/x")
    assert resolve("data") == Path("/big")
    assert resolve("photos/data") == Path("photos/data")
    assert resolve("/data/x") == Path("/data/x")


def test_a_missing_folder_is_told_with_the_nearest(tmp_path: Path) -> None:
    touch(tmp_path, "flowers/train/a.png")
    with pytest.raises(DataError) as caught:
        need_folder(tmp_path / "flowrs" / "train", "the folder")
    assert str(caught.value) == (
        f"the folder {tmp_path}/flowrs/train does not exist. The nearest folder that does is {tmp_path}, which holds "
        f"flowers. Did you mean '{tmp_path}/flowers'?"
    )


def test_files_and_folders_are_told_apart(tmp_path: Path) -> None:
    touch(tmp_path, "a")
    assert need_file(tmp_path / "a", "x") == tmp_path / "a"
    with pytest.raises(DataError, match="is a file, not a folder"):
        need_folder(tmp_path / "a", "it")
    with pytest.raises(DataError, match="is a folder, not a file"):
        need_file(tmp_path, "it")


def test_no_pictures_says_what_was_searched_and_what_is_there(tmp_path: Path) -> None:
    assert str(no_pictures(tmp_path, [".jpg"])) == (
        f"{tmp_path} holds no picture; it is empty. Files that end in .jpg were searched for."
    )
    touch(tmp_path, "a.heic", "b.HEIC", "c.txt")
    assert "other files are there: 2 of .heic, 1 of .txt." in str(no_pictures(tmp_path, [".jpg"]))


def test_long_lists_are_cut() -> None:
    assert listed([]) == "nothing"
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(n) for n in range(10)], at_most=3) == "0, 1, 2 and 7 more"
