"""Data sets made of data sets: which pictures come, how often, and through which pipeline."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.config.errors import ConfigError, DataError
from course_lib.data.datasets import Dataset
from course_lib.data.datasets.wrappers import (
    ClassBalancedDataset,
    ConcatDataset,
    KFoldDataset,
    RepeatDataset,
    Subset,
    repeats,
)
from course_lib.data.loader import make_loader
from course_lib.data.transforms import LoadImageFromFile, PackInputs, RandomFlip, Resize


def numbered(labels: list[int], start: int = 0, pipeline: Any = (), classes: tuple[str, ...] = ("a", "b")) -> Dataset:
    """Picture i is all start + i."""
    pictures = torch.arange(start, start + len(labels), dtype=torch.uint8)[:, None, None, None].expand(-1, 1, 2, 2)
    return Dataset(pictures, labels, classes, pipeline)


def shown(dataset: Dataset) -> list[int]:
    return [int(dataset.raw(index)["img"][0, 0, 0]) for index in range(len(dataset))]


def test_repeat() -> None:
    repeated = RepeatDataset(numbered([0, 1, 1]), times=2)
    assert shown(repeated) == [0, 1, 2, 0, 1, 2]
    assert repeated.labels is not None
    assert repeated.labels.tolist() == [0, 1, 1, 0, 1, 1]
    assert repeated.classes == ("a", "b")
    with pytest.raises(ConfigError, match="times is 0, but must be at least 1"):
        RepeatDataset(numbered([0]), times=0)


def test_balance_by_hand() -> None:
    """Shares 8/10, 1/10 and 1/10; with t = 0.4 the rare ones have r = √4 = 2."""
    balanced = ClassBalancedDataset(numbered([0] * 8 + [1, 2], classes=("a", "b", "c")), oversample_thr=0.4)
    assert shown(balanced) == [*range(8), 8, 8, 9, 9]
    assert repeats(np.array([0] * 8 + [1, 2]), 0.5).tolist() == [1] * 8 + [3, 3]  # √5 = 2.2, rounded up
    several = np.array([[1, 0], [1, 0], [1, 0], [1, 1], [0, 0]])
    assert repeats(several, 0.8).tolist() == [1, 1, 1, 2, 1]
    with pytest.raises(ConfigError, match=r"oversample_thr is 0, but must be a share above 0"):
        ClassBalancedDataset(numbered([0, 1]), oversample_thr=0)
    with pytest.raises(DataError, match="ClassBalancedDataset needs labels"):
        ClassBalancedDataset(Dataset(["a.jpg"], None, ()), oversample_thr=0.1)


@pytest.mark.parametrize("seed", [None, 3])
def test_folds_cover_everything_once(seed: int | None) -> None:
    whole = numbered([0, 1] * 5 + [0])
    tests = [shown(KFoldDataset(whole, fold, 3, test_mode=True, seed=seed)) for fold in range(3)]
    trains = [shown(KFoldDataset(whole, fold, 3, seed=seed)) for fold in range(3)]
    assert sorted(index for part in tests for index in part) == list(range(11))
    assert [len(part) for part in tests] == [3, 4, 4]
    for test, train in zip(tests, trains, strict=True):
        assert sorted(test + train) == list(range(11))
    assert (tests[0] == [0, 1, 2]) == (seed is None)


def test_folds_that_are_none() -> None:
    with pytest.raises(ConfigError, match="fold is 5, but must be from 0 to 4"):
        KFoldDataset(numbered([0] * 9), fold=5)
    with pytest.raises(ConfigError, match="num_splits is 9, but must be from 2 to the 3 pictures"):
        KFoldDataset(numbered([0] * 3), num_splits=9)


def test_subset() -> None:
    whole = numbered([0, 1, 0, 1])
    assert shown(Subset(whole, 2)) == [0, 1]
    assert shown(Subset(whole, -1)) == [3]
    assert shown(Subset(whole, 9)) == [0, 1, 2, 3]
    assert shown(Subset(whole, [3, 0, -1])) == [3, 0, 3]
    with pytest.raises(DataError, match="there is no picture 4; the data set has 4, 0 to 3"):
        Subset(whole, [0, 4])


def test_views_pass_through_the_pipeline_of_what_they_show() -> None:
    part = Subset(RepeatDataset(numbered([0, 1], pipeline=[Resize(4), PackInputs()]), 3), [5, 2])
    assert part[0]["image"].shape == (1, 4, 4)
    assert (part[0]["image"].unique().tolist(), part[0]["label"]) == ([1], 1)
    loader = make_loader(part, 2)
    assert loader.way.startswith("by the batch")
    assert next(iter(loader))["labels"].tolist() == [1, 0]


def test_what_is_repeated_is_kept_once() -> None:
    """A picture of 4 bytes seen 12 times takes 4 bytes, and comes as often as before, under its own label."""
    whole = numbered([0, 1, 1], pipeline=[PackInputs()])
    thrice = RepeatDataset(Subset(RepeatDataset(whole, 2), [4, 2, 5]), 4)  # pictures 1, 2 and 2
    loader = make_loader(thrice, 12, way="batch", max_cached_bytes=8)
    assert "0.0 MiB" in loader.way and loader.source.cache.images.shape == (2, 1, 2, 2)  # type: ignore[attr-defined]
    (batch,) = loader
    assert batch["images"][:, 0, 0, 0].tolist() == [1, 2, 2] * 4 == shown(thrice)
    assert batch["labels"].tolist() == [1, 1, 1] * 4
    shuffled = next(iter(make_loader(thrice, 12, way="batch", shuffle=True, seed=1)))
    slow = next(iter(make_loader(thrice, 12, way="sample", shuffle=True, seed=1)))
    assert shuffled["images"].equal(slow["images"]) and shuffled["labels"].equal(slow["labels"])
    balanced = ClassBalancedDataset(numbered([0] * 8 + [1], pipeline=[PackInputs()]), 0.5)
    assert next(iter(make_loader(balanced, 99)))["images"][:, 0, 0, 0].tolist() == shown(balanced)


def test_a_broken_picture_is_left_out_each_time_it_would_come(tmp_path: Path) -> None:
    for name in ("0.png", "2.png"):
        Image.new("RGB", (2, 2)).save(tmp_path / name)
    (tmp_path / "1.png").write_bytes(b"")
    files = [str(tmp_path / f"{index}.png") for index in range(3)]
    whole = Dataset(files, [0, 1, 2], ("a", "b", "c"), [LoadImageFromFile(), PackInputs()])
    loader = make_loader(RepeatDataset(whole, 2), 9, way="batch", on_error="skip")
    assert next(iter(loader))["labels"].tolist() == [0, 2, 0, 2]


def test_concat() -> None:
    joined = ConcatDataset([numbered([0, 1]), numbered([]), numbered([1, 1, 0], start=50)])
    assert shown(joined) == [0, 1, 50, 51, 52]
    assert joined.labels is not None
    assert joined.labels.tolist() == [0, 1, 1, 1, 0]
    assert [joined.raw(index)["gt_label"] for index in range(5)] == [0, 1, 1, 1, 0]
    assert len(joined) == 5


def test_concat_of_one_pipeline_goes_by_the_batch() -> None:
    """A config that names the same pipeline twice builds it twice."""
    joined = ConcatDataset([numbered([0, 1], pipeline=[RandomFlip(0.5), PackInputs()]) for _ in range(2)])
    assert make_loader(joined, 4).way.startswith("by the batch")


def test_concat_of_two_pipelines_goes_by_the_sample() -> None:
    joined = ConcatDataset([numbered([0], pipeline=[Resize(4)]), numbered([1], pipeline=[Resize(6), Resize(4)])])
    loader = make_loader(joined, 2)
    assert loader.way == "by the sample: OwnPipeline works picture by picture"
    assert next(iter(loader))["images"].shape == (2, 1, 4, 4)
    other = ConcatDataset([numbered([0], pipeline=[Resize(4)]), numbered([1], pipeline=[Resize(6)])])
    assert [sample["img"].shape[-1] for sample in other] == [4, 6]
    assert "part" not in other[1]


def test_concat_needs_the_same_classes() -> None:
    with pytest.raises(DataError, match=r"data set 1 has 2 classes \(b, a\), but data set 0 has 2 \(a, b\)"):
        ConcatDataset([numbered([0]), numbered([0], classes=("b", "a"))])
    joined = ConcatDataset([numbered([0]), numbered([0], classes=("b", "a"))], ignore_keys="classes")
    assert joined.classes == ("a", "b")
    with pytest.raises(DataError, match="some of the joined data sets have labels, and some have none"):
        ConcatDataset([numbered([0]), Dataset(["a.jpg"], None, ("a", "b"))])
    with pytest.raises(ConfigError, match="datasets is empty"):
        ConcatDataset([])


def test_what_is_known_without_reading_is_followed_inward() -> None:
    digits = {"type": "Digits"}
    folded = {"type": "KFoldDataset", "dataset": {"type": "RepeatDataset", "times": 2, "dataset": digits}}
    assert KFoldDataset.class_names(folded) == tuple("0123456789")
    assert KFoldDataset.picture_shape(folded) == (1, 8, 8)
    joined = {"type": "ConcatDataset", "datasets": [folded, digits]}
    assert ConcatDataset.class_names(joined) == tuple("0123456789")
    assert ConcatDataset.picture_shape(joined) == (1, 8, 8)
    mixed = {"datasets": [digits, {"type": "CIFAR10"}]}
    assert ConcatDataset.picture_shape(mixed) is None
