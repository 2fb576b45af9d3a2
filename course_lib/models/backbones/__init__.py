"""Backbones: images (N, C, H, W) → a tuple of feature maps (N, C', H', W'), or of features (N, D)."""

from .lenet import LeNet5
from .mlp import MLP
from .resnet import ResNet, ResNet_CIFAR
from .small_cnn import SmallCNN

__all__ = ["MLP", "LeNet5", "ResNet", "ResNet_CIFAR", "SmallCNN"]
