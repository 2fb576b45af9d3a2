"""Folder data sets: a folder a class, annotation files, and everything that can be wrong with them."""

from pathlib import Path

import pytest
from PIL import Image

from course_lib.config.errors import DataError
from course_lib.data.datasets import CustomDataset


def put(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4)).save(root / name)
    return root


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    return put(tmp_path, "train/cat/1.png", "train/cat/my cat.JPG", "train/dog/deep/2.png")


def pairs(dataset: CustomDataset) -> list[tuple[str, int]]:
    """Each picture's path below its folder, and its label."""
    samples = [dataset.raw(index) for index in range(len(dataset))]
    return [(str(Path(s["img_path"]).relative_to(dataset.folder)), s["gt_label"]) for s in samples]


def refused(**args: object) -> str:
    with pytest.raises(DataError) as caught:
        CustomDataset(**args)  # type: ignore[arg-type]
    return str(caught.value)


# --- a folder a class


def test_a_folder_a_class(pets: Path) -> None:
    (pets / "train/cat/notes.txt").touch()
    (pets / "train/.ipynb_checkpoints").mkdir()
    dataset = CustomDataset(str(pets), data_prefix="train")
    assert pairs(dataset) == [("cat/1.png", 0), ("cat/my cat.JPG", 0), ("dog/deep/2.png", 1)]
    assert dataset.classes == ("cat", "dog")
    assert pairs(CustomDataset(data_prefix=str(pets / "train"))) == pairs(dataset)
    assert pairs(CustomDataset(str(pets), data_prefix={"img_path": "train"})) == pairs(dataset)


def test_the_same_as_torchvisions_image_folder(pets: Path) -> None:
    from torchvision.datasets import ImageFolder

    theirs = ImageFolder(str(pets / "train"))
    ours = CustomDataset(str(pets / "train"))
    assert [(ours.raw(i)["img_path"], ours.raw(i)["gt_label"]) for i in range(3)] == theirs.samples
    assert list(ours.classes) == theirs.classes


def test_given_classes_set_the_order_or_rename(pets: Path) -> None:
    args = {"data_root": str(pets), "data_prefix": "train"}
    assert [label for _, label in pairs(CustomDataset(**args, classes=["dog", "cat"]))] == [1, 1, 0]
    assert [label for _, label in pairs(CustomDataset(**args, classes=("dog", "cat", "cow")))] == [1, 1, 0]
    renamed = CustomDataset(**args, metainfo={"classes": ["Katze", "Hund"]})
    assert ([label for _, label in pairs(renamed)], renamed.classes) == ([0, 0, 1], ("Katze", "Hund"))


@pytest.mark.parametrize("written", ["classes.txt", "{root}/classes.txt"])
def test_classes_from_a_file(pets: Path, written: str) -> None:
    (pets / "classes.txt").write_text("dog\ncat\n\n")
    dataset = CustomDataset(str(pets), data_prefix="train", classes=written.format(root=pets))
    assert dataset.classes == ("dog", "cat")


def test_pictures_without_labels(pets: Path) -> None:
    dataset = CustomDataset(str(pets), with_label=False)
    assert len(dataset) == 3 and "gt_label" not in dataset.raw(0)


def test_data_lies_in_the_data_folder(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DATA", str(pets.parent))
    assert len(CustomDataset(f"data/{pets.name}", data_prefix="train")) == 3
    assert len(CustomDataset(data_prefix=f"data/{pets.name}/train")) == 3


def test_a_missing_folder(pets: Path) -> None:
    assert "which holds train. Did you mean" in refused(data_root=str(pets), data_prefix="trian")


def test_an_empty_folder(tmp_path: Path) -> None:
    message = refused(data_root=str(tmp_path), extensions=[".jpg", ".png"])
    assert "holds no picture; it is empty. Files that end in .jpg .png were searched for." in message


def test_one_class_only(tmp_path: Path) -> None:
    put(tmp_path, "cat/1.png")
    assert "has one class only, 'cat'" in refused(data_root=str(tmp_path))
    assert len(CustomDataset(str(tmp_path), classes=["cat", "dog"])) == 1


def test_pictures_without_folders(tmp_path: Path) -> None:
    put(tmp_path, "1.png", "2.png")
    assert "holds 2 pictures, but no folders: each class needs a folder" in refused(data_root=str(tmp_path))


def test_one_level_too_high(pets: Path) -> None:
    put(pets, "val/cat/1.png")
    message = refused(data_root=str(pets))
    assert "the parts of a data set: train, val. Take one of them" in message and "data_prefix='train'" in message


def test_a_folder_that_is_no_class(pets: Path) -> None:
    message = refused(data_root=str(pets), data_prefix="train", classes=["cat", "dgo"])
    assert "dog is none of the 2 classes. Did you mean 'dgo'?" in message


def test_another_number_of_classes(pets: Path) -> None:
    message = refused(data_root=str(pets), data_prefix="train", classes=["a", "b", "c"])
    assert "holds 2 folders (cat, dog), but 3 classes were given (a, b, c)" in message
    assert "'a' occurs more than once" in refused(data_root=str(pets), data_prefix="train", classes=["a", "a"])


def test_a_class_without_pictures_is_told(pets: Path) -> None:
    (pets / "train" / "fish").mkdir()
    with pytest.warns(UserWarning, match="no picture was found for fish"):
        assert CustomDataset(str(pets), data_prefix="train").classes == ("cat", "dog", "fish")


# --- an annotation file


def annotated(root: Path, text: str, **args: object) -> CustomDataset:
    (root / "list.txt").write_text(text, encoding="utf-8")
    return CustomDataset(str(root), ann_file="list.txt", data_prefix="train", **args)  # type: ignore[arg-type]


def refused_lines(root: Path, text: str, **args: object) -> str:
    with pytest.raises(DataError) as caught:
        annotated(root, text, **args)
    return str(caught.value)


def test_labels_as_indices_and_as_names(pets: Path) -> None:
    expected = [("cat/my cat.JPG", 0), ("dog/deep/2.png", 1)]
    lines = "cat/my cat.JPG {}\n\ndog/deep/2.png\t{}\n"
    assert pairs(annotated(pets, lines.format(0, 1), classes=["cat", "dog"])) == expected
    assert pairs(annotated(pets, lines.format("cat", "dog"), classes=["cat", "dog"])) == expected
    assert pairs(annotated(pets, "\ufeff" + lines.format("cat", "dog"))) == expected
    assert annotated(pets, lines.format(0, 1)).classes == ("0", "1")


def test_names_of_classes_with_spaces(pets: Path) -> None:
    classes = ["guinea pig", "pig", "tiny guinea pig"]
    text = "cat/1.png guinea pig\ncat/my cat.JPG pig\ndog/deep/2.png tiny guinea pig\n"
    assert [label for _, label in pairs(annotated(pets, text, classes=classes))] == [0, 1, 2]


def test_numbers_are_indices_even_if_classes_are_numbers(pets: Path) -> None:
    text = "cat/1.png 0\ndog/deep/2.png 1\n"
    assert [label for _, label in pairs(annotated(pets, text, classes=["1", "0"]))] == [0, 1]


def test_lines_without_labels(pets: Path) -> None:
    dataset = annotated(pets, "cat/my cat.JPG\ncat/1.png\n", with_label=False)
    assert [Path(dataset.raw(i)["img_path"]).name for i in (0, 1)] == ["my cat.JPG", "1.png"]


def test_a_label_outside_the_classes_is_told_with_its_line(pets: Path) -> None:
    message = refused_lines(pets, "cat/1.png 0\ndog/deep/2.png 2\n", classes=["cat", "dog"])
    assert message == f"{pets}/list.txt:2: label '2' is none of the 2 classes. Allowed: 0 to 1."
    message = refused_lines(pets, "cat/1.png -1\n", classes=["cat", "dog"])
    assert "list.txt:1: label '-1' is none of the 2 classes" in message
    message = refused_lines(pets, "cat/1.png kat\n", classes=["cat", "dog"])
    assert "list.txt:1: label 'kat' is none of the 2 classes. Did you mean 'cat'?" in message


def test_a_missing_picture_is_told_with_its_line(pets: Path) -> None:
    message = refused_lines(pets, "cat/1.png cat\ndog/deep/3.png dog\n")
    assert f"list.txt:2: there is no file 'dog/deep/3.png' in {pets}/train. Did you mean '2.png'?" in message


def test_many_problems_are_cut_short(pets: Path) -> None:
    text = "".join(f"nowhere/{n}.png {n % 2}\n" for n in range(20))
    message = refused_lines(pets, text)
    assert message.count("there is no file") == 5 and "… and 15 more lines." in message


def test_other_broken_annotation_files(pets: Path) -> None:
    assert "list.txt:1: 'cat/1.png' has no label" in refused_lines(pets, "cat/1.png\n", classes=["a", "b"])
    assert "list.txt is empty" in refused_lines(pets, "\n\n")
    assert "has one class only" in refused_lines(pets, "cat/1.png cat\n")
    assert "the annotation file" in refused(data_root=str(pets), ann_file="lst.txt")
    (pets / "list.txt").write_bytes(b"caf\xe9.png 0\n")
    assert "is no text in UTF-8" in refused(data_root=str(pets), ann_file="list.txt")


# --- what a config's arguments stand for


def test_class_names_need_no_picture(pets: Path) -> None:
    names = CustomDataset.class_names
    assert names({"data_root": str(pets), "data_prefix": "train"}) == ("cat", "dog")
    assert names({"classes": ["a", "b"]}) == names({"metainfo": {"classes": ["a", "b"]}}) == ("a", "b")
    assert names({"data_root": "nowhere"}) is None
    (pets / "list.txt").write_text("gone.png dog\ngone.png cow\n")
    assert names({"data_root": str(pets), "ann_file": "list.txt"}) == ("cow", "dog")
    assert CustomDataset.picture_shape({}) is None
