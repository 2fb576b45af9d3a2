"""The steps of a pipeline, by what they do; importing this package fills the registry."""

from .base import Sample, Transform, can_batch, is_deterministic
from .colour import ColorJitter, RandomGrayscale
from .formatting import Normalize, PackInputs
from .geometry import CenterCrop, Pad, RandomCrop, RandomFlip, RandomResizedCrop, Resize, ResizeEdge
from .loading import LoadImageFromFile
from .mixing import CutMix, Mixup
from .wrapper import TorchvisionTransform

__all__ = [
    "CenterCrop",
    "ColorJitter",
    "CutMix",
    "LoadImageFromFile",
    "Mixup",
    "Normalize",
    "PackInputs",
    "Pad",
    "RandomCrop",
    "RandomFlip",
    "RandomGrayscale",
    "RandomResizedCrop",
    "Resize",
    "ResizeEdge",
    "Sample",
    "TorchvisionTransform",
    "Transform",
    "can_batch",
    "is_deterministic",
]
