"""ResNet at the size of a lesson, and its plain twin: one switch apart, with the same weights.

"Deep Residual Learning for Image Recognition", arXiv 1512.03385, section 4.2: 6n + 2 layers for small pictures, with
shortcuts that have no weights, so that the plain network has exactly the same parameters. Narrower than the paper's,
and of any n; the paper's own are ``ResNet_CIFAR``.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import norm_layer
from .resnet_blocks import BN, BasicBlock, conv


class NoShortcut(nn.Module):
    """In the place of a shortcut: nothing goes around the block."""

    def forward(self, x: Tensor) -> Tensor:
        """Any shape → 0, of no dimension, which adds nothing."""
        return x.new_zeros(())


@register("backbone")
class SmallResNet(nn.Module):
    """A convolution, then three stages of n basic blocks, each stage at half the size and twice the channels.

    Args:
        depth: 6n + 2, all layers with weights on the way from picture to scores: 8, 14, 20, …
        in_channels: C of the pictures.
        base_channels: The channels of the first stage.
        shortcuts: False leaves out all the shortcuts: the paper's plain network.
        norm_cfg: The normalisation.
        zero_init_residual: Whether each block begins as the identity; a plain network would begin as 0.

    Raises:
        ConfigError: a depth that is not 6n + 2.
    """

    def __init__(
        self,
        depth: int = 20,
        in_channels: int = 3,
        base_channels: int = 8,
        shortcuts: bool = True,
        norm_cfg: Mapping[str, Any] = BN,
        zero_init_residual: bool = False,
    ) -> None:
        super().__init__()
        blocks_a_stage, rest = divmod(depth - 2, 6)
        if blocks_a_stage < 1 or rest:
            nearest = 6 * max(1, round((depth - 2) / 6)) + 2
            message = f"{depth!r} is not 6n + 2, such as 8, 14, 20."
            raise ConfigError(Mistake("model.backbone.depth", message, hint=f"The nearest is {nearest}."))
        self.in_channels, self.out_channels = in_channels, 4 * base_channels
        self.stem = nn.Sequential(
            conv(in_channels, base_channels, 3), norm_layer(norm_cfg, base_channels), nn.ReLU(inplace=True)
        )
        self.blocks = nn.Sequential()
        width = base_channels
        for stage in range(3):
            for index in range(blocks_a_stage):
                stride, channels = 2 if stage and not index else 1, base_channels * 2**stage
                block = BasicBlock(width, channels, stride, norm_cfg=norm_cfg, pad_channels=True)
                if not shortcuts:
                    block.downsample = NoShortcut()
                self.blocks.append(block)
                width = channels
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif zero_init_residual and isinstance(module, BasicBlock):
                nn.init.zeros_(module.bn2.get_parameter("weight"))

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """(N, C, H, W) → ((N, 4·base_channels, H/4, W/4),), sizes rounded up."""
        return (self.blocks(self.stem(images)),)
