"""Several views of a picture: every choice of steps, the same by the batch and by the sample."""

import numpy as np
import pytest
import torch

from course_lib.config.errors import ConfigError
from course_lib.data import Dataset, make_loader
from course_lib.data.transforms import CenterCrop, PackInputs, RandomFlip, Resize, TorchvisionTransform, views

FLIPS = [RandomFlip(prob=0.0), RandomFlip(prob=1.0)]


def pictures(count: int = 5) -> torch.Tensor:
    return torch.randint(0, 256, (count, 3, 6, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_every_choice_of_one_step_from_each_list() -> None:
    image = pictures(1)[0]
    turned = RandomFlip(prob=1.0, direction="vertical")
    tta = views.TestTimeAug([FLIPS, [RandomFlip(prob=0.0), turned], [PackInputs()]])
    sample = tta({"img": image, "gt_label": 3}, np.random.default_rng(0))
    assert sample["label"] == 3
    assert sample["image"].equal(torch.stack([image, image.flip(-2), image.flip(-1), image.flip(-1).flip(-2)]))


@pytest.mark.parametrize("way", ["batch", "sample"])
def test_views_lie_side_by_side_on_both_ways(way: str) -> None:
    images = pictures()
    for steps in ([views.TestTimeAug([FLIPS, [PackInputs()]])], [views.TestTimeAug([FLIPS]), PackInputs()]):
        batch = next(iter(make_loader(Dataset(images, range(5), "abcde", steps), 5, way=way)))
        assert batch["images"].equal(torch.stack((images, images.flip(-1)), dim=1))  # (N, V, C, H, W)
        assert batch["labels"].tolist() == [0, 1, 2, 3, 4]


def test_a_step_that_works_picture_by_picture() -> None:
    invert = TorchvisionTransform("RandomInvert", {"p": 1.0})
    dataset = Dataset(pictures(), range(5), "abcde", [views.TestTimeAug([[*FLIPS, invert], [PackInputs()]])])
    loader = make_loader(dataset, 5)
    assert loader.way == "by the sample: TestTimeAug works picture by picture"
    assert next(iter(loader))["images"][:, 2].equal(255 - pictures())


def test_views_of_several_sizes_need_one_crop() -> None:
    sample = {"img": pictures(1)[0]}
    sizes = [Resize((8, 8)), Resize((10, 10))]
    tta = views.TestTimeAug([sizes, [CenterCrop(8)]])
    assert tta(sample, np.random.default_rng(0))["img"].shape == (2, 3, 8, 8)
    with pytest.raises(ConfigError, match=r"differ in shape, \(3, 8, 8\) and \(3, 10, 10\); end each with the same"):
        views.TestTimeAug([sizes])(sample, np.random.default_rng(0))


@pytest.mark.parametrize("lists", [[], [[]], FLIPS])
def test_what_is_no_list_of_lists(lists: list) -> None:
    with pytest.raises(ConfigError, match=r"^transforms must be lists of steps to choose from, none of them empty"):
        views.TestTimeAug(lists)
