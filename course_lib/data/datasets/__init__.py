"""Data sets: where samples come from. Importing this package fills the registry."""

from .base import Dataset, sample_rng
from .cifar import CIFAR10
from .custom import CustomDataset
from .digits import Digits
from .imagenet import ImageNet
from .mnist import MNIST
from .shapes import Shapes, Truth
from .wrappers import ClassBalancedDataset, ConcatDataset, KFoldDataset, RepeatDataset, Subset

__all__ = [
    "CIFAR10",
    "MNIST",
    "ClassBalancedDataset",
    "ConcatDataset",
    "CustomDataset",
    "Dataset",
    "Digits",
    "ImageNet",
    "KFoldDataset",
    "RepeatDataset",
    "Shapes",
    "Subset",
    "Truth",
    "sample_rng",
]
