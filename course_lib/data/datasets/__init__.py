"""Data sets: where samples come from. Importing this package fills the registry."""

from .base import Dataset, sample_rng
from .cifar import CIFAR10, CIFAR100
from .custom import CustomDataset
from .digits import Digits
from .imagenet import ImageNet, ImageNet21k
from .listed import ListedDataset
from .mat_listed import DTD, Flowers102, StanfordCars
from .mnist import MNIST, FashionMNIST
from .shapes import Shapes, Truth
from .text_listed import CUB, SUN397, Caltech101, FGVCAircraft, Food101, OxfordIIITPet
from .voc import VOC
from .wrappers import ClassBalancedDataset, ConcatDataset, KFoldDataset, RepeatDataset, Subset

__all__ = [
    "CIFAR10",
    "CIFAR100",
    "CUB",
    "DTD",
    "MNIST",
    "SUN397",
    "VOC",
    "Caltech101",
    "ClassBalancedDataset",
    "ConcatDataset",
    "CustomDataset",
    "Dataset",
    "Digits",
    "FGVCAircraft",
    "FashionMNIST",
    "Flowers102",
    "Food101",
    "ImageNet",
    "ImageNet21k",
    "KFoldDataset",
    "ListedDataset",
    "OxfordIIITPet",
    "RepeatDataset",
    "Shapes",
    "StanfordCars",
    "Subset",
    "Truth",
    "sample_rng",
]
