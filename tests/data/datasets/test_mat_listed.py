"""Data sets listed by MATLAB files, which scipy writes here; torchvision reads the same ones where it can."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat
from torchvision import datasets as torchvision_datasets

from course_lib.config.errors import DataError
from course_lib.data.datasets import DTD, Dataset, Flowers102, StanfordCars


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def shown(dataset: Dataset, root: Path) -> list[tuple[str, int]]:
    samples = [dataset.raw(index) for index in range(len(dataset))]
    return [(str(Path(sample["img_path"]).relative_to(root)), sample["gt_label"]) for sample in samples]


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    root = tmp_path / "flowers-102"
    touch(root, *(f"jpg/image_{number:05d}.jpg" for number in range(1, 7)))
    savemat(root / "imagelabels.mat", {"labels": np.array([[77, 1, 102, 3, 3, 5]], dtype=np.uint8)})
    splits = {"trnid": [[6, 2]], "valid": [[1]], "tstid": [[3, 4, 5]]}
    savemat(root / "setid.mat", {key: np.array(value, dtype=np.uint16) for key, value in splits.items()})
    return root


def test_flowers(flowers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchvision_datasets.Flowers102, "_check_integrity", lambda self: True)
    for split in ("train", "test"):
        ours, theirs = Flowers102(str(flowers), split), torchvision_datasets.Flowers102(flowers.parent, split)
        paths = [str(path.relative_to(flowers)) for path in theirs._image_files]
        assert shown(ours, flowers) == list(zip(paths, theirs._labels, strict=True))
        assert list(ours.classes) == theirs.classes
    assert shown(Flowers102(str(flowers), "val"), flowers) == [("jpg/image_00001.jpg", 76)]
    assert [label for _, label in shown(Flowers102(str(flowers)), flowers)] == [4, 0, 76]


def test_damaged_lists_of_flowers(flowers: Path) -> None:
    savemat(flowers / "setid.mat", {"trnid": [[7]], "valid": [[1]], "tstid": [[2]]})
    with pytest.raises(DataError, match=r"setid.mat names picture 7, but there are labels for 6"):
        Flowers102(str(flowers))
    savemat(flowers / "setid.mat", {"trnid": [[1]]})
    with pytest.raises(DataError, match=r"setid.mat holds no 'valid'"):
        Flowers102(str(flowers))
    (flowers / "setid.mat").write_text("<html>not found</html>" * 20)
    with pytest.raises(DataError, match=r"setid.mat is damaged, or no MATLAB file"):
        Flowers102(str(flowers))
    (flowers / "setid.mat").unlink()
    with pytest.raises(DataError, match=r"setid.mat does not exist.*course data prepare flowers102"):
        Flowers102(str(flowers))


def structs(**fields: list) -> np.ndarray:
    """A MATLAB structure array (1, M)."""
    made = np.empty((1, len(next(iter(fields.values())))), dtype=[(name, object) for name in fields])
    for name, values in fields.items():
        made[name][0, :] = values
    return made


CAR_NAMES = np.array(["AM General Hummer SUV 2000", "Acura RL Sedan 2012", "Acura TL Sedan 2012"], dtype=object)


def test_cars_in_two_folders(tmp_path: Path) -> None:
    root = tmp_path / "stanford_cars"
    touch(root, "cars_train/00001.jpg", "cars_train/00002.jpg", "cars_test/00001.jpg", "devkit/x")
    savemat(root / "devkit/cars_meta.mat", {"class_names": CAR_NAMES})
    rows = structs(bbox_x1=[3, 4], **{"class": [3, 1], "fname": ["00001.jpg", "00002.jpg"]})
    savemat(root / "devkit/cars_train_annos.mat", {"annotations": rows})
    only_one = structs(**{"class": [2], "fname": ["00001.jpg"]})
    savemat(root / "devkit/cars_test_annos_withlabels.mat", {"annotations": only_one})
    ours, theirs = StanfordCars(str(root)), torchvision_datasets.StanfordCars(tmp_path)
    assert shown(ours, root) == [(str(Path(path).relative_to(root)), label) for path, label in theirs._samples]
    assert list(ours.classes) == theirs.classes
    assert shown(StanfordCars(str(root), test_mode=True), root) == [("cars_test/00001.jpg", 1)]
    savemat(root / "devkit/cars_train_annos.mat", {"annotations": structs(fname=["00001.jpg", "00002.jpg"])})
    with pytest.raises(DataError, match=r"cars_train_annos.mat: an annotation has no 'class'"):
        StanfordCars(str(root))


def test_cars_in_one_folder(tmp_path: Path) -> None:
    names = ["car_ims/000001.jpg", "car_ims/000002.jpg", "car_ims/000003.jpg"]
    touch(tmp_path, *names)
    rows = structs(relative_im_path=names, test=[0, 1, 0], **{"class": [3, 2, 1]})
    savemat(tmp_path / "cars_annos.mat", {"annotations": rows, "class_names": CAR_NAMES})
    assert shown(StanfordCars(str(tmp_path)), tmp_path) == [(names[0], 2), (names[2], 0)]
    assert shown(StanfordCars(str(tmp_path), "test"), tmp_path) == [(names[1], 1)]
    assert StanfordCars.class_names({"data_root": str(tmp_path)}) == tuple(CAR_NAMES)


def test_cars_that_are_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cars_train_annos.mat does not exist.*course data prepare stanford_cars"):
        StanfordCars(str(tmp_path))


def test_textures(tmp_path: Path) -> None:
    names = ["banded/banded_0002.jpg", "dotted/dotted_0001.jpg", "banded/banded_0004.jpg", "woven/woven_0001.jpg"]
    touch(tmp_path, *(f"images/{name}" for name in names), "imdb/x")
    images = {"id": [1, 2, 3, 4], "name": np.array(names, dtype=object), "class": [1, 2, 1, 47], "set": [1, 2, 3, 1]}
    savemat(tmp_path / "imdb/imdb.mat", {"images": images})
    parts = {split: shown(DTD(str(tmp_path), split), tmp_path) for split in DTD.splits}
    assert parts["train"] == [(f"images/{names[0]}", 0), (f"images/{names[3]}", 2)]
    assert parts["val"] == [(f"images/{names[1]}", 1)]
    assert parts["trainval"] == [(f"images/{names[0]}", 0), (f"images/{names[1]}", 1), (f"images/{names[3]}", 2)]
    assert parts["test"] == [(f"images/{names[2]}", 0)]
    assert DTD(str(tmp_path)).classes == ("banded", "dotted", "woven")
    savemat(tmp_path / "imdb/imdb.mat", {"images": {**images, "set": [1, 2]}})
    with pytest.raises(DataError, match="has 4 names, 4 classes and 2 sets of pictures"):
        DTD(str(tmp_path))
