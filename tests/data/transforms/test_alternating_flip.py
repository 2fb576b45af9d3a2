"""Mirroring in turn: each picture every second epoch, half of them in each, the same in both ways for pictures."""

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.config.errors import ConfigError
from course_lib.data import make_loader
from course_lib.data.datasets import Dataset
from course_lib.data.transforms import AlternatingFlip, PackInputs
from course_lib.data.transforms import TestTimeAug as Views  # pytest would take its own name for a test
from course_lib.data.transforms.alternating_flip import mirrored_first


def dataset(count: int = 40) -> Dataset:
    generator = torch.Generator().manual_seed(0)
    pictures = torch.randint(0, 256, (count, 3, 4, 6), dtype=torch.uint8, generator=generator)
    return Dataset(pictures, list(range(count)), [str(k) for k in range(count)], [AlternatingFlip(), PackInputs()])


def epoch_of(way: str, epoch: int) -> dict[int, torch.Tensor]:
    """The pictures of an epoch by their index."""
    loader = make_loader(dataset(), 8, shuffle=True, way=way, seed=3)
    return {int(k): image for b in loader.epoch(epoch) for k, image in zip(b["labels"], b["images"], strict=True)}


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_every_picture_is_mirrored_in_every_second_epoch(way: str) -> None:
    first, second, third = (epoch_of(way, epoch) for epoch in range(3))
    for index, picture in enumerate(dataset().pictures):
        sides = [picture, picture.flip(-1)]
        as_it_is = first[index].equal(sides[0])
        assert first[index].equal(sides[not as_it_is]) and second[index].equal(sides[as_it_is])
        assert third[index].equal(first[index])


def test_both_ways_for_pictures_mirror_the_same() -> None:
    for epoch in (0, 1):
        by_batch, by_sample = epoch_of("batch", epoch), epoch_of("sample", epoch)
        assert all(by_batch[index].equal(by_sample[index]) for index in range(40))


@pytest.mark.parametrize("stride", [1, 2, 3, 8, 10, 1000, 5000])
def test_half_of_any_part_of_the_pictures_is_mirrored(stride: int) -> None:
    mirrored = mirrored_first(torch.arange(0, 2000 * stride, stride))
    assert abs(int(mirrored.sum()) - 1000) < 70  # about three deviations of as many coins


def test_neighbours_do_not_follow_one_another() -> None:
    mirrored = mirrored_first(torch.arange(4000))
    pairs = 2 * mirrored[::2].long() + mirrored[1::2].long()
    assert stats.chisquare(torch.bincount(pairs, minlength=4)).pvalue > 0.01
    assert stats.binomtest(int(mirrored.sum()), 4000).pvalue > 0.01


@pytest.mark.parametrize(("direction", "dims"), [("horizontal", [2]), ("vertical", [1]), ("diagonal", [1, 2])])
def test_direction(direction: str, dims: list[int]) -> None:
    image, flip = dataset().pictures[0], AlternatingFlip(direction)
    rng = np.random.default_rng(0)
    sides = [flip({"img": image, "sample_idx": 5, "epoch": epoch}, rng)["img"] for epoch in (0, 1)]
    assert sides[0].flip(dims).equal(sides[1]) and any(side.equal(image) for side in sides)


def test_mistakes() -> None:
    with pytest.raises(ConfigError, match=r"Did you mean 'horizontal'\?"):
        AlternatingFlip("horizontl")
    views = Views([[AlternatingFlip()]])
    with pytest.raises(ConfigError, match="stands in a pipeline itself, not inside of another transform; there, take"):
        views.batch(dataset().pictures, torch.Generator())
