"""Each data set of the zoo, from the published archives by a server of our own to the class that reads it.

The archives are made here as their authors made them: the same names, folders and lists, but a few pictures only.
"""

import hashlib
import io
import shutil
import socket
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from course_lib.config.download import Remote
from course_lib.config.errors import DataError
from course_lib.data import assemble, published
from course_lib.data.datasets.mat_listed import DTD, Flowers102, StanfordCars
from course_lib.data.datasets.text_listed import CUB, SUN397, Caltech101, FGVCAircraft, Food101, OxfordIIITPet
from course_lib.data.datasets.voc import VOC
from course_lib.data.prepare import prepare
from course_lib.data.sources import SOURCES

Files = dict[str, bytes]


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG")
    return file.getvalue()


def mat(**variables: Any) -> bytes:
    file = io.BytesIO()
    savemat(file, variables)
    return file.getvalue()


def structs(**columns: list[Any]) -> np.ndarray:
    """A MATLAB array of structures, given field by field."""
    rows = np.empty(len(next(iter(columns.values()))), dtype=[(name, object) for name in columns])
    for name, values in columns.items():
        rows[name] = values
    return rows


def packed(name: str, files: Files) -> bytes:
    """Files as an archive of the kind that its name says."""
    buffer = io.BytesIO()
    if name.endswith(".zip"):
        with zipfile.ZipFile(buffer, "w") as archive:
            for path, content in files.items():
                archive.writestr(path, content)
        return buffer.getvalue()
    with tarfile.open(fileobj=buffer, mode="w" if name.endswith(".tar") else "w:gz") as tar:
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


JPEG = jpeg()


def voc_half(year: str, sets: dict[str, tuple[str, ...]]) -> Files:
    root = f"VOCdevkit/VOC{year}"
    xml = b"<annotation><object><name>dog</name><difficult>0</difficult></object></annotation>"
    names = {name for each in sets.values() for name in each}
    return {
        **{f"{root}/JPEGImages/{name}.jpg": JPEG for name in names},
        **{f"{root}/Annotations/{name}.xml": xml for name in names},
        **{f"{root}/ImageSets/Main/{half}.txt": "\n".join(each).encode() for half, each in sets.items()},
    }


def cars(one: bool) -> Files:
    """Stanford Cars as torchvision's documentation has it packed, or in the form with one list."""
    names = np.array(["Audi", "BMW"], dtype=object)
    if one:
        annotations = structs(
            relative_im_path=["car_ims/000001.jpg", "car_ims/016185.jpg"], **{"class": [1, 2]}, test=[0, 1]
        )
        return {
            "car_ims/000001.jpg": JPEG,
            "car_ims/016185.jpg": JPEG,
            "cars_annos.mat": mat(annotations=annotations, class_names=names),
        }
    train = structs(fname=["00001.jpg", "08144.jpg"], **{"class": [1, 2]})
    test = structs(fname=["00001.jpg", "08041.jpg"], **{"class": [2, 1]})
    return {
        "stanford_cars/cars_train/00001.jpg": JPEG,
        "stanford_cars/cars_train/08041.jpg": JPEG,
        "stanford_cars/cars_train/08144.jpg": JPEG,
        "stanford_cars/cars_test/00001.jpg": JPEG,
        "stanford_cars/cars_test/08041.jpg": JPEG,
        "stanford_cars/devkit/cars_meta.mat": mat(class_names=names),
        "stanford_cars/devkit/cars_train_annos.mat": mat(annotations=train),
        "stanford_cars/cars_test_annos_withlabels.mat": mat(annotations=test),
    }


# What each published file holds, in two or three pictures.
CONTENT: dict[str, dict[str, Files | bytes]] = {
    "flowers102": {
        "102flowers.tgz": {f"jpg/image_0000{number}.jpg": JPEG for number in (1, 2, 3)},
        "imagelabels.mat": mat(labels=np.array([[1, 102, 7]])),
        "setid.mat": mat(trnid=np.array([[1]]), valid=np.array([[2]]), tstid=np.array([[3]])),
    },
    "caltech101": {
        "caltech-101.zip": {
            "caltech-101/101_ObjectCategories.tar.gz": packed(
                "x.tar.gz",
                {
                    "101_ObjectCategories/accordion/image_0001.jpg": JPEG,
                    "101_ObjectCategories/accordion/image_0002.jpg": JPEG,
                    "101_ObjectCategories/BACKGROUND_Google/image_0001.jpg": JPEG,
                },
            ),
            "caltech-101/Annotations.tar": packed("x.tar", {"Annotations/accordion/annotation_0001.mat": b"outline"}),
            "__MACOSX/caltech-101/._Annotations.tar": b"what macOS leaves behind",
        },
        "caltech_meta.zip": {
            "train.txt": b"accordion/image_0001.jpg 1\nBACKGROUND_Google/image_0001.jpg 0\n",
            "test.txt": b"accordion/image_0002.jpg 1\n",
        },
    },
    "oxford_pet": {
        "images.tar.gz": {"images/Abyssinian_1.jpg": JPEG, "images/beagle_2.jpg": JPEG},
        "annotations.tar.gz": {
            "annotations/trainval.txt": b"Abyssinian_1 1 1 1\n",
            "annotations/test.txt": b"beagle_2 1 2 1\n",
        },
    },
    "food101": {
        "food-101.tar.gz": {
            "food-101/images/pizza/1.jpg": JPEG,
            "food-101/images/waffles/2.jpg": JPEG,
            "food-101/meta/classes.txt": b"pizza\nwaffles\n",
            "food-101/meta/train.txt": b"pizza/1\n",
            "food-101/meta/test.txt": b"waffles/2\n",
        }
    },
    "cub200": {
        "CUB_200_2011.tgz": {
            "attributes.txt": b"beside the folder, as published",
            "CUB_200_2011/images/001.Albatross/a.jpg": JPEG,
            "CUB_200_2011/images/002.Tern/b.jpg": JPEG,
            "CUB_200_2011/images.txt": b"1 001.Albatross/a.jpg\n2 002.Tern/b.jpg\n",
            "CUB_200_2011/image_class_labels.txt": b"1 1\n2 2\n",
            "CUB_200_2011/train_test_split.txt": b"1 1\n2 0\n",
        }
    },
    "dtd": {
        "dtd-r1.0.1.tar.gz": {
            "dtd/images/banded/banded_0002.jpg": JPEG,
            "dtd/images/dotted/dotted_0001.jpg": JPEG,
            "dtd/labels/train1.txt": b"banded/banded_0002.jpg\n",
            "dtd/imdb/imdb.mat": mat(
                images={
                    "name": np.array(["banded/banded_0002.jpg", "dotted/dotted_0001.jpg"], dtype=object),
                    "class": np.array([1, 2]),
                    "set": np.array([1, 3]),
                }
            ),
        }
    },
    "fgvc_aircraft": {
        "fgvc-aircraft-2013b.tar.gz": {
            "fgvc-aircraft-2013b/data/images/1.jpg": JPEG,
            "fgvc-aircraft-2013b/data/images/2.jpg": JPEG,
            "fgvc-aircraft-2013b/data/variants.txt": b"707-320\nA340 300\n",
            **{
                f"fgvc-aircraft-2013b/data/images_variant_{half}.txt": b"1 707-320\n"
                if half != "test"
                else b"2 A340 300\n"
                for half in ("train", "val", "trainval", "test")
            },
        }
    },
    "sun397": {
        "SUN397.tar.gz": {
            "SUN397/a/abbey/sun_a.jpg": JPEG,
            "SUN397/y/youth_hostel/sun_b.jpg": JPEG,
            "SUN397/ClassName.txt": b"/a/abbey\n/y/youth_hostel\n",
        },
        "Partitions.zip": {
            "ClassName.txt": b"/a/abbey\n/y/youth_hostel\n",
            "Training_01.txt": b"/a/abbey/sun_a.jpg\n",
            "Testing_01.txt": b"/y/youth_hostel/sun_b.jpg\n",
        },
    },
    "voc2007": {
        "VOCtrainval_06-Nov-2007.tar": voc_half(
            "2007", {"train": ("000005",), "val": ("000007",), "trainval": ("000005", "000007")}
        ),
        "VOCtest_06-Nov-2007.tar": voc_half("2007", {"test": ("000001",)}),
    },
    "voc2012": {
        "VOCtrainval_11-May-2012.tar": voc_half(
            "2012", {"train": ("2007_000027",), "val": ("2007_000032",), "trainval": ("2007_000027", "2007_000032")}
        )
    },
}
# The class that reads each, how many pictures two of its splits hold, and how many classes there are.
READ: dict[str, tuple[Callable[..., Any], dict[str, int], int]] = {
    "flowers102": (Flowers102, {"trainval": 2, "test": 1}, 102),
    "caltech101": (Caltech101, {"train": 2, "test": 1}, 2),
    "oxford_pet": (OxfordIIITPet, {"trainval": 1, "test": 1}, 1),
    "food101": (Food101, {"train": 1, "test": 1}, 2),
    "cub200": (CUB, {"train": 1, "test": 1}, 2),
    "dtd": (DTD, {"trainval": 1, "test": 1}, 2),
    "fgvc_aircraft": (FGVCAircraft, {"trainval": 1, "test": 1}, 2),
    "sun397": (SUN397, {"train": 1, "test": 1}, 2),
    "voc2007": (VOC, {"trainval": 2, "test": 1}, 20),
    "voc2012": (VOC, {"train": 1, "val": 1}, 20),
}
FETCHED = [name for name in CONTENT if name != "sun397"]


class Handler(SimpleHTTPRequestHandler):
    """Serves the published files of all data sets; below ``/cut/`` only the first half of each, whatever is asked."""

    folder: ClassVar[Path]
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        cut = self.path.startswith("/cut/")
        content = (self.folder / self.path.removeprefix("/cut").removeprefix("/")).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    Handler.folder = tmp_path_factory.mktemp("published")
    for name, files in CONTENT.items():
        (Handler.folder / name).mkdir()
        for file, content in files.items():
            written = content if isinstance(content, bytes) else packed(file, content)
            (Handler.folder / name / file).write_bytes(written)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture
def serve(server: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Moves the published files to an address, with the checksums of what lies there, or others."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    real = published.published_files

    def move(address: str = server, md5: str | None = None) -> None:
        def moved(name: str) -> tuple[Remote, ...]:
            return tuple(
                Remote(f"{address}/{name}/{remote.name}", md5=md5 or md5_of(Handler.folder / name / remote.name))
                for remote in real(name)
            )

        monkeypatch.setattr(assemble, "published_files", moved)
        Handler.asked = []

    move()
    return move


def md5_of(path: Path) -> str:
    return hashlib.md5(path.read_bytes()).hexdigest()


def holds(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def check_readable(name: str, folder: Path) -> None:
    cls, counts, num_classes = READ[name]
    for split, count in counts.items():
        dataset = cls(str(folder), split)
        assert len(dataset) == count
        assert len(dataset.classes) == num_classes
        assert Image.open(dataset.raw(0)["img_path"]).size == (8, 8)


# --- it works


@pytest.mark.parametrize("name", FETCHED)
def test_fetched_and_read(name: str, tmp_path: Path, serve: Callable[..., None]) -> None:
    folder = prepare(name, tmp_path)
    check_readable(name, folder)
    assert holds(tmp_path) == [name]
    assert sorted(Handler.asked) == sorted(f"/{name}/{file}" for file in CONTENT[name])
    assert prepare(name, tmp_path) == folder
    assert len(Handler.asked) == len(CONTENT[name])


@pytest.mark.parametrize("name", CONTENT)
def test_from_files_at_hand(name: str, tmp_path: Path, serve: Callable[..., None]) -> None:
    published_here = Handler.folder / name
    before = holds(published_here)
    check_readable(name, prepare(name, tmp_path / "a", published_here))
    check_readable(name, prepare(name, tmp_path / "b", next(iter(published_here.iterdir()))))
    assert Handler.asked == [] and holds(published_here) == before


def test_from_one_archive_of_another_name(tmp_path: Path, serve: Callable[..., None]) -> None:
    archive = tmp_path / "mine.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(prepare("caltech101", tmp_path / "first"), "somewhere/in/caltech")
    check_readable("caltech101", prepare("caltech101", tmp_path / "data", archive))


def test_files_at_hand_are_kept_wherever_they_are(tmp_path: Path, serve: Callable[..., None]) -> None:
    by_hand = shutil.copytree(Handler.folder / "voc2007", tmp_path / "voc2007.download")
    prepare("voc2007", tmp_path, by_hand)
    assert holds(by_hand) == sorted(CONTENT["voc2007"])


def test_an_empty_folder_is_no_hindrance(tmp_path: Path, serve: Callable[..., None]) -> None:
    (tmp_path / "dtd").mkdir()
    check_readable("dtd", prepare("dtd", tmp_path))


# --- Stanford Cars, which nobody serves


@pytest.mark.parametrize("one", [True, False])
def test_cars_from_one_archive(one: bool, tmp_path: Path) -> None:
    archive = tmp_path / "archive.zip"
    archive.write_bytes(packed("archive.zip", cars(one)))
    check_cars(prepare("stanford_cars", tmp_path / "data", archive), one)


def test_cars_from_a_folder_of_files(tmp_path: Path) -> None:
    """As another copy has it: the pictures in folders of folders, a list that belongs to other names, and the rest."""
    files = cars(one=False)
    test_list = files.pop("stanford_cars/cars_test_annos_withlabels.mat")
    pictures = {
        path.replace("/cars_", "/cars_x/cars_"): content for path, content in files.items() if "devkit" not in path
    }
    devkit = {path: content for path, content in files.items() if "devkit" in path}
    (tmp_path / "pictures.zip").write_bytes(packed("pictures.zip", {**pictures, "cars_annos.mat": b"of car_ims"}))
    (tmp_path / "car_devkit.tgz").write_bytes(packed("car_devkit.tgz", devkit))
    (tmp_path / "cars_test_annos_withlabels.mat").write_bytes(test_list)
    (tmp_path / "README.txt").write_text("read me")
    folder = prepare("stanford_cars", tmp_path / "data", tmp_path)
    check_cars(folder, one=False)
    assert holds(folder) == ["cars_test", "cars_train", "devkit"]
    assert holds(folder / "cars_test") == ["00001.jpg", "08041.jpg"]


def test_cars_without_a_half(tmp_path: Path) -> None:
    """The training half also holds pictures of the numbers by which the other is known."""
    archive = tmp_path / "archive.zip"
    half = {path: content for path, content in cars(one=False).items() if "cars_test/" not in path}
    archive.write_bytes(packed("archive.zip", half | {"stanford_cars/cars_train/08041.jpg": JPEG}))
    with pytest.raises(DataError, match=r"is not stanford_cars: no folder in it holds 00001.jpg, 08041.jpg"):
        prepare("stanford_cars", tmp_path / "data", archive)


def check_cars(folder: Path, one: bool) -> None:
    train, test = (StanfordCars(str(folder), split) for split in ("train", "test"))
    assert (len(train), len(test)) == ((1, 1) if one else (2, 2))
    assert list(train.classes) == ["Audi", "BMW"] and [int(label) for label in test.labels] == ([1] if one else [1, 0])


@pytest.mark.parametrize(
    ("name", "what", "page"),
    [
        ("stanford_cars", "cars_test_annos_withlabels.mat", "https://www.kaggle.com/datasets/rickyyyyyyy/"),
        ("sun397", "SUN397.tar.gz and Partitions.zip", "https://vision.princeton.edu/projects/2010/SUN/"),
    ],
)
def test_what_nobody_serves_is_told(name: str, what: str, page: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        prepare(name, tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{name} cannot be downloaded: ")
    assert what in message and page in message and f"course data prepare {name} --from PATH" in message
    assert holds(tmp_path) == []


# --- it does not work


@pytest.mark.parametrize("name", FETCHED)
def test_a_wrong_checksum(name: str, tmp_path: Path, serve: Callable[..., None]) -> None:
    serve(md5="0" * 32)
    first = next(iter(CONTENT[name]))
    with pytest.raises(DataError) as caught:
        prepare(name, tmp_path)
    message = str(caught.value)
    assert f"its md5 is {md5_of(Handler.folder / name / first)}, expected was {'0' * 32}" in message
    assert f"course data prepare {name} --from PATH" in message
    assert holds(tmp_path) == [f"{name}.download"] and holds(tmp_path / f"{name}.download") == []


@pytest.mark.parametrize("name", FETCHED)
def test_a_cut_connection(name: str, server: str, tmp_path: Path, serve: Callable[..., None]) -> None:
    serve(f"{server}/cut")
    with pytest.raises(DataError, match=r"the connection was cut after [\d,]+ of [\d,]+ bytes"):
        prepare(name, tmp_path)
    first = next(iter(CONTENT[name]))
    assert holds(tmp_path) == [f"{name}.download"] and holds(tmp_path / f"{name}.download") == [f"{first}.part"]
    serve()
    check_readable(name, prepare(name, tmp_path))
    assert holds(tmp_path) == [name]


@pytest.mark.parametrize("name", FETCHED)
def test_no_server(name: str, tmp_path: Path, serve: Callable[..., None]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        serve(address)
        with pytest.raises(DataError) as caught:
            prepare(name, tmp_path)
    message, first = str(caught.value), next(iter(CONTENT[name]))
    assert message.startswith("no network: 127.0.0.1 cannot be reached")
    by_hand = tmp_path / f"{name}.download" / first
    assert f"put {first} by hand to {by_hand} (from {address}/{name}/{first})" in message
    assert f"page is {SOURCES[name].page}. With the download: course data prepare {name} --from PATH" in message
    assert not (tmp_path / name).exists()
    for file in CONTENT[name]:  # as told: then it works without a server
        by_hand.with_name(file).write_bytes((Handler.folder / name / file).read_bytes())
    check_readable(name, prepare(name, tmp_path))


@pytest.mark.parametrize("name", [*CONTENT, "stanford_cars"])
def test_an_archive_with_something_else(name: str, tmp_path: Path, serve: Callable[..., None]) -> None:
    other = tmp_path / "other.tar.gz"
    other.write_bytes(packed(other.name, {"photos/cat/1.jpg": JPEG, "notes.txt": b"none of it"}))
    with pytest.raises(
        DataError, match=rf"other.tar.gz is not {name}: no folder in it holds .* It holds notes.txt, photos"
    ):
        prepare(name, tmp_path / "data", other)
    assert holds(tmp_path / "data") == []


def test_the_archive_of_another_year(tmp_path: Path, serve: Callable[..., None]) -> None:
    renamed = tmp_path / "voc.tar"
    renamed.write_bytes((Handler.folder / "voc2007" / "VOCtrainval_06-Nov-2007.tar").read_bytes())
    with pytest.raises(DataError, match=r"voc.tar is not voc2012: no folder in it holds .*2007_000027.jpg"):
        prepare("voc2012", tmp_path / "data", renamed)


@pytest.mark.parametrize("name", CONTENT)
def test_a_file_at_hand_that_is_not_the_published_one(name: str, tmp_path: Path, serve: Callable[..., None]) -> None:
    for file in CONTENT[name]:
        (tmp_path / file).write_bytes((Handler.folder / name / file).read_bytes()[:-1])
    with pytest.raises(DataError, match=r"or not all of it: its md5 is [0-9a-f]{32}, expected was [0-9a-f]{32}\.$"):
        prepare(name, tmp_path / "data", tmp_path)
    (tmp_path / next(iter(CONTENT[name]))).unlink()
    with pytest.raises(DataError, match=rf"{tmp_path} holds no .* \(from http://.*{name} takes the files as they are"):
        prepare(name, tmp_path / "data", tmp_path)
    assert holds(tmp_path / "data") == []


def test_other_sources_that_cannot_be(tmp_path: Path, serve: Callable[..., None]) -> None:
    with pytest.raises(DataError, match=r"there is no archive .*nowhere.tgz"):
        prepare("cub200", tmp_path, tmp_path / "nowhere.tgz")
    with pytest.raises(DataError, match=rf"{tmp_path} holds no archive"):
        prepare("stanford_cars", tmp_path, tmp_path)
    (tmp_path / "mine.tgz").write_bytes(packed("mine.tgz", {"a": JPEG * 50})[:-100])
    with pytest.raises(DataError, match=r"mine.tgz is damaged"):
        prepare("cub200", tmp_path, tmp_path / "mine.tgz")
    assert holds(tmp_path) == ["mine.tgz"]


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path, serve: Callable[..., None]) -> None:
    (tmp_path / "food101" / "images").mkdir(parents=True)
    message = (
        r"food101 is there, but is not food101: it lacks meta/classes.txt, meta/train.txt, meta/test.txt\. Move it"
    )
    with pytest.raises(DataError, match=message):
        prepare("food101", tmp_path)
    assert Handler.asked == [] and holds(tmp_path / "food101") == ["images"]
