"""ResNet-18 … 152: blocks that learn what to *add* to their input, so that a hundred layers still train.

"Deep Residual Learning for Image Recognition", arXiv 1512.03385. Departures: the stride of a bottleneck sits on its
3×3 convolution (``style='pytorch'``, as in torchvision; ``'caffe'`` is the paper's), and the last normalisation of each
block begins at zero, so that a fresh block is the identity ("Training ImageNet in 1 Hour", arXiv 1706.02677).
The layers' names are torchvision's, so its weights load as they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import DropPath, check_choice, norm_layer
from ..weights import InitCfg, initialize

BN = {"type": "BN", "requires_grad": True}
Style = Literal["pytorch", "caffe"]


def conv(in_channels: int, out_channels: int, kernel: int, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
    """A convolution that keeps the size at stride 1; without bias, which the normalisation after it has."""
    padding = dilation * (kernel // 2)
    return nn.Conv2d(in_channels, out_channels, kernel, stride, padding, dilation, bias=False)


def shortcut(in_channels: int, out_channels: int, stride: int, norm_cfg: Mapping[str, Any]) -> nn.Module:
    """The way around a block: the input itself, or a 1×1 convolution where the shape changes."""
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    return nn.Sequential(conv(in_channels, out_channels, 1, stride), norm_layer(norm_cfg, out_channels))


class BasicBlock(nn.Module):
    """relu(x + two 3×3 convolutions of x): (N, C, H, W) → (N, channels, H/stride, W/stride).

    Args:
        style: For ``Bottleneck`` only; here both are the same.
        drop_path_rate: The probability that training skips the convolutions for a picture.
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
    ) -> None:
        super().__init__()
        self.conv1 = conv(in_channels, channels, 3, stride, dilation)
        self.bn1 = norm_layer(norm_cfg, channels)
        self.conv2 = conv(channels, channels, 3)
        self.bn2 = norm_layer(norm_cfg, channels)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = shortcut(in_channels, channels, stride, norm_cfg)
        self.drop_path = DropPath(drop_path_rate)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu(self.downsample(x) + self.drop_path(out))


class Bottleneck(nn.Module):
    """relu(x + 1×1, 3×3, 1×1 convolutions of x): (N, C, H, W) → (N, 4·channels, H/stride, W/stride).

    Args:
        style: ``'pytorch'``: the stride is the 3×3 convolution's; ``'caffe'``: the first 1×1's.
        drop_path_rate: The probability that training skips the convolutions for a picture.
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
    ) -> None:
        super().__init__()
        stride1, stride2 = (1, stride) if style == "pytorch" else (stride, 1)
        self.conv1 = conv(in_channels, channels, 1, stride1)
        self.bn1 = norm_layer(norm_cfg, channels)
        self.conv2 = conv(channels, channels, 3, stride2, dilation)
        self.bn2 = norm_layer(norm_cfg, channels)
        self.conv3 = conv(channels, 4 * channels, 1)
        self.bn3 = norm_layer(norm_cfg, 4 * channels)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = shortcut(in_channels, 4 * channels, stride, norm_cfg)
        self.drop_path = DropPath(drop_path_rate)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu(self.downsample(x) + self.drop_path(out))


DEPTHS: dict[int, tuple[type[BasicBlock] | type[Bottleneck], tuple[int, ...]]] = {
    18: (BasicBlock, (2, 2, 2, 2)),
    34: (BasicBlock, (3, 4, 6, 3)),
    50: (Bottleneck, (3, 4, 6, 3)),
    101: (Bottleneck, (3, 4, 23, 3)),
    152: (Bottleneck, (3, 8, 36, 3)),
}


@register("backbone")
class ResNet(nn.Module):
    """ResNet-18 … 152: a stem that quarters the picture, then stages, each at half the size and twice the channels.

    Args:
        depth: 18, 34 (basic blocks), 50, 101 or 152 (bottlenecks).
        in_channels, stem_channels, base_channels: C of the pictures, after the stem, and of the first stage's blocks.
        num_stages, strides, dilations: How many stages, and for each its first block's stride and its dilation.
        out_indices: Which stages' maps to give, counted from 0.
        style: Where a bottleneck has its stride, ``'pytorch'`` or ``'caffe'``.
        frozen_stages: Parts that do not train: −1 none, 0 the stem, i the stem and i stages.
        norm_cfg: The normalisation.
        norm_eval: Whether every BatchNorm keeps its running mean and variance as they are, also in training.
        with_cp: Keep fewer activations and compute them again for the gradient: less memory, a third more time.
        zero_init_residual: Whether each block begins as the identity.
        drop_path_rate: Stochastic depth of the last block; it rises linearly from 0 at the first.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.

    Raises:
        ConfigError: a depth, style or stage that there is not.
    """

    def __init__(
        self,
        depth: int,
        in_channels: int = 3,
        stem_channels: int = 64,
        base_channels: int = 64,
        num_stages: int = 4,
        strides: Sequence[int] = (1, 2, 2, 2),
        dilations: Sequence[int] = (1, 1, 1, 1),
        out_indices: Sequence[int] = (3,),
        style: Style = "pytorch",
        frozen_stages: int = -1,
        norm_cfg: Mapping[str, Any] = BN,
        norm_eval: bool = False,
        with_cp: bool = False,
        zero_init_residual: bool = True,
        drop_path_rate: float = 0.0,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__()
        check_choice("model.backbone.depth", depth, DEPTHS)
        check_choice("model.backbone.style", style, get_args(Style))
        check_stages(num_stages, strides, dilations, out_indices, frozen_stages)
        block, counts = DEPTHS[depth][0], DEPTHS[depth][1][:num_stages]
        self.in_channels = in_channels
        self.out_channels = base_channels * 2 ** max(out_indices) * block.expansion
        self.out_indices, self.frozen_stages = tuple(out_indices), frozen_stages
        self.norm_eval, self.with_cp = norm_eval, with_cp

        self.conv1, self.maxpool = self.stem(in_channels, stem_channels)
        self.bn1 = norm_layer(norm_cfg, stem_channels)
        self.relu = nn.ReLU(inplace=True)
        drop_rates = iter(torch.linspace(0, drop_path_rate, sum(counts), device="cpu").tolist())
        width = stem_channels
        self.stages: list[str] = [f"layer{i + 1}" for i in range(num_stages)]
        for i, name in enumerate(self.stages):
            blocks = nn.Sequential()
            for j in range(counts[i]):
                stride = strides[i] if j == 0 else 1
                channels = base_channels * 2**i
                blocks.append(block(width, channels, stride, dilations[i], style, norm_cfg, next(drop_rates)))
                width = channels * block.expansion
            self.add_module(name, blocks)

        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif zero_init_residual and isinstance(module, (BasicBlock, Bottleneck)):
                last = module.bn2 if isinstance(module, BasicBlock) else module.bn3
                nn.init.zeros_(last.get_parameter("weight"))
        initialize(self, init_cfg)
        for part in self.frozen():
            part.requires_grad_(False)
        self.train()

    @staticmethod
    def stem(in_channels: int, stem_channels: int) -> tuple[nn.Module, nn.Module]:
        """The first convolution and the pooling: (N, C, H, W) → (N, stem_channels, H/4, W/4)."""
        return conv(in_channels, stem_channels, 7, stride=2), nn.MaxPool2d(3, stride=2, padding=1)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """(N, C, H, W) → a map (N, C_i, H_i, W_i) for each of ``out_indices``."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(images))))
        maps = []
        for i, name in enumerate(self.stages):
            for block in self.get_submodule(name).children():
                recompute = self.with_cp and torch.is_grad_enabled()
                x = checkpoint(block, x, use_reentrant=False) if recompute else block(x)
            if i in self.out_indices:
                maps.append(x)
        return tuple(maps)

    def frozen(self) -> Iterator[nn.Module]:
        """The parts that do not train."""
        if self.frozen_stages >= 0:
            yield from (self.conv1, self.bn1)
        for name in self.stages[: max(0, self.frozen_stages)]:
            yield self.get_submodule(name)

    def train(self, mode: bool = True) -> "ResNet":
        """As in torch, but what is frozen stays as in evaluation: a frozen BatchNorm must not follow new pictures."""
        super().train(mode)
        for part in self.frozen():
            part.eval()
        if self.norm_eval:
            for module in self.modules():
                if isinstance(module, _BatchNorm):
                    module.eval()
        return self


@register("backbone")
class ResNet_CIFAR(ResNet):
    """ResNet for small pictures (32×32): its 3×3 stem, without stride or pooling, leaves the stages pixels to see."""

    @staticmethod
    def stem(in_channels: int, stem_channels: int) -> tuple[nn.Module, nn.Module]:
        """(N, C, H, W) → (N, stem_channels, H, W)"""
        return conv(in_channels, stem_channels, 3), nn.Identity()


def check_stages(
    num_stages: int, strides: Sequence[int], dilations: Sequence[int], out_indices: Sequence[int], frozen_stages: int
) -> None:
    """All that does not go together, at once (ConfigError)."""
    wrong = []
    if not 1 <= num_stages <= 4:
        wrong.append(("num_stages", f"{num_stages!r} is not in 1 … 4."))
    for name, values in (("strides", strides), ("dilations", dilations)):
        if len(values) < num_stages:
            wrong.append((name, f"{len(values)} values for {num_stages} stages."))
    if not out_indices or not all(0 <= index < num_stages for index in out_indices):
        wrong.append(("out_indices", f"{tuple(out_indices)} must name stages in 0 … {num_stages - 1}."))
    if not -1 <= frozen_stages <= num_stages:
        wrong.append(("frozen_stages", f"{frozen_stages!r} is not in -1 … {num_stages}."))
    if wrong:
        raise ConfigError([Mistake(f"model.backbone.{name}", message) for name, message in wrong])
