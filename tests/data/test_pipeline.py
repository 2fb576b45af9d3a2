"""Pipelines: what an error says, and how one is divided for the way by the batch."""

import numpy as np
import pytest
import torch

from course_lib.config.errors import DataError
from course_lib.data.pipeline import apply, sample_rng, split_for_batch
from course_lib.data.transforms import (
    ColorJitter,
    LoadImageFromFile,
    PackInputs,
    RandomCrop,
    RandomFlip,
    Resize,
    TorchvisionTransform,
)
from course_lib.data.transforms.base import Sample

RNG = np.random.default_rng(0)


def broken(sample: Sample, rng: np.random.Generator) -> Sample:
    raise RuntimeError("the shape is wrong")


def test_steps_are_applied_in_order() -> None:
    sample = {"img": torch.zeros(3, 9, 9, dtype=torch.uint8), "gt_label": 2}
    packed = apply([Resize((8, 6)), RandomCrop(4), PackInputs()], sample, RNG)
    assert packed["image"].shape == (3, 4, 4) and packed["label"] == 2


def test_an_error_names_step_and_picture() -> None:
    sample = {"img": torch.zeros(3, 3, 3, dtype=torch.uint8), "img_path": "cats/a.jpg"}
    with pytest.raises(
        DataError, match=r"^cats/a\.jpg: step 2 of the pipeline, RandomCrop, failed: the picture is 3x3"
    ):
        apply([RandomFlip(), RandomCrop(4)], sample, RNG)
    with pytest.raises(DataError, match=r"^a picture in memory: step 1 .*, function, failed: the shape is wrong$"):
        apply([broken], {"img": sample["img"]}, RNG)


def test_an_error_that_names_the_picture_is_left_alone() -> None:
    with pytest.raises(DataError, match=r"^gone\.jpg cannot be read: no such file or directory\.$"):
        apply([LoadImageFromFile()], {"img_path": "gone.jpg"}, RNG)


def test_split() -> None:
    load, size, flip, crop, pack = LoadImageFromFile(), Resize(8), RandomFlip(), RandomCrop(4), PackInputs()
    split = split_for_batch([load, size, flip, Resize(5), crop, pack])
    assert split.once == (load, size)
    assert len(split.each) == 4 and split.each[0] is flip
    assert split.by_sample == ()
    assert split_for_batch([load, pack]).each == ()
    assert split_for_batch([load, ColorJitter(), TorchvisionTransform("RandomInvert")]).by_sample == (
        "torchvision/RandomInvert",
    )
    assert split_for_batch([flip, load, broken]).by_sample == ("LoadImageFromFile", "function")


def test_each_sample_has_numbers_of_its_own() -> None:
    draws = {sample_rng(*key).random() for key in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1)]}
    assert len(draws) == 5
    assert sample_rng(3, 2, 1).random() == sample_rng(3, 2, 1).random()
