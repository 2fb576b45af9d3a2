"""Backbones, necks, heads and losses, and the classifier that is made of them."""

from .backbones import MLP, LeNet5, ResNet, ResNet_CIFAR, SmallCNN
from .classifier import ImageClassifier
from .heads import ClsHead, LinearClsHead
from .layers import DropPath, activation_layer, norm_layer
from .losses import CrossEntropyLoss, LabelSmoothLoss
from .necks import GlobalAveragePooling
from .weights import initialize, load_pretrained

__all__ = [
    "MLP",
    "ClsHead",
    "CrossEntropyLoss",
    "DropPath",
    "GlobalAveragePooling",
    "ImageClassifier",
    "LabelSmoothLoss",
    "LeNet5",
    "LinearClsHead",
    "ResNet",
    "ResNet_CIFAR",
    "SmallCNN",
    "activation_layer",
    "initialize",
    "load_pretrained",
    "norm_layer",
]
