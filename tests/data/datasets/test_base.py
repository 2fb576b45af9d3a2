"""A data set is pictures, labels, classes and a pipeline."""

import numpy as np
import pytest
import torch

from course_lib.config.errors import DataError
from course_lib.data.datasets import Dataset, sample_rng


def double(sample: dict, rng: np.random.Generator) -> dict:
    return {**sample, "img": sample["img"] * 2, "drawn": rng.random()}


def small(**args: object) -> Dataset:
    pictures = torch.arange(3 * 4, dtype=torch.uint8).reshape(3, 1, 2, 2)
    return Dataset(pictures, [0, 1, 0], ("cat", "dog"), **args)


def test_raw_is_the_picture_as_stored_and_get_sends_it_through_the_pipeline() -> None:
    dataset = small(pipeline=[double])
    assert dataset.raw(1)["img"].tolist() == [[[4, 5], [6, 7]]]
    assert dataset.raw(1)["gt_label"] == 1
    assert dataset.get(1, sample_rng(0, 0, 1))["img"].tolist() == [[[8, 10], [12, 14]]]


def test_a_sample_draws_from_seed_epoch_and_index() -> None:
    dataset = small(pipeline=[double])
    assert dataset[1]["drawn"] == dataset.get(1, sample_rng(0, 0, 1))["drawn"]
    others = [dataset.get(1, sample_rng(*key))["drawn"] for key in ((1, 0, 1), (0, 1, 1), (0, 0, 2))]
    assert dataset[1]["drawn"] not in others


def test_indexing_counts_from_the_end_and_ends() -> None:
    dataset = small()
    assert dataset[-1]["img"].tolist() == dataset[2]["img"].tolist()
    assert len(list(dataset)) == len(dataset) == 3
    with pytest.raises(IndexError):
        dataset[3]


def test_files_come_as_paths_and_unlabelled_ones_without_a_label() -> None:
    assert Dataset(["a.jpg"], None, ()).raw(0) == {"img_path": "a.jpg"}


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1], "there are 3 pictures, but labels of shape (2,)"),
        ([0, 2, 0], "picture 1 has label 2, which is none of the 2 classes (0 to 1)"),
        ([0, 1, -1], "picture 2 has label -1"),
    ],
)
def test_labels_must_fit(labels: list[int], message: str) -> None:
    with pytest.raises(DataError) as caught:
        Dataset(torch.zeros(3, 1, 2, 2, dtype=torch.uint8), labels, ("cat", "dog"))
    assert message in str(caught.value)


def test_pictures_of_several_classes() -> None:
    dataset = Dataset(torch.zeros(2, 1, 2, 2), [[1, -1, 0], [0, 0, 0]], ("cat", "dog", "cow"))
    assert dataset.raw(0)["gt_label"].tolist() == [1, -1, 0]
    assert [dataset.title(sample) for sample in dataset] == ["cat", "none of the classes"]
    both = {"gt_label": np.array([1, 0, 1])}
    assert (dataset.title(both), small().title({"gt_label": 1}), dataset.title({})) == ("cat, cow", "dog", "")
    with pytest.raises(DataError, match="picture 1 has 2 for class 0, but 1, 0 and −1 are allowed"):
        Dataset(torch.zeros(2, 1, 2, 2), [[1, -1, 0], [2, 0, 0]], ("cat", "dog", "cow"))
    with pytest.raises(DataError, match=r"there are 2 pictures, but labels of shape \(2, 2\)"):
        Dataset(torch.zeros(2, 1, 2, 2), [[1, 0], [0, 0]], ("cat", "dog", "cow"))
