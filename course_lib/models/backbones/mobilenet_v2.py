"""MobileNetV2: a network for telephones, whose 3×3 convolutions see each channel alone and so cost next to nothing.

"MobileNetV2: Inverted Residuals and Linear Bottlenecks", arXiv 1801.04381. No departure. The layers' names are
torchvision's, so its weights load as they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import norm_layer
from ..weights import InitCfg, initialize
from .freezing import freeze, hold_still
from .resnet_blocks import conv, make_divisible

BN = {"type": "BN"}
# the paper's table 2: how much wider a block is inside, its output channels, blocks; and the strides
STAGES = ((1, 16, 1), (6, 24, 2), (6, 32, 3), (6, 64, 4), (6, 96, 3), (6, 160, 3), (6, 320, 1))
STRIDES = (2, 1, 2, 2, 2, 1, 2, 1)


def conv_bn_relu(
    in_channels: int, out_channels: int, kernel: int, norm_cfg: Mapping[str, Any], stride: int = 1, groups: int = 1
) -> nn.Sequential:
    """(N, C, H, W) → (N, out_channels, H/stride, W/stride), in 0 … 6, a range that also eight bits can hold."""
    layer = conv(in_channels, out_channels, kernel, stride, groups=groups)
    return nn.Sequential(layer, norm_layer(norm_cfg, out_channels), nn.ReLU6(inplace=True))


class InvertedResidual(nn.Module):
    """x + widen, filter each channel alone, narrow: (N, C, H, W) → (N, out_channels, H/stride, W/stride).

    "Inverted", as a ResNet's bottleneck is narrow inside; here the sum is where the block is narrow. No ReLU follows
    it: of few channels it would lose too much.

    Args:
        expand_ratio: How many times wider it is inside.
    """

    def __init__(
        self, in_channels: int, out_channels: int, stride: int, expand_ratio: int, norm_cfg: Mapping[str, Any] = BN
    ) -> None:
        super().__init__()
        width = in_channels * expand_ratio
        self.adds_input = stride == 1 and in_channels == out_channels
        self.conv = nn.Sequential()
        if expand_ratio != 1:
            self.conv.append(conv_bn_relu(in_channels, width, 1, norm_cfg))
        self.conv.append(conv_bn_relu(width, width, 3, norm_cfg, stride, groups=width))
        self.conv.append(conv(width, out_channels, 1))
        self.conv.append(norm_layer(norm_cfg, out_channels))

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv(x)
        return x + out if self.adds_input else out


@register("backbone")
class MobileNetV2(nn.Module):
    """MobileNetV2: a stem, seven stages of inverted residuals, and a 1×1 convolution to 1,280 channels.

    Args:
        widen_factor: All widths are this times the paper's, rounded to multiples of 8.
        out_indices: Which maps to give: 0 … 6 the stages', 7 the last convolution's.
        frozen_stages: Parts that do not train: −1 none, 0 the stem, i the stem and i stages.
        norm_cfg: The normalisation.
        norm_eval: Whether every BatchNorm keeps its running mean and variance as they are, also in training.
        with_cp: Keep fewer activations and compute them again for the gradient: less memory, a third more time.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.
        in_channels: C of the pictures.
        strides: The stem's and that of each stage's first block; the paper's make a picture 32 times smaller, which
            leaves nothing of one that is small.

    Raises:
        ConfigError: a stage that there is not, strides that are not eight, or a width of nothing.
    """

    def __init__(
        self,
        widen_factor: float = 1.0,
        out_indices: Sequence[int] = (7,),
        frozen_stages: int = -1,
        norm_cfg: Mapping[str, Any] = BN,
        norm_eval: bool = False,
        with_cp: bool = False,
        init_cfg: InitCfg = None,
        in_channels: int = 3,
        strides: Sequence[int] = STRIDES,
    ) -> None:
        super().__init__()
        check_arguments(widen_factor, out_indices, frozen_stages, strides)
        self.in_channels, self.out_indices, self.frozen_stages = in_channels, tuple(out_indices), frozen_stages
        self.norm_eval, self.with_cp = norm_eval, with_cp

        width = make_divisible(32 * widen_factor)
        self.features = nn.Sequential(conv_bn_relu(in_channels, width, 3, norm_cfg, strides[0]))
        self.ends: list[int] = []  # where in ``features`` each stage is over
        widths = []
        for (expand_ratio, channels, count), stride in zip(STAGES, strides[1:], strict=True):
            widths.append(make_divisible(channels * widen_factor))
            for i in range(count):
                step = stride if i == 0 else 1
                self.features.append(InvertedResidual(width, widths[-1], step, expand_ratio, norm_cfg))
                width = widths[-1]
            self.ends.append(len(self.features))
        widths.append(make_divisible(1280 * max(1.0, widen_factor)))  # a narrow network keeps all its features
        self.features.append(conv_bn_relu(width, widths[-1], 1, norm_cfg))
        self.ends.append(len(self.features))
        self.out_channels = widths[max(out_indices)]

        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
        initialize(self, init_cfg)
        freeze(self.frozen())
        self.train()

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """(N, C, H, W) → a map (N, C_i, H_i, W_i) for each of ``out_indices``; the paper's last is 32 times smaller."""
        x, maps = images, []
        for i, part in enumerate(self.features, start=1):
            recompute = self.with_cp and torch.is_grad_enabled()
            x = checkpoint(part, x, use_reentrant=False) if recompute else part(x)
            if i in self.ends and self.ends.index(i) in self.out_indices:
                maps.append(x)
        return tuple(maps)

    def frozen(self) -> Iterator[nn.Module]:
        """The parts that do not train."""
        if self.frozen_stages >= 0:
            yield self.features[: (1, *self.ends)[self.frozen_stages]]

    def train(self, mode: bool = True) -> "MobileNetV2":
        """As in torch, but what is frozen stays as in evaluation."""
        super().train(mode)
        hold_still(self, self.frozen(), self.norm_eval)
        return self


def check_arguments(
    widen_factor: float, out_indices: Sequence[int], frozen_stages: int, strides: Sequence[int]
) -> None:
    """All that does not go together, at once (ConfigError)."""
    wrong = []
    if widen_factor <= 0:
        wrong.append(("widen_factor", f"{widen_factor!r} is not above 0."))
    if not out_indices or not all(0 <= index <= 7 for index in out_indices):
        wrong.append(("out_indices", f"{tuple(out_indices)} must name outputs in 0 … 7."))
    if not -1 <= frozen_stages <= 7:
        wrong.append(("frozen_stages", f"{frozen_stages!r} is not in -1 … 7."))
    if len(strides) != len(STRIDES):
        wrong.append(("strides", f"{tuple(strides)} must be the stem's and the seven stages', such as {STRIDES}."))
    if wrong:
        raise ConfigError([Mistake(f"model.backbone.{name}", message) for name, message in wrong])
