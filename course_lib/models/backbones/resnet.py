"""ResNet-18 … 152: blocks that learn what to *add* to their input, so that a hundred layers still train.

"Deep Residual Learning for Image Recognition", arXiv 1512.03385. Departures: the stride of a bottleneck sits on its
3×3 convolution (``style='pytorch'``, as in torchvision; ``'caffe'`` is the paper's), and the last normalisation of each
block begins at zero, so that a fresh block is the identity ("Training ImageNet in 1 Hour", arXiv 1706.02677).
The layers' names are torchvision's, so its weights load as they are. The blocks are in ``resnet_blocks.py``, the
networks for small pictures in ``resnet_cifar.py``, other relatives in ``resnet_variants.py``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, get_args

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import check_choice, norm_layer
from ..weights import InitCfg, initialize
from .freezing import freeze, hold_still
from .resnet_blocks import BN, BasicBlock, Bottleneck, Style, conv, deep_stem_layers

Depths = Mapping[int, tuple[type[BasicBlock] | type[Bottleneck], tuple[int, ...]]]  # the block, how many in each stage
DEPTHS: Depths = {
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
        in_channels: C of the pictures.
        stem_channels, base_channels: C after the stem, and of the first stage's blocks; None for the paper's, which is
            64 where there are four stages and 16 where there are three.
        num_stages, strides, dilations: How many stages (None for all that the depth has), and for each its first
            block's stride and its dilation.
        out_indices: Which stages' maps to give, counted from 0; None for the last.
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
        deep_stem: Whether the stem is three 3×3 convolutions, not one of 7×7; None for the class's own, here not.
        avg_down: Whether shortcuts halve the size by a mean; None for the class's own, here not.

    Raises:
        ConfigError: a depth, style or stage that there is not, or settings of bottlenecks for a depth without.
    """

    # what the relatives have otherwise
    depths: ClassVar[Depths] = DEPTHS
    deep_stem = False
    avg_down = False
    groups = 1
    width_per_group = 0  # 0: base_channels
    se_ratio = 0

    def __init__(
        self,
        depth: int,
        in_channels: int = 3,
        stem_channels: int | None = None,
        base_channels: int | None = None,
        num_stages: int | None = None,
        strides: Sequence[int] = (1, 2, 2, 2),
        dilations: Sequence[int] = (1, 1, 1, 1),
        out_indices: Sequence[int] | None = None,
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
        deep_stem: bool | None = None,
        avg_down: bool | None = None,
    ) -> None:
        super().__init__()
        check_choice("model.backbone.depth", depth, self.depths)
        check_choice("model.backbone.style", style, get_args(Style))
        block, counts = self.depths[depth]
        small = len(counts) == 3  # the paper's networks for CIFAR: narrow, and with shortcuts that have no weights
        stem_channels = (16 if small else 64) if stem_channels is None else stem_channels
        base_channels = (16 if small else 64) if base_channels is None else base_channels
        num_stages = len(counts) if num_stages is None else num_stages
        out_indices = (num_stages - 1,) if out_indices is None else out_indices
        check_stages(len(counts), num_stages, strides, dilations, out_indices, frozen_stages)
        counts = counts[:num_stages]
        groups = self.groups if groups is None else groups
        width_per_group = self.width_per_group if width_per_group is None else width_per_group
        se_ratio = self.se_ratio if se_ratio is None else se_ratio
        expansion = block.expansion if expansion is None else expansion
        avg_down = self.avg_down if avg_down is None else avg_down
        check_blocks(depth, block is BasicBlock, base_channels, expansion, groups, width_per_group, se_ratio)
        self.in_channels = in_channels
        self.out_channels = base_channels * 2 ** max(out_indices) * expansion
        self.out_indices, self.frozen_stages = tuple(out_indices), frozen_stages
        self.norm_eval, self.with_cp = norm_eval, with_cp

        deep_stem = self.deep_stem if deep_stem is None else deep_stem
        self.conv1, self.maxpool = self.stem(in_channels, stem_channels, norm_cfg, deep_stem)
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
                place = (width, channels, stride, dilations[i], style, norm_cfg, next(drop_rates), avg_down)
                if block is BasicBlock:
                    blocks.append(BasicBlock(*place, pad_channels=small and not avg_down))
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
    def stem(
        in_channels: int, stem_channels: int, norm_cfg: Mapping[str, Any], deep: bool
    ) -> tuple[nn.Module, nn.Module]:
        """The first convolutions and the pooling: (N, C, H, W) → (N, stem_channels, H/4, W/4)."""
        layers = (
            deep_stem_layers(in_channels, stem_channels, norm_cfg)
            if deep
            else conv(in_channels, stem_channels, 7, stride=2)
        )
        return layers, nn.MaxPool2d(3, stride=2, padding=1)

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


def check_stages(
    most: int,
    num_stages: int,
    strides: Sequence[int],
    dilations: Sequence[int],
    out_indices: Sequence[int],
    frozen_stages: int,
) -> None:
    """All that does not go together, at once (ConfigError)."""
    wrong = []
    if not 1 <= num_stages <= most:
        wrong.append(("num_stages", f"{num_stages!r} is not in 1 … {most}."))
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
    depth: int, basic: bool, base_channels: int, expansion: int, groups: int, width_per_group: int, se_ratio: int
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
        wrong.append(("depth", f"ResNet-{depth} has basic blocks; {needs}"))
    if wrong:
        raise ConfigError([Mistake(f"model.backbone.{name}", message) for name, message in wrong])
