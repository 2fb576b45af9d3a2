"""The ready-made policies of AutoAugment and RandAugment."""

from collections.abc import Callable, Mapping, Sequence

from .ops import Op
from .tones import (
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
from .warps import Rotate, Shear, Translate


def imagenet() -> list[list[Op]]:
    """The 25 policies that AutoAugment found on ImageNet; its levels are ninths of a range."""
    return [
        [Posterize(bits=4, prob=0.4), Rotate(angle=30, prob=0.6)],
        [Solarize(thr=256 / 9 * 4, prob=0.6), AutoContrast(prob=0.6)],
        [Equalize(prob=0.8), Equalize(prob=0.6)],
        [Posterize(bits=5, prob=0.6), Posterize(bits=5, prob=0.6)],
        [Equalize(prob=0.4), Solarize(thr=256 / 9 * 5, prob=0.2)],
        [Equalize(prob=0.4), Rotate(angle=30 / 9 * 8, prob=0.8)],
        [Solarize(thr=256 / 9 * 6, prob=0.6), Equalize(prob=0.6)],
        [Posterize(bits=6, prob=0.8), Equalize(prob=1.0)],
        [Rotate(angle=10, prob=0.2), Solarize(thr=256 / 9, prob=0.6)],
        [Equalize(prob=0.6), Posterize(bits=5, prob=0.4)],
        [Rotate(angle=30 / 9 * 8, prob=0.8), ColorTransform(magnitude=0.0, prob=0.4)],
        [Rotate(angle=30, prob=0.4), Equalize(prob=0.6)],
        [Equalize(prob=0.0), Equalize(prob=0.8)],
        [Invert(prob=0.6), Equalize(prob=1.0)],
        [ColorTransform(magnitude=0.4, prob=0.6), Contrast(magnitude=0.8, prob=1.0)],
        [Rotate(angle=30 / 9 * 8, prob=0.8), ColorTransform(magnitude=0.2, prob=1.0)],
        [ColorTransform(magnitude=0.8, prob=0.8), Solarize(thr=256 / 9 * 2, prob=0.8)],
        [Sharpness(magnitude=0.7, prob=0.4), Invert(prob=0.6)],
        [Shear(magnitude=0.3 / 9 * 5, prob=0.6), Equalize(prob=1.0)],
        [ColorTransform(magnitude=0.0, prob=0.4), Equalize(prob=0.6)],
        [Equalize(prob=0.4), Solarize(thr=256 / 9 * 5, prob=0.2)],
        [Solarize(thr=256 / 9 * 4, prob=0.6), AutoContrast(prob=0.6)],
        [Invert(prob=0.6), Equalize(prob=1.0)],
        [ColorTransform(magnitude=0.4, prob=0.6), Contrast(magnitude=0.8, prob=1.0)],
        [Equalize(prob=0.8), Equalize(prob=0.6)],
    ]


def timm_increasing() -> list[Op]:
    """timm's 15 operations, each stronger at a higher level."""
    return [
        AutoContrast(),
        Equalize(),
        Invert(),
        Rotate(magnitude_range=(0, 30)),
        Posterize(magnitude_range=(4, 0)),
        Solarize(magnitude_range=(256, 0)),
        SolarizeAdd(magnitude_range=(0, 110)),
        ColorTransform(magnitude_range=(0, 0.9)),
        Contrast(magnitude_range=(0, 0.9)),
        Brightness(magnitude_range=(0, 0.9)),
        Sharpness(magnitude_range=(0, 0.9)),
        Shear(magnitude_range=(0, 0.3), direction="horizontal"),
        Shear(magnitude_range=(0, 0.3), direction="vertical"),
        Translate(magnitude_range=(0, 0.45), direction="horizontal"),
        Translate(magnitude_range=(0, 0.45), direction="vertical"),
    ]


AUTO_POLICIES: Mapping[str, Callable[[], Sequence[Sequence[Op]]]] = {"imagenet": imagenet}
RAND_POLICIES: Mapping[str, Callable[[], Sequence[Op]]] = {"timm_increasing": timm_increasing}
