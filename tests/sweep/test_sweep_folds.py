"""Folds of a config's data: no picture is trained on and validated on, and each is validated on once."""

from typing import Any

import pytest

from course_lib.builders import build_dataset
from course_lib.config import Config, load_config
from course_lib.config.errors import ConfigError
from course_lib.sweep.folds import use_fold

PICTURES = 1438  # of the digits' training half


def folded(fold: int, **overrides: Any) -> Config:
    cfg = load_config(None, overrides)
    use_fold(cfg, fold, 3)
    return cfg


def pictures(dataset: Any) -> list[bytes]:
    """What identifies each picture: digits differ in some pixel."""
    return [dataset.raw(index)["img"].numpy().tobytes() for index in range(len(dataset))]


def test_the_folds_divide_the_training_data() -> None:
    held_out = []
    for fold in range(3):
        cfg = folded(fold)
        train, val = (build_dataset(cfg[f"{half}_dataloader"].dataset) for half in ("train", "val"))
        assert len(train) + len(val) == PICTURES
        assert not set(pictures(train)) & set(pictures(val))
        held_out += pictures(val)
    assert sorted(held_out) == sorted(pictures(build_dataset(load_config().train_dataloader.dataset)))


def test_the_part_for_validation_is_not_augmented_and_the_rest_is() -> None:
    cfg = folded(0)
    names = {
        half: [step.type for step in cfg[f"{half}_dataloader"].dataset.dataset.pipeline] for half in ("train", "val")
    }
    assert names == {"train": ["Resize", "RandomCrop", "PackInputs"], "val": ["Resize", "PackInputs"]}
    assert cfg.val_dataloader.batch_size == 256


def test_repeated_pictures_do_not_leak_into_the_part_for_validation() -> None:
    repeated = {"type": "RepeatDataset", "times": 3, "dataset": load_config().train_dataloader.dataset}
    cfg = folded(1, **{"train_dataloader.dataset": {"_delete_": True, **repeated}})
    train, val = (build_dataset(cfg[f"{half}_dataloader"].dataset) for half in ("train", "val"))
    assert cfg.train_dataloader.dataset.type == "RepeatDataset" and cfg.val_dataloader.dataset.type == "KFoldDataset"
    assert len(train) == 3 * (PICTURES - len(val))
    assert not set(pictures(train)) & set(pictures(val))


def test_joined_and_cut_data_sets_are_divided_each() -> None:
    digits = load_config().train_dataloader.dataset
    parts = [
        {"type": "Subset", "indices": 30, "dataset": digits},
        {"type": "Subset", "indices": -60, "dataset": digits},
    ]
    joined = {"_delete_": True, "type": "ConcatDataset", "datasets": parts}
    cfg = folded(0, **{"train_dataloader.dataset": joined})
    train, val = (build_dataset(cfg[f"{half}_dataloader"].dataset) for half in ("train", "val"))
    assert (len(train), len(val)) == (60, 30)
    assert not set(pictures(train)) & set(pictures(val))


def test_without_validation_data_there_is_no_pipeline() -> None:
    with pytest.raises(ConfigError, match="--folds needs a train_dataloader, and a val_dataloader whose pipeline"):
        folded(0, val_dataloader=None)
