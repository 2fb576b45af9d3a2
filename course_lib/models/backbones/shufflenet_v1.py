"""ShuffleNet (V1): 1×1 convolutions in groups are cheap, and a shuffle of the channels lets the groups meet.

"ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile Devices", arXiv 1707.01083. Departure: the
shuffle follows the 3×3 convolution, as in MMPretrain; in the paper it goes before it, which is the same network with
that convolution's channels in another order. The layers' names are MMPretrain's, so its files of weights load as they
are.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.registry import register

from ..layers import check_choice
from ..weights import InitCfg
from .staged import Staged, blocks_of, check_stages

# groups → channels of the three stages, chosen so that all cost the same
WIDTHS = {1: (144, 288, 576), 2: (200, 400, 800), 3: (240, 480, 960), 4: (272, 544, 1088), 8: (384, 768, 1536)}


def conv_norm(fan_in: int, fan_out: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """A convolution that keeps the size at stride 1, and its normalisation."""
    conv = nn.Conv2d(fan_in, fan_out, kernel, stride, kernel // 2, groups=groups, bias=False)
    nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
    branch = nn.Sequential()
    branch.add_module("conv", conv)
    branch.add_module("bn", nn.BatchNorm2d(fan_out))
    return branch


def shuffle(x: Tensor, groups: int) -> Tensor:
    """Deal the channels out like cards: (N, C, H, W) → (N, C, H, W), the first of each group first."""
    return x.unflatten(1, (groups, -1)).transpose(1, 2).flatten(1, 2)  # (N, G, C/G, H, W) → (N, C/G, G, H, W) → …


class ShuffleUnit(nn.Module):
    """1×1 in groups, 3×3 by channel, shuffle, 1×1 in groups, around which the input is added.

    A unit that halves the size has its input, pooled, as a part of its output instead.
    (N, in_channels, H, W) → (N, out_channels, H, W), or at half the size.
    """

    def __init__(self, in_channels: int, out_channels: int, groups: int, first_groups: int, halves: bool) -> None:
        super().__init__()
        self.groups, self.halves = groups, halves
        inner = out_channels // 4
        made = out_channels - in_channels if halves else out_channels
        self.g_conv_1x1_compress = conv_norm(in_channels, inner, 1, groups=first_groups)
        self.depthwise_conv3x3_bn = conv_norm(inner, inner, 3, stride=2 if halves else 1, groups=inner)
        self.g_conv_1x1_expand = conv_norm(inner, made, 1, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.g_conv_1x1_compress(x))
        out = self.depthwise_conv3x3_bn(out)  # by channel, so the shuffle may come before or after, if weights know it
        out = self.g_conv_1x1_expand(shuffle(out, self.groups))
        if self.halves:
            return torch.cat([F.avg_pool2d(x, 3, stride=2, padding=1), F.relu(out)], dim=1)
        return F.relu(x + out)


@register("backbone")
class ShuffleNetV1(Staged):
    """ShuffleNet: (N, C, H, W) → ((N, 960, H/32, W/32),) for 3 groups.

    Args:
        groups: 1, 2, 3, 4 or 8: the groups of the 1×1 convolutions.
        widen_factor: All channels over the paper's 1×, rounded to multiples of 8.
        out_indices: Which stages' maps to give, counted from 0.
        frozen_stages: Parts that do not train: −1 none, 0 the stem, i the stem and i stages.
        norm_eval: Whether every BatchNorm keeps its running mean and variance as they are, also in training.
        with_cp: Keep fewer activations and compute them again for the gradient.
        in_channels: C of the pictures.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.

    Raises:
        ConfigError: groups or a stage that there are not.
    """

    def __init__(
        self,
        groups: int = 3,
        widen_factor: float = 1.0,
        out_indices: Sequence[int] = (2,),
        frozen_stages: int = -1,
        norm_eval: bool = False,
        with_cp: bool = False,
        in_channels: int = 3,
        init_cfg: InitCfg = None,
    ) -> None:
        check_choice("model.backbone.groups", groups, WIDTHS)
        check_stages(3, out_indices, frozen_stages, -1, 3)
        widths = [multiple_of_8(channels * widen_factor) for channels in WIDTHS[groups]]
        width = int(24 * widen_factor)
        stem = conv_norm(in_channels, width, 3, stride=2)
        stem.add_module("activate", nn.ReLU(inplace=True))
        stages = nn.ModuleList()
        for i, depth in enumerate((4, 8, 4)):
            stage = nn.Sequential()
            for j in range(depth):
                first = 1 if i == j == 0 else groups  # the stem's 24 channels are too few to part
                stage.append(ShuffleUnit(width, widths[i], groups, first, halves=j == 0))
                width = widths[i]
            stages.append(stage)
        super().__init__(
            {"conv1": stem, "maxpool": nn.MaxPool2d(3, stride=2, padding=1), "layers": stages},
            [["conv1", "maxpool"], *(blocks_of(f"layers.{i}", stage) for i, stage in enumerate(stages))],
            outputs=[index + 1 for index in out_indices],
            frozen=frozen_stages + 1,
            in_channels=in_channels,
            out_channels=widths[max(out_indices)],
            norm_eval=norm_eval,
            with_cp=with_cp,
            init_cfg=init_cfg,
        )


def multiple_of_8(channels: float) -> int:
    """The nearest multiple of 8 that is not under 90 % of ``channels``."""
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest if nearest >= 0.9 * channels else nearest + 8
