"""ImageNet is a folder data set with halves."""

from pathlib import Path

import pytest
from PIL import Image

from course_lib.config.errors import ConfigError
from course_lib.data.datasets import ImageNet, ImageNet21k


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("train/n01440764/a.JPEG", "train/n01443537/b.JPEG", "val/n01440764/c.JPEG"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4)).save(tmp_path / name)
    return tmp_path


def test_split_names_the_folder(root: Path) -> None:
    train = ImageNet(str(root), split="train")
    assert train.classes == ("n01440764", "n01443537")
    assert train.labels is not None and train.labels.tolist() == [0, 1]
    val = ImageNet(str(root), "val", classes=train.classes)
    assert [val.raw(i)["img_path"] for i in range(len(val))] == [str(root / "val/n01440764/c.JPEG")]
    assert len(ImageNet(str(root), data_prefix="train")) == 2


def test_classes_can_be_renamed(root: Path) -> None:
    assert ImageNet(str(root), "train", classes=["tench", "goldfish"]).classes == ("tench", "goldfish")


def test_class_names_follow_the_split(root: Path) -> None:
    assert ImageNet.class_names({"data_root": str(root), "split": "train"}) == ("n01440764", "n01443537")


def test_a_wrong_split_is_told(root: Path) -> None:
    with pytest.raises(ConfigError, match="Did you mean 'val'"):
        ImageNet(str(root), split="vall")  # type: ignore[arg-type]


def test_the_list_of_a_split_is_found_where_imagenet_keeps_it(root: Path) -> None:
    """The validation pictures come without folders."""
    (root / "meta").mkdir()
    (root / "meta/val.txt").write_text("c.JPEG 1\n")
    (root / "val/n01440764/c.JPEG").rename(root / "val/c.JPEG")
    val = ImageNet(str(root), "val", classes=["tench", "goldfish"])
    assert val.raw(0) == {"img_path": str(root / "val/c.JPEG"), "gt_label": 1}
    assert ImageNet.class_names({"data_root": str(root), "split": "val"}) == ("0", "1")
    (root / "other.txt").write_text("c.JPEG 0\n")
    assert ImageNet(str(root), "val", ann_file="other.txt", classes=["tench", "goldfish"]).raw(0)["gt_label"] == 0


def test_imagenet21k(root: Path) -> None:
    (root / "meta").mkdir()
    (root / "meta/train.txt").write_text("n01443537/b.JPEG 1\n")
    assert len(ImageNet21k(str(root), data_prefix="train")) == 2
    listed = ImageNet21k(str(root), "train", classes=["n01440764", "n01443537"])
    assert listed.raw(0) == {"img_path": str(root / "train/n01443537/b.JPEG"), "gt_label": 1}
    with pytest.raises(ConfigError, match="split is 'val', but must be one of '', 'train'"):
        ImageNet21k(str(root), "val")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="multi_label is True"):
        ImageNet21k(str(root), "train", multi_label=True)
