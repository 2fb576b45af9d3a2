"""EfficientNet's crops: sizes by hand, boxes against a plain draw, picture by picture."""

import math
import random

import pytest
import torch
from scipy import stats

from course_lib.config.errors import ConfigError
from course_lib.data.transforms.efficientnet_crops import EfficientNetCenterCrop, EfficientNetRandomCrop, central_square
from course_lib.data.transforms.geometry import resize


def plain_draw(rng: random.Random, height: int, width: int) -> tuple[int, int] | None:
    """One attempt as TensorFlow's sample_distorted_bounding_box describes it: (height, width), or None."""
    aspect = rng.uniform(3 / 4, 4 / 3)
    lowest, highest = (round(math.sqrt(share * height * width / aspect)) for share in (0.08, 1.0))
    while round(highest * aspect) > width:
        highest -= 1
    highest = min(highest, height)
    high = round(rng.uniform(min(lowest, highest), highest))
    wide = round(high * aspect)
    return (high, wide) if wide <= width and 0.1 * height * width <= high * wide <= height * width else None


def test_boxes_are_distributed_as_in_a_plain_draw() -> None:
    crop = EfficientNetRandomCrop(224)
    boxes = torch.tensor(crop.windows(3000, 300, 400, torch.Generator().manual_seed(0))).double()
    rng = random.Random(0)
    plain = []
    while len(plain) < 3000:
        drawn = plain_draw(rng, 300, 400)
        plain += [drawn] if drawn else []
    assert stats.ks_2samp(boxes[:, 2].numpy(), [high for high, _ in plain]).pvalue > 0.01
    assert stats.ks_2samp(boxes[:, 3].numpy(), [wide for _, wide in plain]).pvalue > 0.01
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, :2] + boxes[:, 2:] <= torch.tensor([300, 400])).all()
    assert (boxes[:, 2] * boxes[:, 3] >= 0.1 * 300 * 400).all()


def test_what_never_fits_falls_back_to_the_central_square() -> None:
    crop = EfficientNetRandomCrop(224, min_covered=1.0)  # proportions of 3/4 … 4/3 never cover a picture of 1 : 4
    boxes = torch.tensor(crop.windows(5, 100, 400, torch.Generator().manual_seed(0)))
    assert boxes.unique(dim=0).tolist() == [[6, 156, 87, 87]]  # 87 = 100 · 224 / 256; (100 - 87) / 2, to even
    images = torch.randint(0, 256, (2, 3, 100, 400), dtype=torch.uint8)
    part = resize(images[..., 6:93, 156:243], 224, 224, "bicubic", antialias=False)
    assert crop.batch(images, torch.Generator()).equal(part)


def test_center_crop() -> None:
    assert central_square(256, 256, 224, 32) == (16, 16, 224, 224)
    assert central_square(500, 375, 300, 32) == (81, 18, 338, 338)
    image = torch.randint(0, 256, (3, 256, 320), dtype=torch.uint8)
    cropped = EfficientNetCenterCrop(224).apply(image)
    assert cropped.equal(image[:, 16:240, 48:272])
    assert EfficientNetCenterCrop(crop_size=30, crop_padding=0).apply(image).shape == (3, 30, 30)


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigError, match=r"crop_size is \(224, 224\), but must be one whole number"):
        EfficientNetCenterCrop((224, 224))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"crop_padding is -1, but must be a whole number of at least 0"):
        EfficientNetRandomCrop(224, crop_padding=-1)
    with pytest.raises(ConfigError, match=r"interpolation is 'cubic', .*Did you mean 'bicubic'\?"):
        EfficientNetCenterCrop(224, interpolation="cubic")
