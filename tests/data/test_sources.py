"""The table of data sets: every row whole; counts are those that torchvision's classes and the papers give."""

from pathlib import Path

import pytest
from torchvision import datasets

from course_lib.data.prepare import OWN
from course_lib.data.sources import SOURCES


@pytest.mark.parametrize("name", SOURCES)
def test_every_row_is_whole(name: str) -> None:
    source = SOURCES[name]
    assert source.name == name and source.about and source.terms
    assert source.num_pictures > source.num_classes > 1 and source.download_mb > 10
    assert source.page.startswith("http")
    assert bool(source.layouts) != (name in OWN)


def test_numbers_of_classes() -> None:
    assert SOURCES["flowers102"].num_classes == len(datasets.Flowers102.classes)
    assert SOURCES["fashion_mnist"].num_classes == len(datasets.FashionMNIST.classes)


def test_what_counts_as_being_there(tmp_path: Path) -> None:
    mnist, cars = SOURCES["mnist"], SOURCES["stanford_cars"]
    assert not mnist.is_in(tmp_path / "nowhere")
    (tmp_path / "train-images-idx3-ubyte.gz.part").touch()
    assert not mnist.is_in(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").touch()
    assert mnist.is_in(tmp_path)
    for name in ("car_ims/000001.jpg", "car_ims/016185.jpg", "cars_annos.mat"):
        assert not cars.is_in(tmp_path)
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert cars.is_in(tmp_path)
