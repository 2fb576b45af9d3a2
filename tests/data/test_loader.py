"""Both ways for pictures: the same pictures, repeatable, resumable, and clear about what they cannot do."""

import gc
import multiprocessing
import pickle
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.config.errors import ConfigError, DataError
from course_lib.data import pipeline
from course_lib.data.by_sample import SafeSamples
from course_lib.data.decode import PictureError
from course_lib.data.loader import Loader, make_loader
from course_lib.data.transforms import (
    LoadImageFromFile,
    PackInputs,
    RandomCrop,
    RandomFlip,
    Resize,
    TorchvisionTransform,
    Transform,
)
from course_lib.data.transforms.base import Sample

AUGMENT = [RandomCrop(8, padding=2), RandomFlip(), PackInputs()]


class Memory:
    """Noise in memory; the label is the index, so that a batch tells which pictures it holds."""

    def __init__(self, count: int, steps: Sequence[Any] = (PackInputs(),)) -> None:
        self.images = torch.randint(
            0, 256, (count, 3, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(1)
        )
        self.pipeline: Sequence[Transform] = steps

    def __len__(self) -> int:
        return len(self.images)

    def raw(self, index: int) -> Sample:
        return {"img": self.images[index], "gt_label": index}

    def get(self, index: int, rng: np.random.Generator, epoch: int = 0) -> Sample:
        return pipeline.apply(self.pipeline, {**self.raw(index), "sample_idx": index, "epoch": epoch}, rng)


class Files(Memory):
    """Picture files."""

    def __init__(self, paths: Sequence[Path], steps: Sequence[Any] = (LoadImageFromFile(), PackInputs())) -> None:
        self.paths = paths
        self.pipeline = steps

    def __len__(self) -> int:
        return len(self.paths)

    def raw(self, index: int) -> Sample:
        return {"img_path": str(self.paths[index]), "gt_label": index}


@pytest.fixture
def folder(tmp_path: Path) -> list[Path]:
    """Ten pictures of one size, the fourth of them cut off."""
    paths = [tmp_path / f"{index}.png" for index in range(10)]
    for index, path in enumerate(paths):
        Image.new("RGB", (12, 10), (index, 0, 0)).save(path)
    paths[3].write_bytes(paths[3].read_bytes()[:60])
    return paths


def labels(loader: Loader, epoch: int = 0, start: int = 0) -> list[list[int]]:
    return [batch["labels"].tolist() for batch in loader.epoch(epoch, start)]


def flat(batches: list[list[int]]) -> list[int]:
    return [label for batch in batches for label in batch]


def same(first: Loader, second: Loader, epoch: int = 0, start: int = 0) -> bool:
    """Whether two loaders give the same batches; ``start`` counts for the second, the first is cut."""
    ours, theirs = list(first.epoch(epoch))[start:], list(second.epoch(epoch, start))
    return len(ours) == len(theirs) and all(
        a["images"].equal(b["images"]) and a["labels"].equal(b["labels"]) for a, b in zip(ours, theirs, strict=True)
    )


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_batches(way: str) -> None:
    dataset = Memory(10)
    loader = make_loader(dataset, 4, way=way)
    batches = list(loader)
    assert len(loader) == 3
    assert [tuple(batch["images"].shape) for batch in batches] == [(4, 3, 8, 8), (4, 3, 8, 8), (2, 3, 8, 8)]
    assert batches[0]["images"].dtype == torch.uint8 and batches[0]["labels"].dtype == torch.int64
    assert torch.cat([batch["images"] for batch in batches]).equal(dataset.images)
    assert labels(make_loader(dataset, 4, way=way, drop_last=True)) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert loader.batch_size == 4 and loader.dataset is dataset


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_order_belongs_to_seed_and_epoch(way: str) -> None:
    def orders(seed: int) -> list[list[int]]:
        loader = make_loader(Memory(50), 8, shuffle=True, seed=seed, way=way)
        return [flat(labels(loader, epoch)) for epoch in (0, 1, 0)]

    first, second, again = orders(0)
    assert first == again and first != second
    assert sorted(first) == sorted(second) == list(range(50))
    assert orders(0) == [first, second, again] and orders(1)[0] != first


@pytest.mark.parametrize("workers", [0, 2])
def test_an_epoch_within_an_epoch_disturbs_neither(workers: int) -> None:
    loader = make_loader(Memory(12), 2, shuffle=True, num_workers=workers, way="sample")
    alone, within = labels(loader), labels(loader, 1)
    seen = []
    for batch in loader.epoch(0):
        seen.append(batch["labels"].tolist())
        if len(seen) == 2:  # as a hook that looks at training pictures between two steps
            assert next(loader.epoch(1))["labels"].tolist() == within[0]
    assert seen == alone == labels(loader)


def test_both_ways_give_the_same_order() -> None:
    by_batch, by_sample = (make_loader(Memory(30), 7, shuffle=True, seed=5, way=way) for way in ("batch", "sample"))
    assert labels(by_batch, 2) == labels(by_sample, 2)


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_starting_in_the_middle_equals_skipping(way: str) -> None:
    loaders = [make_loader(Memory(30, AUGMENT), 7, shuffle=True, way=way) for _ in range(2)]
    for start in range(6):
        assert same(loaders[0], loaders[1], epoch=3, start=start)


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_augmentation_differs_between_epochs_and_batches(way: str) -> None:
    loader = make_loader(Memory(8, AUGMENT), 4, way=way)
    (first, second), (other, _) = list(loader.epoch(0)), list(loader.epoch(1))
    assert not first["images"].equal(other["images"])
    assert not first["images"].equal(second["images"])


def test_any_number_of_workers_gives_the_same_batches() -> None:
    alone, helped = (make_loader(Memory(20, AUGMENT), 6, shuffle=True, way="sample", num_workers=n) for n in (0, 2))
    state = torch.get_rng_state()
    assert same(alone, helped, epoch=0)
    assert same(alone, helped, epoch=1)  # the workers stayed and follow the new order
    next(helped.epoch(2))  # an epoch that is left early
    assert same(alone, helped, epoch=3, start=1)
    assert torch.get_rng_state().equal(state)  # the training's own random numbers are not touched


def test_samples_can_go_to_workers_by_pickle() -> None:
    """Where processes are spawned and not forked (macOS, Windows), the data set is pickled."""
    steps = [*AUGMENT[:2], TorchvisionTransform("RandomAffine", {"degrees": 9})]
    samples = SafeSamples(Memory(3, steps), seed=1)
    twin = pickle.loads(pickle.dumps(samples))
    assert twin[0, 1, 2]["img"].equal(samples[0, 1, 2]["img"])  # type: ignore[index]


# --- the choice -------------------------------------------------------------------------------------------------------


def test_way_says_what_was_chosen_and_why(folder: list[Path]) -> None:
    assert make_loader(Memory(10), 4).way == "by the batch: all are kept in memory as 3x8x8 (0.0 MiB on cpu)"
    assert make_loader(Memory(10), 4, way="sample").way == "by the sample: as asked"
    wrapped = Memory(4, [RandomFlip(), TorchvisionTransform("RandomInvert"), PackInputs()])
    assert make_loader(wrapped, 4).way == "by the sample: torchvision/RandomInvert works picture by picture"
    way = make_loader(Memory(10), 4, max_cached_bytes=1000).way
    assert way.startswith("by the sample: 10 pictures of 3x8x8 need 0.0 GiB, more than the 0.0 GiB of max_cached_bytes")
    Image.new("RGB", (13, 10)).save(folder[1])
    assert make_loader(Files(folder[:3]), 2).way == ("by the sample: the pictures differ in shape (3x10x12, 3x10x13)")
    resized = Files(folder[:3], [LoadImageFromFile(), Resize(8), PackInputs()])
    assert make_loader(resized, 2).way.startswith("by the batch: all are kept in memory as 3x8x8")


def test_way_batch_where_it_is_not_possible() -> None:
    wrapped = Memory(4, [TorchvisionTransform("RandomInvert")])
    with pytest.raises(ConfigError, match=r"way='batch' is not possible: torchvision/RandomInvert works picture by"):
        make_loader(wrapped, 2, way="batch")


def test_files_are_read_once_by_the_batch(folder: list[Path]) -> None:
    loader = make_loader(Files(folder[:3]), 3)
    for path in folder[:3]:
        path.unlink()
    assert next(iter(loader))["images"][:, 0, 0, 0].tolist() == [0, 1, 2]


def test_both_ways_crop_and_flip_alike() -> None:
    """The same distribution: the mean of a pixel over many epochs, within four standard errors."""
    means = []
    for way in ("batch", "sample"):
        loader = make_loader(Memory(4, AUGMENT), 4, way=way)
        draws = torch.stack([batch["images"].float() for epoch in range(300) for batch in loader.epoch(epoch)])
        means.append((draws.mean(0), draws.var(0) / 300))
    gap = (means[0][0] - means[1][0]).abs() / (means[0][1] + means[1][1] + 1e-6).sqrt()
    assert gap.max() < 5 and gap.mean() < 1.2  # 768 pixels: the largest of so many normal gaps is about 3.2


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("way", "workers"), [("batch", 0), ("batch", 2), ("sample", 0), ("sample", 2)])
def test_a_broken_picture_stops_with_its_path(folder: list[Path], way: str, workers: int) -> None:
    with pytest.raises(PictureError, match=rf"^{folder[3]} is damaged or truncated: [^\n]*\.$"):
        list(make_loader(Files(folder), 4, way=way, num_workers=workers))


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_workers_end_with_the_error(folder: list[Path], way: str) -> None:
    """Without the help of the garbage collector, which would take ten seconds for it."""
    gc.disable()
    try:
        with suppress(PictureError):
            list(make_loader(Files(folder), 4, way=way, num_workers=2))
        assert multiprocessing.active_children() == []
    finally:
        gc.enable()


@pytest.mark.parametrize(("way", "workers"), [("batch", 0), ("batch", 2), ("sample", 0), ("sample", 2)])
def test_a_broken_picture_is_named_once_and_skipped(
    folder: list[Path], way: str, workers: int, capsys: pytest.CaptureFixture[str]
) -> None:
    loader = make_loader(Files(folder), 5, way=way, num_workers=workers, on_error="skip")
    for epoch in range(2):
        assert flat(labels(loader, epoch)) == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert len(loader) == 2
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 1 and printed[0].startswith(f"skipped: {folder[3]} is damaged")


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_nothing_but_broken_pictures(folder: list[Path], way: str) -> None:
    with pytest.raises(DataError, match=r"not one of the 1 pictures (of a batch )?can be read"):
        list(make_loader(Files(folder[3:4]), 2, way=way, on_error="skip"))


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_skipping_does_not_hide_other_mistakes(way: str) -> None:
    too_small = Memory(4, [RandomCrop(50)])
    with pytest.raises(DataError, match="smaller than the crop of 50x50"):
        list(make_loader(too_small, 2, way=way, on_error="skip"))


@pytest.mark.parametrize("workers", [0, 2])
def test_pictures_of_different_shapes(folder: list[Path], workers: int) -> None:
    Image.new("RGB", (13, 10)).save(folder[1])
    with pytest.raises(DataError, match=r"^pictures of different shapes, \(3, 10, 12\) and \(3, 10, 13\), "):
        list(make_loader(Files(folder[:3]), 2, num_workers=workers))


def test_a_pipeline_that_loads_nothing(folder: list[Path]) -> None:
    for way in ("batch", "sample"):
        with pytest.raises(ConfigError, match="the pipeline loads no picture: begin it with LoadImageFromFile"):
            list(make_loader(Files(folder, []), 2, way=way))


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigError, match="batch_size is 0, but must be a whole number of at least 1"):
        make_loader(Memory(3), 0)
    with pytest.raises(ConfigError, match="num_workers is -1, but must be a whole number of at least 0"):
        make_loader(Memory(3), 1, num_workers=-1)
    with pytest.raises(ConfigError, match=r"way is 'bach', .* Did you mean 'batch'\?"):
        make_loader(Memory(3), 1, way="bach")
    with pytest.raises(DataError, match=r"^the data set has no picture"):
        make_loader(Memory(0), 1)
    with pytest.raises(
        DataError, match=r"^3 pictures make no batch of 4, .* Take a smaller batch_size, or drop_last=False"
    ):
        make_loader(Memory(3), 4, drop_last=True)


@pytest.mark.parametrize(("way", "workers"), [("batch", 0), ("sample", 0), ("sample", 2)])
def test_another_pipeline_gives_what_a_loader_made_with_it_gives(way: str, workers: int) -> None:
    other = [Resize(12), RandomCrop(10), PackInputs()]
    loader = make_loader(Memory(7, AUGMENT), 3, shuffle=True, way=way, num_workers=workers)
    fresh = make_loader(Memory(7, other), 3, shuffle=True, way=way, num_workers=workers)
    before = list(loader.epoch(0))
    first = loader.dataset
    loader.use_pipeline(other)
    for ours, theirs in zip(loader.epoch(1), fresh.epoch(1), strict=True):
        assert torch.equal(ours["images"], theirs["images"]) and torch.equal(ours["labels"], theirs["labels"])
    loader.use_pipeline(AUGMENT)
    assert all(torch.equal(a["images"], b["images"]) for a, b in zip(before, loader.epoch(0), strict=True))
    assert first.pipeline is AUGMENT  # a data set that others share keeps its own


def test_another_pipeline_may_need_the_other_way() -> None:
    loader = make_loader(Memory(6, [PackInputs()]), 2)
    assert loader.way.startswith("by the batch")
    loader.use_pipeline([TorchvisionTransform("RandomAffine", {"degrees": 10}), PackInputs()])
    assert loader.way == "by the sample: torchvision/RandomAffine works picture by picture"
    assert len(list(loader.epoch(0))) == len(loader) == 3


def test_another_pipeline_must_not_change_the_length_of_an_epoch(folder: list[Path]) -> None:
    folder[1].write_bytes(b"no picture")
    loader = make_loader(Files(folder), 2, on_error="skip")
    affine = [LoadImageFromFile(), TorchvisionTransform("RandomAffine", {"degrees": 10}), PackInputs()]
    with pytest.raises(
        DataError, match=r"would change the length of an epoch\. Remove the pictures that cannot be read"
    ):
        loader.use_pipeline(affine)
