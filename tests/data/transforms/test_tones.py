"""Values of pixels against torchvision's functions, each picture with a strength of its own."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional

from course_lib.config.errors import ConfigError
from course_lib.data.transforms.ops import Op
from course_lib.data.transforms.tones import (
    AutoContrast,
    Brightness,
    ColorTransform,
    Contrast,
    Equalize,
    Invert,
    Posterize,
    Sharpness,
    Solarize,
    SolarizeAdd,
)

MAGNITUDES = (-0.9, -0.3, 0.0, 0.5, 0.9)


def noise(count: int, channels: int = 3) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return (torch.randn(count, channels, 18, 20, generator=generator) * 40 + 110).clamp(0, 255).byte()


def distort(op: Op, images: Tensor, magnitudes: tuple[float, ...]) -> Tensor:
    return op.distort(images, torch.tensor(magnitudes), torch.Generator())


FACTORS: list[tuple[Op, Callable[[Tensor, float], Tensor]]] = [
    (Contrast(magnitude=0), functional.adjust_contrast),
    (ColorTransform(magnitude=0), functional.adjust_saturation),
    (Brightness(magnitude=0), functional.adjust_brightness),
    (Sharpness(magnitude=0), functional.adjust_sharpness),
]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("op", "theirs"), FACTORS, ids=lambda value: type(value).__name__)
def test_factors_equal_torchvisions(op: Op, theirs: Callable[[Tensor, float], Tensor], channels: int) -> None:
    images = noise(5, channels)
    for image, magnitude, ours in zip(images, MAGNITUDES, distort(op, images, MAGNITUDES), strict=True):
        assert (ours.int() - theirs(image, 1 + magnitude).int()).abs().max() <= 1


@pytest.mark.parametrize(
    ("op", "theirs"),
    [
        (AutoContrast(), functional.autocontrast),
        (Equalize(), functional.equalize),
        (Invert(), functional.invert),
    ],
    ids=["AutoContrast", "Equalize", "Invert"],
)
def test_each_picture_for_itself(op: Op, theirs: Callable[[Tensor], Tensor]) -> None:
    images = noise(4)
    images[1] //= 3
    for image, ours in zip(images, distort(op, images, (0.0,) * 4), strict=True):
        assert ours.equal(theirs(image))


def test_solarize_and_posterize_equal_torchvisions() -> None:
    images = noise(4)
    for image, thr, ours in zip(
        images, (0, 100, 128, 255), distort(Solarize(thr=0), images, (0, 100, 128, 255)), strict=True
    ):
        assert ours.equal(functional.solarize(image, thr))
    for image, bits, ours in zip(images, (0, 1, 4, 8), distort(Posterize(bits=0), images, (0, 1, 4, 8)), strict=True):
        assert ours.equal(functional.posterize(image, bits))


def test_by_hand() -> None:
    image = torch.tensor([0, 100, 127, 128, 255], dtype=torch.uint8).reshape(1, 1, 1, 5)
    assert distort(SolarizeAdd(magnitude=0), image, (110.0,)).flatten().tolist() == [110, 210, 237, 128, 255]
    assert distort(SolarizeAdd(magnitude=0, thr=120), image, (200.0,)).flatten().tolist() == [200, 255, 127, 128, 255]
    assert distort(Solarize(thr=0), image, (256.0,)).equal(image)
    assert distort(Posterize(bits=1), image, (0.4,)).flatten().tolist() == [0, 0, 0, 128, 128]
    tiny = noise(1)[:, :, :2, :2]
    assert (distort(Sharpness(magnitude=0), tiny, (0.9,)).int() - tiny.int()).abs().max() <= 1


def test_posterize_keeps_at_most_eight_bits() -> None:
    with pytest.raises(ConfigError, match=r"Posterize keeps 9 bits, but a value has 0 to 8"):
        Posterize(bits=9)
    with pytest.raises(ConfigError, match=r"Posterize keeps 4 … -1 bits"):
        Posterize(magnitude_range=(4, -1))
