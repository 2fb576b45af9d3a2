"""The table of published files: whole, with checksums, and as torchvision has it where only its code does."""

import inspect

import pytest
from torchvision import datasets

from course_lib.data.prepare import OWN
from course_lib.data.published import AIRCRAFT_MD5, CALTECH101, published_files
from course_lib.data.sources import SOURCES


@pytest.mark.parametrize("name", sorted(SOURCES.keys() - OWN.keys() - {"stanford_cars"}))
def test_every_file_has_an_address_of_its_own_and_a_checksum(name: str) -> None:
    files = published_files(name)
    assert files and len({remote.name for remote in files}) == len(files)
    for remote in files:
        assert remote.url.startswith(("https://", "http://")) and remote.name.endswith(
            (".tgz", ".gz", ".tar", ".zip", ".mat")
        )
        assert len(remote.md5 or "") == 32 or len(remote.sha256 or "") == 64 or remote is CALTECH101[1]


def test_what_torchvision_holds_only_in_its_code() -> None:
    assert isinstance(CALTECH101[0].md5, str)
    assert CALTECH101[0].url in inspect.getsource(datasets.Caltech101) and CALTECH101[0].md5 in inspect.getsource(
        datasets.Caltech101
    )
    assert published_files("fgvc_aircraft")[0].md5 == AIRCRAFT_MD5


def test_sets_that_come_in_their_own_way_are_not_in_the_table() -> None:
    assert all(published_files(name) == () for name in (*OWN, "stanford_cars"))
