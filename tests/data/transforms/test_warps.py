"""Where the pixels go, against torchvision, Pillow and by hand."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms.v2 import InterpolationMode, functional

from course_lib.config.errors import ConfigError
from course_lib.data.transforms.ops import Op
from course_lib.data.transforms.warps import Rotate, Shear, Translate

CERTAIN = {"prob": 1.0, "random_negative_prob": 0.0}


def smooth(height: int = 40, width: int = 50) -> Tensor:
    """A colourful picture (3, H, W) without hard edges."""
    noise = torch.rand(3, 9, 11, generator=torch.Generator().manual_seed(0)) * 255
    return functional.resize(noise, [height, width], antialias=True).byte()


def apply(op: Op, image: Tensor) -> Tensor:
    return op.batch(image[None], torch.Generator().manual_seed(0))[0]


def affine(image: Tensor, mode: str, **args: object) -> Tensor:
    still = {"angle": 0.0, "translate": [0, 0], "scale": 1.0, "shear": [0.0, 0.0], "center": None}
    return functional.affine(image, **{**still, **args}, interpolation=InterpolationMode(mode), fill=[128.0] * 3)


@pytest.mark.parametrize("angle", [-135.0, -20.0, 17.0, 60.0, 90.0])
def test_rotate_equals_torchvision(angle: float) -> None:
    image = smooth()
    rotated = apply(Rotate(angle=angle, **CERTAIN), image)
    assert (rotated == affine(image, "nearest", angle=angle)).float().mean() > 0.995  # ties of the rounding
    turned = apply(Rotate(angle=angle, scale=1.3, interpolation="bilinear", **CERTAIN), image).int()
    expected = affine(image, "bilinear", angle=angle, scale=1.3).int()
    assert ((turned - expected).abs() <= 1)[:, 12:-12, 16:-16].all()


def test_rotate_is_clockwise_and_about_a_point() -> None:
    image = torch.tensor([[1, 2], [3, 4]], dtype=torch.uint8).expand(3, 2, 2)
    assert apply(Rotate(angle=90, **CERTAIN), image)[0].tolist() == [[3, 1], [4, 2]]
    about = apply(Rotate(angle=180, center=(0, 0), pad_val=9, **CERTAIN), image)[0]
    assert about.tolist() == [[1, 9], [9, 9]]
    image = smooth()
    ours = apply(Rotate(angle=30, center=(9.5, 19.5), interpolation="bilinear", **CERTAIN), image).int()
    theirs = affine(image, "bilinear", angle=30.0, center=[10.0, 20.0]).int()
    assert ((ours - theirs).abs() <= 1)[:, 14:26, 4:16].all()


def test_bicubic_equals_pillow() -> None:
    image = smooth()
    ours = apply(Rotate(angle=15, interpolation="bicubic", **CERTAIN), image).int()
    pillow = Image.fromarray(image.permute(1, 2, 0).numpy()).rotate(-15, Image.Resampling.BICUBIC)
    difference = (ours - torch.from_numpy(np.array(pillow)).permute(2, 0, 1).int()).abs()[:, 10:-10, 10:-10]
    assert difference.float().mean() < 1  # the kernels differ: a is -0.75 in torch, -0.5 in Pillow
    assert difference.max() <= 8


@pytest.mark.parametrize("direction", ["horizontal", "vertical"])
def test_shear_equals_torchvision(direction: str) -> None:
    image = smooth()
    ours = apply(Shear(magnitude=0.3, direction=direction, interpolation="bilinear", **CERTAIN), image).int()
    degrees = float(np.rad2deg(np.arctan(0.3)))
    shear = [degrees, 0.0] if direction == "horizontal" else [0.0, degrees]
    forwards = affine(image, "bilinear", shear=shear, center=[0.5, 0.5]).int()
    backwards = affine(image, "bilinear", shear=[-s for s in shear], center=[0.5, 0.5]).int()
    theirs = min(forwards, backwards, key=lambda one: (one - ours).abs().sum())  # torchvision's sign is its own
    assert ((ours - theirs).abs() <= 1)[:, 16:, 16:].all()


def test_shear_by_hand() -> None:
    image = torch.arange(1, 10, dtype=torch.uint8).reshape(3, 3).expand(3, 3, 3)
    across = apply(Shear(magnitude=1, interpolation="nearest", pad_val=0, **CERTAIN), image)[0]
    assert across.tolist() == [[1, 2, 3], [0, 4, 5], [0, 0, 7]]
    down = apply(Shear(magnitude=1, direction="vertical", interpolation="nearest", pad_val=0, **CERTAIN), image)[0]
    assert down.tolist() == [[1, 0, 0], [4, 2, 0], [7, 5, 3]]


def test_translate_by_hand_and_with_a_colour() -> None:
    image = torch.arange(8, dtype=torch.uint8).reshape(2, 4).expand(3, 2, 4)
    right = apply(Translate(magnitude=0.25, pad_val=(1, 2, 3), **CERTAIN), image)
    assert right[0].tolist() == [[3, 0, 1, 2], [3, 4, 5, 6]]
    assert right[:, 0, 0].tolist() == [3, 2, 1]  # blue, green, red are 1, 2, 3
    down = apply(Translate(magnitude=0.5, direction="vertical", **CERTAIN), image)[0]
    assert down.tolist() == [[128] * 4, [0, 1, 2, 3]]


def test_each_picture_of_a_batch_has_its_own_strength() -> None:
    images = smooth().expand(30, -1, -1, -1)
    op = Rotate(magnitude_range=(0, 30), magnitude_std="inf", prob=1.0)
    turned = op.batch(images, torch.Generator().manual_seed(0))
    assert len({picture.numpy().tobytes() for picture in turned}) > 25  # two may turn by nearly the same


def test_nothing_moves_by_nothing() -> None:
    image = smooth(33, 47)
    for interpolation in ("nearest", "bilinear", "bicubic"):
        for op in (
            Rotate(angle=0, interpolation=interpolation, prob=1),
            Shear(magnitude=0, interpolation=interpolation, prob=1),
            Translate(magnitude=0, interpolation=interpolation, prob=1),
        ):
            assert apply(op, image).equal(image)


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigError, match=r"direction is 'horizontally', .*Did you mean 'horizontal'\?"):
        Shear(magnitude=0.1, direction="horizontally")
    with pytest.raises(ConfigError, match=r"interpolation is 'bicubik', .*Did you mean 'bicubic'\?"):
        Translate(magnitude=0.1, interpolation="bicubik")
    with pytest.raises(ConfigError, match=r"scale is 0, but must be above 0"):
        Rotate(angle=3, scale=0)
