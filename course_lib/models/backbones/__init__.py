"""Backbones: images (N, C, H, W) → a tuple of feature maps (N, C', H', W'), or of features (N, D)."""

from .airbench import AirbenchNet
from .alexnet import AlexNet
from .convnext import ConvNeXt
from .deit import DistilledVisionTransformer
from .densenet import DenseNet
from .efficientnet import EfficientNet
from .lenet import LeNet5
from .mlp import MLP
from .mlp_mixer import MlpMixer
from .mobilenet_v2 import MobileNetV2
from .mobilenet_v3 import MobileNetV3
from .regnet import RegNet
from .repvgg import RepVGG
from .resnet import ResNet
from .resnet_cifar import ResNet_CIFAR
from .resnet_variants import ResNetV1c, ResNetV1d, ResNeXt, SEResNet, SEResNeXt
from .shufflenet_v1 import ShuffleNetV1
from .shufflenet_v2 import ShuffleNetV2
from .small_cnn import SmallCNN
from .small_resnet import SmallResNet
from .swin import SwinTransformer
from .timm_backbone import TIMMBackbone
from .torchvision_backbone import TorchvisionBackbone
from .vgg import VGG
from .vit import VisionTransformer

__all__ = [
    "MLP",
    "VGG",
    "AirbenchNet",
    "AlexNet",
    "ConvNeXt",
    "DenseNet",
    "DistilledVisionTransformer",
    "EfficientNet",
    "LeNet5",
    "MlpMixer",
    "MobileNetV2",
    "MobileNetV3",
    "RegNet",
    "RepVGG",
    "ResNeXt",
    "ResNet",
    "ResNetV1c",
    "ResNetV1d",
    "ResNet_CIFAR",
    "SEResNeXt",
    "SEResNet",
    "ShuffleNetV1",
    "ShuffleNetV2",
    "SmallCNN",
    "SmallResNet",
    "SwinTransformer",
    "TIMMBackbone",
    "TorchvisionBackbone",
    "VisionTransformer",
]
