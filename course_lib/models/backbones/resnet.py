"""ResNet-18 … 152: blocks that learn what to *add* to their input, so that a hundred layers still train.

"Deep Residual Learning for Image Recognition", arXiv 1512.03385. Departures: the stride of a bottleneck sits on its
3×3 convolution (``style='pytorch'``, as in torchvision; ``'caffe'`` is the paper's), and the last normalisation of each
block begins at zero, so that a fresh block is the identity ("Training ImageNet in 1 Hour", arXiv 1706.02677).
The layers' names are torchvision's, so its weights load as they are. The blocks are in ``resnet_blocks.py``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import check_choice, norm_layer
from ..weights import InitCfg, initialize
from .freezing import freeze, hold_still
from .resnet_blocks import BN, BasicBlock, Bottleneck, Style, conv

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
        expansion: A bottleneck's output channels over its stage's ``base_channels``; None for 4.
        groups, width_per_group: Into how many groups a bottleneck parts its 3×3 convolution, and how many channels
            each has in the first stage; None for the class's own, here one group of ``base_channels``.
        se_ratio: How many times narrower a bottleneck's ``SqueezeExcite`` is inside, 0 for none; None for the class's
            own, here 0.

    Raises:
        ConfigError: a depth, style or stage that there is not, or settings of bottlenecks for a depth without.
    """

    # what the relatives in resnet_variants.py have otherwise
    depths: tuple[int, ...] = tuple(DEPTHS)
    avg_down = False
    groups = 1
    width_per_group = 0  # 0: base_channels
    se_ratio = 0

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
        expansion: int | None = None,
        groups: int | None = None,
        width_per_group: int | None = None,
        se_ratio: int | None = None,
    ) -> None:
        super().__init__()
        check_choice("model.backbone.depth", depth, self.depths)
        check_choice("model.backbone.style", style, get_args(Style))
        check_stages(num_stages, strides, dilations, out_indices, frozen_stages)
        block, counts = DEPTHS[depth][0], DEPTHS[depth][1][:num_stages]
        groups = self.groups if groups is None else groups
        width_per_group = self.width_per_group if width_per_group is None else width_per_group
        se_ratio = self.se_ratio if se_ratio is None else se_ratio
        expansion = block.expansion if expansion is None else expansion
        check_blocks(block is BasicBlock, base_channels, expansion, groups, width_per_group, se_ratio)
        self.in_channels = in_channels
        self.out_channels = base_channels * 2 ** max(out_indices) * expansion
        self.out_indices, self.frozen_stages = tuple(out_indices), frozen_stages
        self.norm_eval, self.with_cp = norm_eval, with_cp

        self.conv1, self.maxpool = self.stem(in_channels, stem_channels, norm_cfg)
        self.bn1 = norm_layer(norm_cfg, stem_channels)
        self.relu = nn.ReLU(inplace=True)
        drop_rates = iter(torch.linspace(0, drop_path_rate, sum(counts), device="cpu").tolist())
        width = stem_channels
        self.stages: list[str] = [f"layer{i + 1}" for i in range(num_stages)]
        for i, name in enumerate(self.stages):
            blocks = nn.Sequential()
            channels = base_channels * 2**i
            for j in range(counts[i]):
                stride = strides[i] if j == 0 else 1
                place = (width, channels, stride, dilations[i], style, norm_cfg, next(drop_rates), self.avg_down)
                if block is BasicBlock:
                    blocks.append(BasicBlock(*place))
                else:
                    inner = groups * width_per_group * 2**i or channels
                    blocks.append(Bottleneck(*place, expansion, inner, groups, se_ratio))
                width = channels * expansion
            self.add_module(name, blocks)

        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif zero_init_residual and isinstance(module, (BasicBlock, Bottleneck)):
                last = module.bn2 if isinstance(module, BasicBlock) else module.bn3
                nn.init.zeros_(last.get_parameter("weight"))
        initialize(self, init_cfg)
        freeze(self.frozen())
        self.train()

    @staticmethod
    def stem(in_channels: int, stem_channels: int, norm_cfg: Mapping[str, Any]) -> tuple[nn.Module, nn.Module]:
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
        """As in torch, but what is frozen stays as in evaluation."""
        super().train(mode)
        hold_still(self, self.frozen(), self.norm_eval)
        return self


@register("backbone")
class ResNet_CIFAR(ResNet):
    """ResNet for small pictures (32×32): its 3×3 stem, without stride or pooling, leaves the stages pixels to see."""

    @staticmethod
    def stem(in_channels: int, stem_channels: int, norm_cfg: Mapping[str, Any]) -> tuple[nn.Module, nn.Module]:
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


def check_blocks(
    basic: bool, base_channels: int, expansion: int, groups: int, width_per_group: int, se_ratio: int
) -> None:
    """All that no block can be built of, at once (ConfigError)."""
    wrong = []
    for name, value, least in (
        ("expansion", expansion, 1),
        ("groups", groups, 1),
        ("width_per_group", width_per_group, 0),
        ("se_ratio", se_ratio, 0),
    ):
        if value < least:
            wrong.append((name, f"{value!r} is less than {least}."))
    if groups > 0 and not width_per_group and base_channels % groups:
        wrong.append(("groups", f"{groups} groups do not part {base_channels} channels evenly."))
    if basic and (expansion, groups, width_per_group, se_ratio) != (1, 1, 0, 0):
        needs = "expansion, groups, width_per_group and se_ratio are for bottlenecks: take depth 50, 101 or 152."
        wrong.append(("depth", f"18 and 34 have basic blocks; {needs}"))
    if wrong:
        raise ConfigError([Mistake(f"model.backbone.{name}", message) for name, message in wrong])
