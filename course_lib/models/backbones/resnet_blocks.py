"""The blocks of ResNet and its relatives: each learns what to *add* to its input.

"Deep Residual Learning for Image Recognition", arXiv 1512.03385. What a relative changes is in the same two
blocks, under arguments of its own; ``resnet_variants.py`` names the papers. The layers' names are torchvision's (timm's
where torchvision has no such layer).
"""

from collections.abc import Mapping
from typing import Any, Literal

import torch.nn.functional as F
from torch import Tensor, nn

from ..layers import DropPath, norm_layer

BN = {"type": "BN", "requires_grad": True}
Style = Literal["pytorch", "caffe"]


def conv(
    in_channels: int, out_channels: int, kernel: int, stride: int = 1, dilation: int = 1, groups: int = 1
) -> nn.Conv2d:
    """A convolution that keeps the size at stride 1; without bias, which the normalisation after it has."""
    padding = dilation * (kernel // 2)
    return nn.Conv2d(in_channels, out_channels, kernel, stride, padding, dilation, groups, bias=False)


def deep_stem_layers(in_channels: int, stem_channels: int, norm_cfg: Mapping[str, Any]) -> nn.Sequential:
    """Three 3×3 convolutions, which together see 11×11 pixels: (N, C, H, W) → (N, stem_channels, H/2, W/2)."""
    half = stem_channels // 2
    return nn.Sequential(
        conv(in_channels, half, 3, stride=2),
        norm_layer(norm_cfg, half),
        nn.ReLU(inplace=True),
        conv(half, half, 3),
        norm_layer(norm_cfg, half),
        nn.ReLU(inplace=True),
        conv(half, stem_channels, 3),
    )


def shortcut(
    in_channels: int, out_channels: int, stride: int, norm_cfg: Mapping[str, Any], avg_down: bool = False
) -> nn.Module:
    """The way around a block: the input itself, or a 1×1 convolution where the shape changes.

    Args:
        avg_down: Halve the size by a mean of 2×2 positions; a 1×1 convolution with stride 2 drops three of the four.
    """
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    norm = norm_layer(norm_cfg, out_channels)
    if not avg_down:
        return nn.Sequential(conv(in_channels, out_channels, 1, stride), norm)
    # at an odd edge the mean is over the positions that there are
    pool = nn.Identity() if stride == 1 else nn.AvgPool2d(stride, ceil_mode=True, count_include_pad=False)
    return nn.Sequential(pool, conv(in_channels, out_channels, 1), norm)


class PaddedShortcut(nn.Module):
    """The way around a block without weights: every ``stride``-th position, and zeros for the channels it lacks.

    (N, C, H, W) → (N, C + more_channels, H/stride, W/stride); option A of the ResNet paper, its section 4.2.
    """

    def __init__(self, stride: int, more_channels: int) -> None:
        super().__init__()
        self.stride, self.more_channels = stride, more_channels

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x[:, :, :: self.stride, :: self.stride], [0, 0, 0, 0, 0, self.more_channels])


class SqueezeExcite(nn.Module):
    """Weigh each channel by a number in 0 … 1 that is found from the means of all: (N, C, H, W) → (N, C, H, W).

    "Squeeze-and-Excitation Networks", arXiv 1709.01507.

    Args:
        ratio: How many times fewer channels there are between the two layers.
        divisor: Of what their number is a multiple.
    """

    def __init__(self, channels: int, ratio: int = 16, divisor: int = 8) -> None:
        super().__init__()
        narrow = make_divisible(channels / ratio, divisor)
        self.fc1 = nn.Conv2d(channels, narrow, 1)
        self.fc2 = nn.Conv2d(narrow, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        means = x.mean(dim=(2, 3), keepdim=True)  # (N, C, 1, 1)
        return x * self.fc2(self.fc1(means).relu()).sigmoid()


def make_divisible(channels: float, divisor: int = 8) -> int:
    """The nearest multiple of ``divisor``, but not more than a tenth below; the published widths were rounded so."""
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded if rounded >= 0.9 * channels else rounded + divisor


class BasicBlock(nn.Module):
    """relu(x + two 3×3 convolutions of x): (N, C, H, W) → (N, channels, H/stride, W/stride).

    Args:
        style: For ``Bottleneck`` only; here both are the same.
        drop_path_rate: The probability that training skips the convolutions for a picture.
        avg_down: See ``shortcut``.
        pad_channels: Whether the shortcut pads with zeros (``PaddedShortcut``) where the shape changes.
    """

    expansion = 1  # output channels over ``channels``

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int = 1,
        dilation: int = 1,
        style: Style = "pytorch",
        norm_cfg: Mapping[str, Any] = BN,
        drop_path_rate: float = 0.0,
        avg_down: bool = False,
        pad_channels: bool = False,
    ) -> None:
        super().__init__()
        self.conv1 = conv(in_channels, channels, 3, stride, dilation)
        self.bn1 = norm_layer(norm_cfg, channels)
        self.conv2 = conv(channels, channels, 3)
        self.bn2 = norm_layer(norm_cfg, channels)
        self.relu = nn.ReLU(inplace=True)
        pads = pad_channels and (stride, in_channels) != (1, channels)
        self.downsample = (
            PaddedShortcut(stride, channels - in_channels)
            if pads
            else shortcut(in_channels, channels, stride, norm_cfg, avg_down)
        )
        self.drop_path = DropPath(drop_path_rate)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu(self.downsample(x) + self.drop_path(out))


class Bottleneck(nn.Module):
    """relu(x + 1×1, 3×3, 1×1 convolutions of x): (N, C, H, W) → (N, expansion·channels, H/stride, W/stride).

    Args:
        style: ``'pytorch'``: the stride is the 3×3 convolution's; ``'caffe'``: the first 1×1's.
        drop_path_rate: The probability that training skips the convolutions for a picture.
        avg_down: See ``shortcut``.
        expansion: Output channels over ``channels``.
        width, groups: The channels of the 3×3 convolution (0: ``channels``), and into how many groups it parts them.
        se_ratio: That of the ``SqueezeExcite`` before the sum; 0 for none.
    """

    expansion = 4

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int = 1,
        dilation: int = 1,
        style: Style = "pytorch",
        norm_cfg: Mapping[str, Any] = BN,
        drop_path_rate: float = 0.0,
        avg_down: bool = False,
        expansion: int = 4,
        width: int = 0,
        groups: int = 1,
        se_ratio: int = 0,
    ) -> None:
        super().__init__()
        width, out_channels = width or channels, expansion * channels
        stride1, stride2 = (1, stride) if style == "pytorch" else (stride, 1)
        self.conv1 = conv(in_channels, width, 1, stride1)
        self.bn1 = norm_layer(norm_cfg, width)
        self.conv2 = conv(width, width, 3, stride2, dilation, groups)
        self.bn2 = norm_layer(norm_cfg, width)
        self.conv3 = conv(width, out_channels, 1)
        self.bn3 = norm_layer(norm_cfg, out_channels)
        self.se = SqueezeExcite(out_channels, se_ratio) if se_ratio else nn.Identity()
        self.relu = nn.ReLU(inplace=True)
        self.downsample = shortcut(in_channels, out_channels, stride, norm_cfg, avg_down)
        self.drop_path = DropPath(drop_path_rate)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.se(self.bn3(self.conv3(out)))
        return self.relu(self.downsample(x) + self.drop_path(out))
