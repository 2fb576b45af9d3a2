"""The steps of a pipeline, by what they do; importing this package fills the registry."""

from .alternating_flip import AlternatingFlip
from .auto_augment import AutoAugment, RandAugment
from .base import Sample, Transform, can_batch, is_deterministic
from .blur import GaussianBlur
from .colour import ColorJitter, RandomGrayscale
from .efficientnet_crops import EfficientNetCenterCrop, EfficientNetRandomCrop
from .erasing import Cutout, RandomErasing
from .formatting import Normalize, NumpyToPIL, PackInputs, PILToNumpy
from .geometry import CenterCrop, Pad, RandomCrop, RandomFlip, RandomResizedCrop, Resize, ResizeEdge
from .lighting import Lighting
from .loading import LoadImageFromFile
from .mixing import CutMix, Mixup, ResizeMix
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
from .views import TestTimeAug
from .warps import Rotate, Shear, Translate
from .wrapper import TorchvisionTransform

__all__ = [
    "AlternatingFlip",
    "AutoAugment",
    "AutoContrast",
    "Brightness",
    "CenterCrop",
    "ColorJitter",
    "ColorTransform",
    "Contrast",
    "CutMix",
    "Cutout",
    "EfficientNetCenterCrop",
    "EfficientNetRandomCrop",
    "Equalize",
    "GaussianBlur",
    "Invert",
    "Lighting",
    "LoadImageFromFile",
    "Mixup",
    "Normalize",
    "NumpyToPIL",
    "PILToNumpy",
    "PackInputs",
    "Pad",
    "Posterize",
    "RandAugment",
    "RandomCrop",
    "RandomErasing",
    "RandomFlip",
    "RandomGrayscale",
    "RandomResizedCrop",
    "Resize",
    "ResizeEdge",
    "ResizeMix",
    "Rotate",
    "Sample",
    "Sharpness",
    "Shear",
    "Solarize",
    "SolarizeAdd",
    "TestTimeAug",
    "TorchvisionTransform",
    "Transform",
    "Translate",
    "can_batch",
    "is_deterministic",
]
