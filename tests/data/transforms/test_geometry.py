"""Sizes and places: against torchvision, by hand, and by counting what chance does."""

import math

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats
from torch import Tensor
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional

from course_lib.config.errors import ConfigError, DataError
from course_lib.data.transforms import CenterCrop, Pad, RandomCrop, RandomFlip, RandomResizedCrop, Resize, ResizeEdge
from course_lib.data.transforms.base import Transform
from course_lib.data.transforms.erasing import Cutout, RandomErasing
from course_lib.data.transforms.warps import Translate


def noise(*shape: int) -> Tensor:
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def run(transform: Transform, image: Tensor, seed: int = 0) -> Tensor:
    return transform({"img": image, "gt_label": 3}, np.random.default_rng(seed))["img"]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def coordinates(height: int, width: int) -> Tensor:
    """A picture (2, H, W) whose channels are each pixel's row and column, so that a crop tells where it came from."""
    return torch.stack(torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")).byte()


# --- sizes ------------------------------------------------------------------------------------------------------------


def test_resize_takes_width_first() -> None:
    image = noise(3, 50, 70)
    assert run(Resize(scale=(30, 20)), image).shape == (3, 20, 30)
    assert run(Resize(scale=24), image).shape == (3, 24, 24)
    assert torch.equal(run(Resize((30, 20)), image), functional.resize(image, [20, 30], antialias=True))


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
def test_resize_interpolation(interpolation: str) -> None:
    image = noise(3, 33, 21)
    mode = v2.InterpolationMode(interpolation)
    for backend in ("pillow", "cv2"):
        expected = functional.resize(image, [16, 16], interpolation=mode, antialias=backend == "pillow")
        found = run(Resize(16, interpolation=interpolation, backend=backend), image)
        assert (found.int() - expected.int()).abs().max() <= (backend == "cv2")  # where it is installed, it rounds


def test_backends_shrink_as_their_libraries_do() -> None:
    row = [0, 30, 60, 90, 255, 150, 180, 210, 240, 14]
    image = torch.tensor(row, dtype=torch.uint8).repeat(3, 4, 1)
    rough, smooth = run(Resize((4, 1), backend="cv2"), image), run(Resize((4, 1)), image)
    assert rough[0].tolist() == [[23, 131, 173, 184]]  # what cv2.resize of OpenCV 5.0 gave
    pillows = np.asarray(Image.fromarray(image[0].numpy()).resize((4, 1), Image.Resampling.BILINEAR))
    assert np.abs(smooth[0].numpy().astype(int) - pillows).max() <= 1


@pytest.mark.parametrize("backend", ["pillow", "cv2"])
def test_a_resized_crop_shrinks_by_its_backend(backend: str) -> None:
    image, transform = noise(3, 40, 50), RandomResizedCrop(8, backend=backend)
    top, left, height, width = transform.windows(1, 40, 50, generator(5))[0]
    expected = functional.resized_crop(image, top, left, height, width, [8, 8], antialias=backend == "pillow")
    found = transform.batch(image[None], generator(5))[0]
    assert (found.int() - expected.int()).abs().max() <= (backend == "cv2")  # where OpenCV is installed, it rounds


@pytest.mark.parametrize(
    ("edge", "expected"), [("short", (32, 51)), ("long", (20, 32)), ("width", (20, 32)), ("height", (32, 51))]
)
def test_resize_edge(edge: str, expected: tuple[int, int]) -> None:
    assert run(ResizeEdge(32, edge=edge), noise(3, 50, 80)).shape[1:] == expected


def test_resize_edge_equals_torchvision() -> None:
    image = noise(3, 375, 500)
    assert torch.equal(run(ResizeEdge(scale=256), image), functional.resize(image, [256], antialias=True))


def test_resize_edge_never_gives_an_empty_picture() -> None:
    assert run(ResizeEdge(8, edge="long"), noise(3, 1, 100)).shape[1:] == (1, 8)


@pytest.mark.parametrize("size", [(20, 30), (21, 33), (60, 30), (61, 90), (50, 70)])
def test_center_crop_equals_torchvision(size: tuple[int, int]) -> None:
    image = noise(3, 50, 70)
    assert torch.equal(run(CenterCrop(crop_size=size), image), functional.center_crop(image, list(size)))


def test_pad_adds_right_and_below() -> None:
    image = noise(3, 2, 3)
    padded = run(Pad(size=(5, 4), pad_val=(1, 2, 3)), image)
    assert padded.shape == (3, 4, 5)
    assert torch.equal(padded[:, :2, :3], image)
    assert padded[:, 3, 4].tolist() == [3, 2, 1]  # blue, green, red are 1, 2, 3
    assert run(Pad(size=(5, 4), pad_val={"img": (1, 2, 3)}), image).equal(padded)
    assert run(Pad(pad_to_square=True, pad_val=7), image)[0, 2].tolist() == [7, 7, 7]
    assert run(Pad(size=3, padding_mode="edge"), image)[:, 2].equal(image[:, 1])
    assert run(Pad(size=(1, 1)), image).equal(image)


@pytest.mark.parametrize("transform", [Resize(5), ResizeEdge(5), CenterCrop(5), Pad(9)])
def test_deterministic_ones_do_the_same_to_a_batch(transform: Resize | ResizeEdge | CenterCrop | Pad) -> None:
    images = noise(4, 3, 8, 7)
    expected = torch.stack([run(transform, image) for image in images])
    assert transform.batch(images, generator()).equal(expected)


# --- random crop ------------------------------------------------------------------------------------------------------


def test_crops_lie_within_the_picture_and_are_windows() -> None:
    images = coordinates(11, 13).expand(400, -1, -1, -1)
    crops = RandomCrop(crop_size=(4, 6)).batch(images, generator())
    assert crops.shape == (400, 2, 4, 6)
    tops, lefts = crops[:, 0, 0, 0].long(), crops[:, 1, 0, 0].long()
    assert (tops.min(), tops.max(), lefts.min(), lefts.max()) == (0, 7, 0, 7)
    for crop, top, left in zip(crops, tops, lefts, strict=True):
        assert crop.equal(images[0, :, top : top + 4, left : left + 6])


def test_every_offset_is_equally_likely_in_both_ways() -> None:
    """Chi-squared over the 25 windows of a 5 x 5 choice, and between the two ways."""
    transform = RandomCrop(crop_size=4, padding=2)
    image = coordinates(4, 4) + 1  # the border is 0
    batch = transform.batch(image.expand(5000, -1, -1, -1), generator(1))
    single = torch.stack([run(transform, image, seed) for seed in range(2500)])
    counts = [np.bincount([_window(crop) for crop in crops], minlength=25) for crops in (batch, single)]
    assert stats.chisquare(counts[0]).pvalue > 0.01
    assert stats.chisquare(counts[1]).pvalue > 0.01
    assert stats.chi2_contingency(np.stack(counts)).pvalue > 0.01


def _window(crop: Tensor) -> int:
    """Which of the 25 windows of the padded picture a crop is."""
    row, column = (crop[0].amax(1) > 0).nonzero()[0, 0], (crop[1].amax(0) > 0).nonzero()[0, 0]
    top = int(crop[0].amax(1)[row]) - 1 + 2 - int(row)
    left = int(crop[1].amax(0)[column]) - 1 + 2 - int(column)
    return top * 5 + left


def test_padding_of_a_crop() -> None:
    image = noise(3, 4, 4)
    whole = run(RandomCrop(crop_size=(8, 6), padding=(1, 2)), image)  # left and right 1, top and bottom 2
    assert whole.equal(functional.pad(image, [1, 2, 1, 2]))
    whole = run(RandomCrop((5, 6), padding=(2, 0, 0, 1), pad_val=(9, 8, 7)), image)
    assert whole.equal(functional.pad(image, [2, 0, 0, 1], fill=[7, 8, 9]))
    whole = run(RandomCrop(8, padding=2, padding_mode="reflect"), image)
    assert whole.equal(functional.pad(image, [2, 2, 2, 2], padding_mode="reflect"))


def test_every_transform_writes_a_colour_in_the_same_order() -> None:
    blue = (255, 0, 0)
    image = torch.zeros(3, 4, 4, dtype=torch.uint8)
    everything = {"erase_prob": 1.0, "min_area_ratio": 1.0, "max_area_ratio": 1.0, "aspect_range": 1.0}
    for transform in (
        Pad(size=(8, 8), pad_val=blue),
        RandomCrop(8, padding=4, pad_val=blue),
        RandomCrop(12, pad_if_needed=True, pad_val=blue),
        RandomErasing(fill_color=blue, **everything),  # type: ignore[arg-type]
        Cutout(shape=40, pad_val=blue, prob=1.0),
        Translate(magnitude=1.0, pad_val=blue, prob=1.0),
    ):
        coloured = run(transform, image).flatten(1)  # (3, pixels)
        assert coloured.amax(1).tolist() == [0, 0, 255], transform


def test_a_colour_that_the_pictures_cannot_have() -> None:
    with pytest.raises(ConfigError, match=r"pad_val is \(1, 2\), but must be one number, or three in the order blue"):
        RandomCrop(4, pad_val=(1, 2))
    with pytest.raises(ConfigError, match="pad_val has 3 values, but the pictures have 1 channels"):
        run(Pad(size=9, pad_val=(1, 2, 3)), noise(1, 4, 4))


def test_a_picture_smaller_than_the_crop() -> None:
    image = noise(3, 4, 9)
    with pytest.raises(DataError, match=r"the picture is 4x9 .* smaller than the crop of 6x6\. Set pad_if_needed=True"):
        run(RandomCrop(6), image)
    assert run(RandomCrop(6, pad_if_needed=True), image).shape == (3, 6, 6)


# --- random resized crop ----------------------------------------------------------------------------------------------


def test_windows_follow_torchvisions_distribution() -> None:
    """Kolmogorov-Smirnov on area, proportions and place, against torchvision's own draws."""
    torch.manual_seed(0)
    picture = torch.zeros(3, 60, 100)
    draws = [v2.RandomResizedCrop(10).make_params([picture]) for _ in range(1500)]
    theirs = np.array([[draw[side] for side in ("top", "left", "height", "width")] for draw in draws])
    ours = np.array(RandomResizedCrop(10).windows(1500, 60, 100, generator(3)))
    for measure in (_area, _aspect, lambda w: w[:, 0], lambda w: w[:, 1]):
        assert stats.ks_2samp(measure(ours), measure(theirs)).pvalue > 0.01


def _area(windows: np.ndarray) -> np.ndarray:
    return windows[:, 2] * windows[:, 3] / 6000


def _aspect(windows: np.ndarray) -> np.ndarray:
    return np.log(windows[:, 3] / windows[:, 2])


def test_windows_fit_and_keep_to_their_ranges() -> None:
    transform = RandomResizedCrop(8, crop_ratio_range=(0.3, 0.6), aspect_ratio_range=(0.5, 2))
    windows = torch.tensor(transform.windows(500, 300, 400, generator()))
    top, left, height, width = windows.unbind(1)
    assert bool((windows >= 0).all() and (top + height <= 300).all() and (left + width <= 400).all())
    share, aspect = height * width / 120_000, width / height
    assert share.min() > 0.29 and share.max() < 0.61
    assert aspect.min() > 0.49 and aspect.max() < 2.02


@pytest.mark.parametrize(("height", "width", "expected"), [(10, 100, (0, 43, 10, 13)), (100, 10, (43, 0, 13, 10))])
def test_the_central_part_where_nothing_fits(height: int, width: int, expected: tuple[int, ...]) -> None:
    """A whole-area crop of a 1:10 picture cannot be 3:4 … 4:3."""
    windows = torch.tensor(RandomResizedCrop(8, crop_ratio_range=(1.0, 1.0)).windows(3, height, width, generator()))
    assert windows.tolist() == [list(expected)] * 3


def test_a_resized_crop_is_the_resized_window() -> None:
    image, transform = noise(3, 40, 50), RandomResizedCrop(scale=(12, 16))
    crop = transform.batch(image[None], generator(5))[0]
    top, left, height, width = transform.windows(1, 40, 50, generator(5))[0]
    assert crop.shape == (3, 12, 16)
    assert crop.equal(functional.resized_crop(image, top, left, height, width, [12, 16], antialias=True))


# --- flip -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("direction", "dims"), [("horizontal", [2]), ("vertical", [1]), ("diagonal", [1, 2])])
def test_flip(direction: str, dims: list[int]) -> None:
    image, flip = noise(3, 5, 6), RandomFlip(prob=1.0, direction=direction)
    assert run(flip, image).equal(image.flip(dims))
    assert run(flip, run(flip, image)).equal(image)
    assert run(RandomFlip(prob=0.0, direction=direction), image).equal(image)


@pytest.mark.parametrize("prob", [0.5, 0.2])
def test_flips_are_as_frequent_as_asked_in_both_ways(prob: float) -> None:
    flip, image = RandomFlip(prob), torch.tensor([[[0, 1]]], dtype=torch.uint8)
    batch = int(flip.batch(image.expand(3000, -1, -1, -1), generator(2))[:, 0, 0, 0].sum())
    single = sum(int(run(flip, image, seed)[0, 0, 0]) for seed in range(1500))
    assert stats.binomtest(batch, 3000, prob).pvalue > 0.01
    assert stats.binomtest(single, 1500, prob).pvalue > 0.01


@pytest.mark.parametrize("transform", [RandomFlip(1.0), RandomCrop(4, padding=1), RandomResizedCrop(4)])
def test_random_ones_are_repeatable_and_leave_the_input_alone(
    transform: RandomFlip | RandomCrop | RandomResizedCrop,
) -> None:
    images = noise(6, 3, 8, 8)
    before = images.clone()
    first = transform.batch(images, generator(4))
    assert first.equal(transform.batch(images, generator(4)))
    assert run(transform, images[0], 7).equal(run(transform, images[0], 7))
    assert images.equal(before)


def test_pictures_of_a_batch_have_their_own_numbers() -> None:
    images = coordinates(30, 30).expand(64, -1, -1, -1)
    assert len({tuple(crop[:, 0, 0].tolist()) for crop in RandomCrop(4).batch(images, generator())}) > 30
    assert len(set(RandomResizedCrop(4).windows(64, 300, 300, generator()))) == 64


# --- arguments --------------------------------------------------------------------------------------------------------


def test_wrong_arguments_say_what_is_allowed() -> None:
    with pytest.raises(ConfigError, match=r"direction is 'horizontl', .*Did you mean 'horizontal'\?"):
        RandomFlip(direction="horizontl")
    with pytest.raises(ConfigError, match=r"prob is 1\.5, but must be a probability from 0 to 1"):
        RandomFlip(prob=1.5)
    with pytest.raises(ConfigError, match=r"interpolation is 'lanczos', but must be one of 'nearest', 'bilinear'"):
        Resize(8, interpolation="lanczos")
    with pytest.raises(ConfigError, match=r"scale is \(256, -1\), but must be a whole number of at least 1 or \(width"):
        Resize((256, -1))
    with pytest.raises(ConfigError, match="ResizeEdge takes one whole number; Resize takes two"):
        ResizeEdge((3, 4))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"crop_ratio_range is \(1, 0\.1\), but must be \(low, high\)"):
        RandomResizedCrop(8, crop_ratio_range=(1, 0.1))
    with pytest.raises(ConfigError, match="padding is -1, but must be one, two or four whole numbers"):
        RandomCrop(8, padding=-1)
    with pytest.raises(ConfigError, match="Pad takes either size"):
        Pad()
    with pytest.raises(ConfigError, match="RandomCrop needs a picture: put LoadImageFromFile before it"):
        RandomCrop(4)({"img_path": "a.jpg"}, np.random.default_rng(0))


def test_aspect_is_symmetric_on_a_logarithmic_scale() -> None:
    windows = torch.tensor(
        RandomResizedCrop(8, crop_ratio_range=(0.1, 0.2)).windows(2000, 500, 500, generator(9))
    ).double()
    logs = (windows[:, 3] / windows[:, 2]).log()
    assert abs(logs.mean()) < 4 * math.log(4 / 3) / math.sqrt(3 * 2000)
