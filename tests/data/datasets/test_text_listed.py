"""Data sets listed by text files, each on a tiny tree laid out as its archive is; torchvision reads the same ones."""

from pathlib import Path

import pytest
from torchvision import datasets as torchvision_datasets

from course_lib.config.errors import ConfigError, DataError
from course_lib.data.datasets import (
    CUB,
    SUN397,
    Caltech101,
    Dataset,
    FGVCAircraft,
    Food101,
    ListedDataset,
    OxfordIIITPet,
)


def write(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def shown(dataset: Dataset, root: Path) -> list[tuple[str, str]]:
    """Each picture's path below the root, with the name of its class."""
    samples = [dataset.raw(index) for index in range(len(dataset))]
    return [(str(Path(s["img_path"]).relative_to(root)), dataset.classes[s["gt_label"]]) for s in samples]


def by_torchvision(dataset: object, root: Path) -> list[tuple[str, int]]:
    files = getattr(dataset, "_image_files", None) or dataset._images  # type: ignore[attr-defined]
    paths = [str(Path(path).relative_to(root)) for path in files]
    return list(zip(paths, dataset._labels, strict=True))  # type: ignore[attr-defined]


def labelled(dataset: Dataset, root: Path) -> list[tuple[str, int]]:
    return [(path, dataset.classes.index(name)) for path, name in shown(dataset, root)]


@pytest.fixture
def birds(tmp_path: Path) -> Path:
    names = ("001.Laysan_Gull/a.jpg", "001.Laysan_Gull/b.jpg", "002.Sooty_Tern/c.jpg", "010.Wren/d.jpg")
    lists = {
        "images.txt": "".join(f"{n} {name}\n" for n, name in enumerate(names, 1)),
        "image_class_labels.txt": "1 1\n2 1\n3 2\n4 10\n",
        "train_test_split.txt": "1 1\n2 0\n3 0\n4 1\n",
    }
    return write(tmp_path, {**lists, **{f"images/{name}": "" for name in names}})


def test_cub(birds: Path) -> None:
    train, test = CUB(str(birds)), CUB(str(birds), split="test")
    assert train.classes == test.classes == ("Laysan_Gull", "Sooty_Tern", "Wren")
    assert shown(train, birds) == [("images/001.Laysan_Gull/a.jpg", "Laysan_Gull"), ("images/010.Wren/d.jpg", "Wren")]
    assert test.labels is not None and test.labels.tolist() == [0, 1]
    assert shown(CUB(str(birds), test_mode=True), birds) == shown(test, birds)
    assert shown(CUB(str(birds), "train", test_mode=True), birds) == shown(train, birds)
    assert CUB.class_names({"data_root": str(birds)}) == train.classes
    assert CUB.class_names({"data_root": str(birds / "nowhere")}) is None


def test_other_names_for_the_classes(birds: Path) -> None:
    assert CUB(str(birds), classes=["gull", "tern", "wren"]).classes == ("gull", "tern", "wren")
    assert CUB(str(birds), metainfo={"classes": ["g", "t", "w"]}).classes == ("g", "t", "w")
    assert CUB.class_names({"data_root": str(birds), "classes": ["g", "t", "w"]}) == ("g", "t", "w")
    with pytest.raises(DataError, match="2 names were given for the 3 classes"):
        CUB(str(birds), classes=["gull", "tern"])


def test_a_wrong_split_is_told(birds: Path) -> None:
    with pytest.raises(ConfigError, match=r"split is 'tets', but must be one of 'train', 'test'. Did you mean 'test'"):
        CUB(str(birds), split="tets")


@pytest.mark.parametrize("name", ["images.txt", "image_class_labels.txt", "train_test_split.txt"])
def test_a_missing_list_is_named_with_the_way_to_get_it(birds: Path, name: str) -> None:
    (birds / name).unlink()
    with pytest.raises(DataError, match=rf"the list of .*{name} does not exist.*course data prepare cub200\.$"):
        CUB(str(birds))


def test_a_missing_picture_is_named_with_its_line(birds: Path) -> None:
    (birds / "images/010.Wren/d.jpg").rename(birds / "images/010.Wren/dd.jpg")
    with pytest.raises(DataError, match=r"images.txt:4: there is no file 'images/010.Wren/d.jpg' .*mean 'dd.jpg'"):
        CUB(str(birds))


def test_damaged_lists_are_told(birds: Path) -> None:
    (birds / "train_test_split.txt").write_text("1 1\n2 0\n3 0\n")
    with pytest.raises(DataError, match="picture 4 is in some of the three lists, but not in all"):
        CUB(str(birds))
    (birds / "train_test_split.txt").write_text("1 1\n2 0\n3\n4 1")
    with pytest.raises(DataError, match=r"train_test_split.txt:3: '3' has 1 of the 2 columns of the list of halves"):
        CUB(str(birds))
    (birds / "train_test_split.txt").write_text("1 0\n2 0\n3 0\n4 0")
    with pytest.raises(DataError, match="the lists name no picture for this split"):
        CUB(str(birds))
    (birds / "image_class_labels.txt").write_text("1 1\n2 1\n3 gull\n4 10\n")
    with pytest.raises(DataError, match="class 'gull' of Sooty_Tern is no number"):
        CUB(str(birds))


@pytest.mark.parametrize("made", [CUB, FGVCAircraft, OxfordIIITPet, Food101, Caltech101, SUN397])
def test_without_a_folder_the_data_folder_is_searched(
    made: type[ListedDataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(
        DataError, match=rf"data_root {tmp_path / made.name} does not .*course data prepare {made.name}"
    ):
        made()


def test_aircraft(tmp_path: Path) -> None:
    root = write(
        tmp_path / "fgvc-aircraft-2013b",
        {
            "data/variants.txt": "707-320\nCessna 172\nF/A-18\n",
            "data/images_variant_train.txt": "0000001 Cessna 172\n",
            "data/images_variant_val.txt": "0000002 F/A-18\n",
            "data/images_variant_trainval.txt": "0000001 Cessna 172\n0000002 F/A-18\n",
            "data/images_variant_test.txt": "0000003 707-320\n",
            **{f"data/images/000000{number}.jpg": "" for number in (1, 2, 3)},
        },
    )
    for split in ("train", "val", "trainval", "test"):
        ours, theirs = FGVCAircraft(str(root), split), torchvision_datasets.FGVCAircraft(tmp_path, split)
        assert labelled(ours, root) == by_torchvision(theirs, root)
        assert list(ours.classes) == theirs.classes
    assert len(FGVCAircraft(str(root))) == 2
    (root / "data/images_variant_test.txt").write_text("0000003 707-230\n")
    with pytest.raises(
        DataError, match=r"variant_test.txt:1: '707-230' is none of the 3 classes. Did you mean '707-320"
    ):
        FGVCAircraft(str(root), "test")


def test_pets(tmp_path: Path) -> None:
    names = {"trainval": ["Abyssinian_1", "american_bulldog_1", "Bengal_2"], "test": ["Abyssinian_2", "Bengal_1"]}
    ids = {"Abyssinian": 1, "american_bulldog": 2, "Bengal": 6}
    lists = {
        f"annotations/{half}.txt": "".join(f"{name} {ids[name.rpartition('_')[0]]} 1 1\n" for name in names[half])
        for half in names
    }
    pictures = {f"images/{name}.jpg": "" for half in names for name in names[half]}
    root = write(tmp_path / "oxford-iiit-pet", {**lists, **pictures, "annotations/trimaps/x.png": ""})
    ours, theirs = OxfordIIITPet(str(root)), torchvision_datasets.OxfordIIITPet(tmp_path)
    assert ours.classes == ("Abyssinian", "american_bulldog", "Bengal")
    assert [path for path, _ in shown(ours, root)] == [path for path, _ in by_torchvision(theirs, root)]
    assert [name.title().replace("_", " ") for name in ours.classes] == theirs.classes
    assert shown(OxfordIIITPet(str(root), "test"), root)[1] == ("images/Bengal_1.jpg", "Bengal")


def test_food_keeps_the_order_of_its_classes(tmp_path: Path) -> None:
    """In the published list, cheesecake stands before cheese_plate, which is not the order of their names."""
    pictures = ("cheesecake/1", "cheese_plate/2", "waffles/3")
    lists = {
        "meta/classes.txt": "cheesecake\ncheese_plate\nwaffles\n",
        "meta/train.txt": "waffles/3\ncheesecake/1\n",
        "meta/test.txt": "cheese_plate/2\n",
    }
    root = write(tmp_path, {**lists, **{f"images/{name}.jpg": "" for name in pictures}})
    assert Food101(str(root)).classes == ("cheesecake", "cheese_plate", "waffles")
    assert labelled(Food101(str(root)), root) == [("images/waffles/3.jpg", 2), ("images/cheesecake/1.jpg", 0)]
    assert shown(Food101(str(root), "test"), root) == [("images/cheese_plate/2.jpg", "cheese_plate")]


def test_caltech(tmp_path: Path) -> None:
    """Capitals come before small letters, as in MMPretrain's list of the classes."""
    names = ("BACKGROUND_Google/image_0001.jpg", "Motorbikes/image_0001.jpg", "accordion/image_0002.jpg")
    lists = {"meta/train.txt": f"{names[0]} 0\n{names[2]} 2\n", "meta/test.txt": f"{names[1]} 1\n"}
    root = write(tmp_path, {**lists, **{f"101_ObjectCategories/{name}": "" for name in names}})
    assert Caltech101(str(root)).classes == ("BACKGROUND_Google", "Motorbikes", "accordion")
    assert shown(Caltech101(str(root)), root)[1] == (f"101_ObjectCategories/{names[2]}", "accordion")
    assert shown(Caltech101(str(root), "test"), root) == [(f"101_ObjectCategories/{names[1]}", "Motorbikes")]
    (root / "meta/train.txt").unlink()
    with pytest.raises(DataError, match=r"the list of pictures .*train.txt does not .*course data prepare caltech101"):
        Caltech101(str(root))


def test_sun397(tmp_path: Path) -> None:
    names = ("/a/abbey/sun_a.jpg", "/a/arch/indoor/sun_b.jpg", "/z/zoo/sun_c.jpg")
    lists = {
        "Partitions/ClassName.txt": "/a/abbey\n/a/arch/indoor\n/z/zoo\n",
        "Partitions/Training_01.txt": f"{names[1]}\n{names[2]}\n",
        "Partitions/Testing_01.txt": f"{names[0]}\n",
        "SUN397/ClassName.txt": "/a/abbey\n/a/arch/indoor\n/z/zoo\n",
    }
    root = write(tmp_path, {**lists, **{f"SUN397{name}": "" for name in names}})
    train, test = SUN397(str(root)), SUN397(str(root), "test")
    assert train.classes == ("abbey", "arch_indoor", "zoo")
    assert labelled(train, root) == [(f"SUN397{names[1]}", 1), (f"SUN397{names[2]}", 2)]
    theirs = by_torchvision(torchvision_datasets.SUN397(root), root)
    assert sorted(labelled(train, root) + labelled(test, root)) == sorted(theirs)
