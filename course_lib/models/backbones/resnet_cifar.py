"""ResNets for small pictures (32×32), which the stem of ``resnet.py`` would shrink to almost nothing.

"Deep Residual Learning for Image Recognition", arXiv 1512.03385, section 4.2 and table 6: depths 20 … 110, three stages
of 16, 32 and 64 channels. Depths 18 … 152 are the networks for ImageNet behind the small stem, as in MMPretrain: forty
times the weights of depth 20.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from torch import nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from .resnet import DEPTHS, Depths, ResNet
from .resnet_blocks import BasicBlock, conv

# n blocks of two convolutions in each of three stages, the stem and the head: 6n + 2 layers
SMALL: Depths = {6 * n + 2: (BasicBlock, (n, n, n)) for n in (3, 5, 7, 9, 18)}


@register("backbone")
class ResNet_CIFAR(ResNet):
    """ResNet for small pictures (32×32): its 3×3 stem, without stride or pooling, leaves the stages pixels to see.

    Takes the arguments of ``ResNet``, and besides its depths 20, 32, 44, 56 and 110: three stages, 16 channels, and
    shortcuts that pad with zeros (``PaddedShortcut``), which have no weights.
    """

    depths: ClassVar[Depths] = {**DEPTHS, **SMALL}

    @staticmethod
    def stem(
        in_channels: int, stem_channels: int, norm_cfg: Mapping[str, Any], deep: bool
    ) -> tuple[nn.Module, nn.Module]:
        """(N, C, H, W) → (N, stem_channels, H, W)"""
        if deep:
            message = "ResNet_CIFAR has a stem of its own, one 3×3 convolution."
            raise ConfigError(Mistake("model.backbone.deep_stem", message, hint="Leave deep_stem out."))
        return conv(in_channels, stem_channels, 3), nn.Identity()
