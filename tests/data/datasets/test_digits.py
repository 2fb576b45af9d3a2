"""scikit-learn's digits, divided 80:20."""

import numpy as np
import pytest
import torch

from course_lib.config.errors import ConfigError
from course_lib.data.datasets import Digits


def test_both_halves_are_scikit_learns_digits() -> None:
    from sklearn.datasets import load_digits

    train, test = Digits("train"), Digits("test")
    assert len(train) + len(test) == 1797
    assert abs(len(train) - 0.8 * 1797) <= 5
    ours = torch.cat([train.pictures, test.pictures])[:, 0].double() * 16 / 255
    ours_sorted = sorted(map(tuple, ours.round().flatten(1).int().tolist()))
    assert ours_sorted == sorted(map(tuple, load_digits().data.astype(int).tolist()))


def test_every_class_has_its_share_and_the_seed_decides_which() -> None:
    labels = Digits("test").labels
    assert np.all(abs(np.bincount(labels) - 36) <= 2)
    assert not torch.equal(Digits("test").pictures, Digits("test", seed=1).pictures)


def test_samples_are_grey_and_use_the_whole_range() -> None:
    digits = Digits()
    sample = digits.raw(0)
    assert sample["img"].shape == Digits.picture_shape({}) == (1, 8, 8)
    assert sample["img"].dtype == torch.uint8
    assert digits.pictures.max() == 255
    assert digits.classes == Digits.class_names({}) == tuple("0123456789")


def test_a_wrong_split_is_told() -> None:
    with pytest.raises(ConfigError, match=r"split is 'tset'.*Did you mean 'test'"):
        Digits("tset")  # type: ignore[arg-type]
