"""Swin: self-attention inside small windows only, which shift from block to block, so that all can be reached.

"Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", arXiv 2103.14030. The cost grows with the
number of pixels, not with its square, so the maps can begin large and shrink by stages as in a ResNet. Departure: maps
that do not divide into windows are padded, as in torchvision.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import DropPath, check_keys
from ..weights import InitCfg, initialize
from .arch import check_range, find_arch, layer_indices
from .freezing import freeze, hold_still
from .swin_window import WindowAttention
from .transformer_blocks import FeedForward, Patches


class SwinBlock(nn.Module):
    """Attention in windows, then a small network for each position: (N, H, W, D) → the same."""

    def __init__(self, dim: int, num_heads: int, window: int, shift: int, drop_path_rate: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attn = WindowAttention(dim, num_heads, window, shift)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = FeedForward(dim, 4 * dim)
        self.drop_path = DropPath(drop_path_rate)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.drop_path(self.attn(self.norm1(x)))
        return x + self.drop_path(self.mlp(self.norm2(x)))


class PatchMerging(nn.Module):
    """Each 2×2 neighbours become one: (N, H, W, D) → (N, H/2, W/2, 2·D)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4 * dim)
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (0, 0, 0, x.shape[2] % 2, 0, x.shape[1] % 2))  # a column and a row of zeros where odd
        columns = torch.cat([x[:, 0::2], x[:, 1::2]], dim=3)  # (N, H/2, W, 2·D)
        return self.reduction(self.norm(torch.cat([columns[:, :, 0::2], columns[:, :, 1::2]], dim=3)))


class SwinArch(NamedTuple):
    """The first stage's D (each stage doubles it), and each stage's blocks and heads."""

    embed_dims: int
    depths: Sequence[int]
    num_heads: Sequence[int]


ARCHS = {
    "tiny": SwinArch(96, (2, 2, 6, 2), (3, 6, 12, 24)),
    "small": SwinArch(96, (2, 2, 18, 2), (3, 6, 12, 24)),
    "base": SwinArch(128, (2, 2, 18, 2), (4, 8, 16, 32)),
    "large": SwinArch(192, (2, 2, 18, 2), (6, 12, 24, 48)),
}


@register("backbone")
class SwinTransformer(nn.Module):
    """Four stages at 1/4, 1/8, 1/16 and 1/32 of the picture's size.

    Args:
        arch: ``'tiny'`` and so on, or a dict with the keys of ``SwinArch``.
        img_size: For MMPretrain's configs; pictures of any size will do.
        patch_size: The side of a patch.
        in_channels: C of the pictures.
        window_size: The side of a window, in patches.
        drop_rate: Dropout of the patches.
        drop_path_rate: Stochastic depth of the last block; it rises linearly from 0 at the first.
        out_indices: Which stages' maps to give, counted from 0; −1 is the last.
        frozen_stages: −1 none; i: the patch embedding and the stages 0 … i do not train.
        with_cp: Keep fewer activations and compute them again for the gradient: less memory, a third more time.
        stage_cfgs: MMPretrain's other place for the window, ``dict(block_cfgs=dict(window_size=12))``.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.

    Raises:
        ConfigError: an arch, stage or setting that there is not.
    """

    def __init__(
        self,
        arch: str | Mapping[str, Any] = "tiny",
        img_size: int | Sequence[int] = 224,
        patch_size: int = 4,
        in_channels: int = 3,
        window_size: int = 7,
        drop_rate: float = 0.0,
        drop_path_rate: float = 0.1,
        out_indices: int | Sequence[int] = (3,),
        frozen_stages: int = -1,
        with_cp: bool = False,
        stage_cfgs: Mapping[str, Any] | None = None,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__()
        dim, depths, num_heads = find_arch(arch, ARCHS, SwinArch)
        if len(depths) != len(num_heads):
            raise ConfigError(Mistake("model.backbone.arch", f"{len(depths)} depths but {len(num_heads)} num_heads."))
        check_range("frozen_stages", frozen_stages, -1, len(depths) - 1)
        check_keys("model.backbone.stage_cfgs", stage_cfgs or {}, ("block_cfgs",))
        block_cfgs = (stage_cfgs or {}).get("block_cfgs", {})
        check_keys("model.backbone.stage_cfgs.block_cfgs", block_cfgs, ("window_size",))
        window = block_cfgs.get("window_size", window_size)
        check_range("window_size", window, 1, 64)
        self.out_indices, self.frozen_stages = layer_indices(out_indices, len(depths)), frozen_stages
        self.in_channels, self.out_channels, self.with_cp = in_channels, dim * 2 ** max(self.out_indices), with_cp

        self.patch_embed = Patches(patch_size, in_channels, dim)
        self.patch_norm = nn.LayerNorm(dim)
        self.drop = nn.Dropout(drop_rate)
        rates = iter(torch.linspace(0, drop_path_rate, sum(depths), device="cpu").tolist())
        self.downsamples, self.stages = nn.ModuleList([nn.Identity()]), nn.ModuleList()
        for i, depth in enumerate(depths):
            width = dim * 2**i
            if i > 0:
                self.downsamples.append(PatchMerging(width // 2))
            shifts = [0 if j % 2 == 0 else window // 2 for j in range(depth)]
            blocks = [SwinBlock(width, num_heads[i], window, shift, next(rates)) for shift in shifts]
            self.stages.append(nn.Sequential(*blocks))
        self.norms = nn.ModuleDict({str(i): nn.LayerNorm(dim * 2**i) for i in self.out_indices})

        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        initialize(self, init_cfg)
        freeze(self.frozen())
        self.train()

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """(N, C, H, W) → a map (N, D_i, H_i, W_i) for each of ``out_indices``."""
        x = self.patch_embed(images).permute(0, 2, 3, 1)  # (N, H/P, W/P, D)
        x = self.drop(self.patch_norm(x))
        maps = []
        for i, (downsample, stage) in enumerate(zip(self.downsamples, self.stages, strict=True)):
            x = downsample(x)
            for block in stage.children():
                recompute = self.with_cp and torch.is_grad_enabled()
                x = checkpoint(block, x, use_reentrant=False) if recompute else block(x)
            if i in self.out_indices:
                maps.append(self.norms[str(i)](x).permute(0, 3, 1, 2))
        return tuple(maps)

    def frozen(self) -> Iterator[nn.Module]:
        """The parts that do not train."""
        if self.frozen_stages >= 0:
            yield from (self.patch_embed, self.patch_norm, self.drop)
        for i in range(self.frozen_stages + 1):
            yield from (self.downsamples[i], self.stages[i])
            if i in self.out_indices:
                yield self.norms[str(i)]

    def train(self, mode: bool = True) -> "SwinTransformer":
        """As in torch, but what is frozen stays as in evaluation, without stochastic depth."""
        super().train(mode)
        hold_still(self, self.frozen(), norm_eval=False)
        return self
