"""Archives of unknown origin: every common kind unpacks, nothing escapes, nothing is left over."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from course_lib.config.errors import DataError
from course_lib.data.archives import has_archive_name, unpack, unpacked


def tar_of(path: Path, members: list[tarfile.TarInfo], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.size = 3 if kind == tarfile.REGTYPE else 0
    return info


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tar.xz", "tar.bz2", "zip"])
def test_every_kind(tmp_path: Path, ending: str) -> None:
    archive = tmp_path / f"a.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("top/a.txt", "xxx")
    else:
        tar_of(archive, [member("top/a.txt")], f"w:{ending.partition('.')[2]}")
    with unpacked(archive, tmp_path / "data") as content:
        assert (content / "top" / "a.txt").read_text() == "xxx"
        assert content.parent == tmp_path
    assert [path.name for path in tmp_path.iterdir()] == [archive.name]


@pytest.mark.parametrize(
    "evil",
    [
        member("../evil.txt"),
        member("a/../../evil.txt"),
        member("link", tarfile.SYMTYPE, "../../etc"),
        member("link", tarfile.LNKTYPE, "../evil.txt"),
        member("pipe", tarfile.FIFOTYPE),
    ],
)
def test_a_tar_that_would_escape_is_refused(tmp_path: Path, evil: tarfile.TarInfo) -> None:
    archive = tar_of(tmp_path / "a.tar", [member("good.txt"), evil])
    with pytest.raises(DataError, match="not safe to unpack"), unpacked(archive, tmp_path / "data"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["a.tar"]


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "a\\..\\..\\evil.txt"])
def test_a_zip_that_would_escape_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(name, "xxx")
    with pytest.raises(DataError, match="not safe to unpack"), unpacked(tmp_path / "a.zip", tmp_path / "data"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("ending", ["gz", "xz"])
def test_a_truncated_archive_leaves_nothing(tmp_path: Path, ending: str) -> None:
    members = [member(f"{number}.txt") for number in range(200)]
    archive = tar_of(tmp_path / f"a.tar.{ending}", members, f"w:{ending}")
    archive.write_bytes(archive.read_bytes()[: -archive.stat().st_size // 3])
    with pytest.raises(DataError, match=str(archive)), unpacked(archive, tmp_path / "data"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [archive.name]


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_text("hello")
    with (
        pytest.raises(DataError, match=r"is no archive that can be read here: .tar"),
        unpacked(tmp_path / "a.tar", tmp_path / "d"),
    ):
        pass
    with pytest.raises(DataError, match="there is no archive"), unpacked(tmp_path / "b.tar", tmp_path / "d"):
        pass


def test_several_archives_into_one_folder(tmp_path: Path) -> None:
    for name in ("a", "b"):
        unpack(tar_of(tmp_path / f"{name}.tar", [member(f"top/{name}.txt")]), tmp_path / "data")
    assert sorted(path.name for path in (tmp_path / "data" / "top").iterdir()) == ["a.txt", "b.txt"]


@pytest.mark.parametrize(("name", "is_one"), [("a.TGZ", True), ("a.tar.gz", True), ("a.gz", False), ("a.mat", False)])
def test_names_of_archives(name: str, is_one: bool) -> None:
    assert has_archive_name(Path(name)) == is_one
