"""Data sets: where samples come from. Importing this package fills the registry."""

from .base import Dataset, sample_rng
from .cifar import CIFAR10
from .custom import CustomDataset
from .digits import Digits
from .imagenet import ImageNet
from .mnist import MNIST
from .shapes import Shapes, Truth

__all__ = ["CIFAR10", "MNIST", "CustomDataset", "Dataset", "Digits", "ImageNet", "Shapes", "Truth", "sample_rng"]
