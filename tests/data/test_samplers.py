"""The order of an epoch: compared with torch's and timm's samplers, with hand counts, and in the loader."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

import pytest
import torch
from timm.data.distributed_sampler import RepeatAugSampler as TimmRepeatAug
from torch.utils.data import DistributedSampler

from course_lib.config.errors import ConfigError, DataError
from course_lib.data import Dataset
from course_lib.data.loader import Loader, make_loader
from course_lib.data.samplers import DefaultSampler, InfiniteSampler, RepeatAugSampler, Sampler, WeightedSampler
from course_lib.data.transforms import PackInputs, RandomCrop, RandomFlip

LABELS = torch.tensor([0] * 80 + [1] * 15 + [2] * 5)
EVERY: list[Sampler] = [
    *(DefaultSampler(shuffle, None, round_up) for shuffle in (True, False) for round_up in (True, False)),
    *(InfiniteSampler(), RepeatAugSampler(), WeightedSampler(), WeightedSampler(num_samples=7, replacement=False)),
]


def digits(count: int, *, steps: Sequence[Any] = (PackInputs(),), labels: Sequence[int] | None = None) -> Dataset:
    """Noise whose label is its index, or another."""
    images = torch.randint(0, 256, (count, 3, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    return Dataset(images, range(count) if labels is None else labels, [str(i) for i in range(count)], steps)


def whole(sampler: Sampler, count: int, world: int, **more: Any) -> list[list[int]]:
    return [sampler.order(count, 0, 0, rank=rank, world=world, **more).tolist() for rank in range(world)]


# --- every sampler ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", EVERY, ids=lambda sampler: type(sampler).__name__)
def test_an_order_belongs_to_seed_and_epoch(sampler: Sampler) -> None:
    first, again, later, other = (sampler.order(100, *key, LABELS) for key in ((3, 1), (3, 1), (4, 1), (3, 2)))
    assert first.dtype == torch.int64 and first.equal(again) and len(later) == len(first)
    is_fixed = isinstance(sampler, DefaultSampler) and not sampler.shuffle
    assert first.equal(later) is is_fixed and first.equal(other) is is_fixed


def test_a_seed_of_its_own_counts() -> None:
    for make in (DefaultSampler, InfiniteSampler, RepeatAugSampler, WeightedSampler):
        own, given = make(seed=5), make()
        assert own.order(100, 0, 1, LABELS).equal(given.order(100, 0, 5, LABELS))
        assert make(seed=0).order(100, 0, 1, LABELS).equal(given.order(100, 0, 0, LABELS))


# --- every picture once -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 8, 10])
@pytest.mark.parametrize("world", [1, 2, 4])
def test_processes_share_out_the_pictures_as_torchs_do(count: int, world: int) -> None:
    for rank, ours in enumerate(whole(DefaultSampler(shuffle=False), count, world)):
        assert ours == list(DistributedSampler(range(count), world, rank, shuffle=False))  # type: ignore[arg-type]


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("count", [1, 10, 11])
def test_measuring_takes_each_once_and_training_gives_all_equally_many(count: int, shuffle: bool) -> None:
    parts = whole(DefaultSampler(shuffle, round_up=False), count, 4)
    assert sorted(chain(*parts)) == list(range(count))
    assert [len(part) for part in parts] == [len(range(rank, count, 4)) for rank in range(4)]
    parts = whole(DefaultSampler(shuffle), count, 4)
    assert {len(part) for part in parts} == {-(-count // 4)} and set(chain(*parts)) == set(range(count))


# --- repeated augmentation --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 7, 100, 301])
@pytest.mark.parametrize(("world", "num_repeats"), [(1, 3), (2, 3), (4, 3), (8, 2), (4, 1)])
def test_repeats_are_timms(count: int, world: int, num_repeats: int) -> None:
    for rank, ours in enumerate(whole(RepeatAugSampler(False, num_repeats), count, world)):
        assert ours == list(TimmRepeatAug(range(count), world, rank, False, num_repeats, selected_round=0))


def test_repeats_of_a_shuffled_epoch() -> None:
    (order,) = whole(RepeatAugSampler(), 30, 1)
    assert len(order) == 30 and sorted(Counter(order).values()) == [3] * 10
    assert order[::3] == order[1::3] == order[2::3]  # in a row, and so in one batch
    assert order[::3] == DefaultSampler().order(30, 0, 0)[:10].tolist()
    assert set(order) != set(RepeatAugSampler().order(30, 1, 0).tolist())
    parts = whole(RepeatAugSampler(), 30, 3)  # on three processes, each gets one of the three
    assert parts[0] == parts[1] == parts[2] and len(set(parts[0])) == 10


# --- by weight --------------------------------------------------------------------------------------------------------


def test_inverse_frequencies_make_all_classes_equally_frequent() -> None:
    drawn = LABELS[WeightedSampler(num_samples=9000).order(100, 0, 0, LABELS)].bincount()
    assert ((drawn - 3000).abs() < 4 * (9000 * 1 / 3 * 2 / 3) ** 0.5).all()  # four standard deviations
    assert len(WeightedSampler().order(100, 0, 0, LABELS)) == 100


def test_weights_of_classes() -> None:
    order = WeightedSampler([1, 0, 8], num_samples=6000).order(100, 0, 0, LABELS)
    drawn = LABELS[order].bincount(minlength=3)
    # 80 pictures of weight 1 and 5 of weight 8: two thirds to one third
    assert drawn[1] == 0 and abs(int(drawn[2]) - 2000) < 4 * (6000 * 2 / 9) ** 0.5


def test_without_replacement_no_picture_comes_twice() -> None:
    sampler = WeightedSampler([0, 1, 1], num_samples=20, replacement=False)
    assert sorted(sampler.order(100, 0, 0, LABELS).tolist()) == list(range(80, 100))
    parts = whole(WeightedSampler(replacement=False), 100, 2, labels=LABELS)
    assert sorted(chain(*parts)) == list(range(100))


def test_what_weights_cannot_be() -> None:
    for weights in ([], [0, 0], [1, -1]):
        with pytest.raises(ConfigError, match=r"^weights is .*, but must hold no number below 0, and at"):
            WeightedSampler(weights)
    with pytest.raises(ConfigError, match=r"^num_samples is 0, but must be a whole number of at least 1"):
        WeightedSampler(num_samples=0)
    with pytest.raises(ConfigError, match=r"^num_repeats is 0, but must be a whole number of at least 1"):
        RepeatAugSampler(num_repeats=0)
    with pytest.raises(DataError, match="needs the class of each picture, and the data set has no such labels"):
        WeightedSampler().order(3, 0, 0)
    with pytest.raises(DataError, match=r"has 2 weights, but there is a picture of class 2 \(counted from 0\)"):
        WeightedSampler([1, 1]).order(100, 0, 0, LABELS)
    with pytest.raises(DataError, match=r"cannot draw 100 pictures: 20 have a weight above 0\. Let it draw"):
        WeightedSampler([0, 1, 1], replacement=False).order(100, 0, 0, LABELS)


# --- in the loader ----------------------------------------------------------------------------------------------------

AUGMENT = [RandomCrop(8, padding=4), RandomFlip(), PackInputs()]


def same(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> bool:
    return len(ours) == len(theirs) and all(
        a["images"].equal(b["images"]) and a["labels"].equal(b["labels"]) for a, b in zip(ours, theirs, strict=True)
    )


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_repeats_are_augmented_differently(way: str) -> None:
    loader = make_loader(digits(24, steps=AUGMENT), 6, sampler=RepeatAugSampler(num_repeats=6), way=way)
    for batch in loader.epoch(0):
        assert len(batch["labels"].unique()) == 1  # one picture
        assert len({image.numpy().tobytes() for image in batch["images"]}) >= 4  # 162 crops and flips, six draws


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_a_picture_in_several_batches_is_augmented_differently(way: str) -> None:
    loader = make_loader(digits(6, steps=AUGMENT), 2, sampler=RepeatAugSampler(False, num_repeats=6), way=way)
    batches = [batch["images"] for batch in loader.epoch(0)]
    assert not batches[0].equal(batches[1]) and not batches[1].equal(batches[2])


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_processes_augment_differently(way: str) -> None:
    dataset, sampler = digits(8, steps=AUGMENT), RepeatAugSampler(num_repeats=2)
    parts = [list(make_loader(dataset, 4, sampler=sampler, way=way, rank=rank, world=2)) for rank in range(2)]
    for ours, theirs in zip(*parts, strict=True):
        assert ours["labels"].equal(theirs["labels"]) and not ours["images"].equal(theirs["images"])


@pytest.mark.parametrize("sampler", [RepeatAugSampler(), WeightedSampler(num_samples=17)], ids=["repeat", "weighted"])
def test_any_number_of_workers_and_any_start(sampler: Sampler) -> None:
    dataset = digits(20, steps=AUGMENT, labels=[0] * 15 + [1] * 5)
    alone, helped = (make_loader(dataset, 6, sampler=sampler, way="sample", num_workers=n) for n in (0, 2))
    batches = list(alone.epoch(2))
    assert same(batches, list(helped.epoch(2)))
    by_batch = make_loader(dataset, 6, sampler=sampler, way="batch")
    for loader in (alone, helped, by_batch):
        assert len(loader) == len(batches)
        assert same(list(loader.epoch(2))[2:], list(loader.epoch(2, start=2)))
    assert [batch["labels"].tolist() for batch in by_batch.epoch(2)] == [batch["labels"].tolist() for batch in batches]


def test_the_length_of_an_epoch_is_the_samplers() -> None:
    def sizes(**arguments: Any) -> list[int]:
        loader = make_loader(digits(10), 4, **arguments)
        found = [len(batch["labels"]) for batch in loader]
        assert len(found) == len(loader)
        return found

    assert sizes(sampler=WeightedSampler(num_samples=13)) == [4, 4, 4, 1]
    assert sizes(sampler=WeightedSampler(num_samples=13), drop_last=True) == [4, 4, 4]
    assert sizes(shuffle=True, rank=1, world=3) == [4]  # 12 dealt to 3
    assert [sizes(rank=rank, world=3) for rank in range(3)] == [[4], [3], [3]]  # measuring: each once
    with pytest.raises(DataError, match=r"^3 pictures make no batch of 4, and drop_last leaves out what is not full"):
        sizes(sampler=WeightedSampler(num_samples=3), drop_last=True)
    assert sizes(rank=10, world=11) == []


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_weights_know_the_data_sets_labels(way: str) -> None:
    loader: Loader = make_loader(digits(6, labels=[0, 1, 0, 0, 2, 0]), 6, sampler=WeightedSampler([0, 1, 0]), way=way)
    assert loader.order(0).tolist() == [1] * 6
    assert next(iter(loader))["labels"].tolist() == [1] * 6
