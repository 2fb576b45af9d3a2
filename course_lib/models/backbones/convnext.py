"""ConvNeXt: a ResNet rebuilt step by step with what transformers do, and still made of convolutions only.

"A ConvNet for the 2020s", arXiv 2201.03545. From Swin it takes patches as stem, larger kernels for each channel by
itself, and only one activation and one normalisation a block. In (N, H, W, C) a 1×1 convolution is a linear layer.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import DropPath
from ..weights import InitCfg, initialize
from .arch import check_range, find_arch, layer_indices
from .freezing import freeze, hold_still


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels of a map (N, C, H, W), for each position by itself."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvNeXtBlock(nn.Module):
    """A 7×7 convolution for each channel (where?), then two linear layers for each position (what?).

    (N, C, H, W) → the same. The branch begins near zero, scaled by γ for each channel ("Going deeper with Image
    Transformers", arXiv 2103.17239).
    """

    def __init__(self, channels: int, drop_path_rate: float, layer_scale: float) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.fc1 = nn.Linear(channels, 4 * channels)
        self.fc2 = nn.Linear(4 * channels, channels)
        self.gamma = nn.Parameter(torch.full((channels,), layer_scale)) if layer_scale > 0 else None
        self.drop_path = DropPath(drop_path_rate)

    def forward(self, x: Tensor) -> Tensor:
        out = self.depthwise(x).permute(0, 2, 3, 1)  # (N, H, W, C)
        out = self.fc2(F.gelu(self.fc1(self.norm(out))))
        if self.gamma is not None:
            out = self.gamma * out
        return x + self.drop_path(out.permute(0, 3, 1, 2))  # (N, C, H, W)


class ConvNeXtArch(NamedTuple):
    """Blocks and channels of each stage."""

    depths: Sequence[int]
    channels: Sequence[int]


ARCHS = {
    "tiny": ConvNeXtArch((3, 3, 9, 3), (96, 192, 384, 768)),
    "small": ConvNeXtArch((3, 3, 27, 3), (96, 192, 384, 768)),
    "base": ConvNeXtArch((3, 3, 27, 3), (128, 256, 512, 1024)),
    "large": ConvNeXtArch((3, 3, 27, 3), (192, 384, 768, 1536)),
    "xlarge": ConvNeXtArch((3, 3, 27, 3), (256, 512, 1024, 2048)),
}


@register("backbone")
class ConvNeXt(nn.Module):
    """Four stages at 1/4, 1/8, 1/16 and 1/32 of the picture's size.

    Args:
        arch: ``'tiny'`` and so on, or a dict with the keys of ``ConvNeXtArch``.
        in_channels: C of the pictures.
        stem_patch_size: The side of the patches that the stem cuts.
        drop_path_rate: Stochastic depth of the last block; it rises linearly from 0 at the first.
        layer_scale_init_value: How γ begins; 0 leaves it out.
        out_indices: Which stages' outputs to give, counted from 0; −1 is the last.
        frozen_stages: How many stages do not train, with all that lies before them.
        gap_before_final_norm: Whether to average over all positions and then normalise: (N, C) instead of (N, C, H, W).
        with_cp: Keep fewer activations and compute them again for the gradient: less memory, a third more time.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``; None takes the paper's small random numbers.

    Raises:
        ConfigError: an arch or a stage that there is not.
    """

    def __init__(
        self,
        arch: str | Mapping[str, Sequence[int]] = "tiny",
        in_channels: int = 3,
        stem_patch_size: int = 4,
        drop_path_rate: float = 0.0,
        layer_scale_init_value: float = 1e-6,
        out_indices: int | Sequence[int] = -1,
        frozen_stages: int = 0,
        gap_before_final_norm: bool = True,
        with_cp: bool = False,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__()
        depths, channels = find_arch(arch, ARCHS, ConvNeXtArch)
        if len(depths) != len(channels):
            raise ConfigError(Mistake("model.backbone.arch", f"{len(depths)} depths but {len(channels)} channels."))
        check_range("frozen_stages", frozen_stages, -1, len(depths))
        self.out_indices, self.frozen_stages = layer_indices(out_indices, len(depths)), frozen_stages
        self.in_channels, self.out_channels = in_channels, channels[max(self.out_indices)]
        self.gap_before_final_norm, self.with_cp = gap_before_final_norm, with_cp

        stem = nn.Conv2d(in_channels, channels[0], stem_patch_size, stride=stem_patch_size)
        self.downsamples = nn.ModuleList([nn.Sequential(stem, ChannelNorm(channels[0]))])
        for before, after in pairwise(channels):
            self.downsamples.append(nn.Sequential(ChannelNorm(before), nn.Conv2d(before, after, 2, stride=2)))
        rates = iter(torch.linspace(0, drop_path_rate, sum(depths), device="cpu").tolist())
        self.stages = nn.ModuleList(
            nn.Sequential(*(ConvNeXtBlock(width, next(rates), layer_scale_init_value) for _ in range(depth)))
            for depth, width in zip(depths, channels, strict=True)
        )
        self.norms = nn.ModuleDict({str(i): ChannelNorm(channels[i]) for i in self.out_indices})

        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.get_parameter("bias"))
        initialize(self, init_cfg)
        freeze(self.frozen())
        self.train()

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """(N, C, H, W) → (N, C_i) for each of ``out_indices``, or maps (N, C_i, H_i, W_i)."""
        x, outputs = images, []
        for i, (downsample, stage) in enumerate(zip(self.downsamples, self.stages, strict=True)):
            x = downsample(x)
            for block in stage.children():
                recompute = self.with_cp and torch.is_grad_enabled()
                x = checkpoint(block, x, use_reentrant=False) if recompute else block(x)
            if i in self.out_indices:
                norm = self.norms[str(i)]
                pooled = self.gap_before_final_norm
                outputs.append(norm(x.mean(dim=(2, 3), keepdim=True)).flatten(1) if pooled else norm(x))
        return tuple(outputs)

    def frozen(self) -> Iterator[nn.Module]:
        """The parts that do not train."""
        for i in range(self.frozen_stages):
            yield from (self.downsamples[i], self.stages[i])

    def train(self, mode: bool = True) -> "ConvNeXt":
        """As in torch, but what is frozen stays as in evaluation, without stochastic depth."""
        super().train(mode)
        hold_still(self, self.frozen(), norm_eval=False)
        return self
