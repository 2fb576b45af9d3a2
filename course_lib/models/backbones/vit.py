"""ViT: cut the picture into patches, treat them as the words of a sentence, and let a transformer read it.

"An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", arXiv 2010.11929. Nothing here knows which
patches are neighbours: what a convolution has built in, the position embedding must learn. Departure: linear layers
begin as in MMPretrain (Xavier). The layers' names are timm's, so its weights load as they are, and so do DeiT's.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import check_choice
from ..weights import InitCfg, initialize
from .arch import check_range, find_arch, layer_indices
from .freezing import freeze, hold_still
from .transformer_blocks import EncoderBlock, Patches, patch_grid

OutType = Literal["cls_token", "avg_featmap", "featmap", "raw"]


class ViTArch(NamedTuple):
    """The sizes of a ViT, by MMPretrain's names."""

    embed_dims: int
    num_layers: int
    num_heads: int
    feedforward_channels: int


# ``small`` is MMPretrain's, older than DeiT's small; timm's and torchvision's small is deit-small
ARCHS = {
    "tiny": ViTArch(192, 12, 3, 768),
    "small": ViTArch(768, 8, 8, 2304),
    "base": ViTArch(768, 12, 12, 3072),
    "large": ViTArch(1024, 24, 16, 4096),
    "huge": ViTArch(1280, 32, 16, 5120),
    "deit-tiny": ViTArch(192, 12, 3, 768),
    "deit-small": ViTArch(384, 12, 6, 1536),
    "deit-base": ViTArch(768, 12, 12, 3072),
}


@register("backbone")
class VisionTransformer(nn.Module):
    """Patches → tokens, and a class token → blocks of attention → what ``out_type`` asks for.

    Args:
        arch: ``'base'`` and so on, or a dict with the keys of ``ViTArch``.
        img_size: The side in pixels of the pictures; the position embedding is interpolated for others.
        patch_size: The side of a patch.
        in_channels: C of the pictures.
        out_indices: After which blocks to give an output; −1 is the last.
        drop_rate, drop_path_rate: Dropout, and the stochastic depth of the last block (rising from 0 at the first).
        final_norm: Whether the last block's output is normalised.
        out_type: ``'cls_token'`` (N, D); ``'avg_featmap'``, the patches' mean, normalised (N, D); ``'featmap'``
            (N, D, H/P, W/P); ``'raw'``, all tokens (N, L, D).
        with_cls_token: Whether there is a class token.
        frozen_stages: How many blocks do not train, with all that lies before them; 0 and −1: everything trains.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.

    Raises:
        ConfigError: an arch or another value that there is not.
    """

    extra_tokens: tuple[str, ...] = ("cls_token",)

    def __init__(
        self,
        arch: str | Mapping[str, int] = "base",
        img_size: int | Sequence[int] = 224,
        patch_size: int = 16,
        in_channels: int = 3,
        out_indices: int | Sequence[int] = -1,
        drop_rate: float = 0.0,
        drop_path_rate: float = 0.0,
        final_norm: bool = True,
        out_type: OutType = "cls_token",
        with_cls_token: bool = True,
        frozen_stages: int = -1,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__()
        dim, num_layers, num_heads, hidden_dim = find_arch(arch, ARCHS, ViTArch)
        check_choice("model.backbone.out_type", out_type, get_args(OutType))
        check_range("frozen_stages", frozen_stages, -1, num_layers)
        if out_type == "cls_token" and not with_cls_token:
            hint = "Write with_cls_token=True, or out_type='avg_featmap'."
            raise ConfigError(Mistake("model.backbone.out_type", "'cls_token' needs the class token.", hint=hint))
        self.in_channels, self.out_channels, self.out_type = in_channels, dim, out_type
        self.out_indices, self.frozen_stages = layer_indices(out_indices, num_layers), frozen_stages
        self.extra_tokens = self.extra_tokens if with_cls_token else ()

        self.patch_embed = Patches(patch_size, in_channels, dim)
        for name in self.extra_tokens:
            self.register_parameter(name, nn.Parameter(torch.zeros(1, 1, dim)))
        self.grid = patch_grid(img_size, patch_size)
        num_tokens = len(self.extra_tokens) + self.grid[0] * self.grid[1]
        self.pos_embed = nn.Parameter(torch.empty(1, num_tokens, dim))
        self.pos_drop = nn.Dropout(drop_rate)
        drop_rates = torch.linspace(0, drop_path_rate, num_layers, device="cpu").tolist()
        self.blocks = nn.Sequential(*(EncoderBlock(dim, num_heads, hidden_dim, drop_rate, rate) for rate in drop_rates))
        self.norm = nn.LayerNorm(dim, eps=1e-6) if final_norm else nn.Identity()
        self.fc_norm = nn.LayerNorm(dim, eps=1e-6) if out_type == "avg_featmap" else nn.Identity()

        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)
        initialize(self, init_cfg)
        freeze(self.frozen())
        for name in ("pos_embed", *self.extra_tokens):
            self.get_parameter(name).requires_grad_(frozen_stages <= 0)
        self.train()

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """(N, C, H, W) → what ``out_type`` says, for each of ``out_indices``."""
        patches = self.patch_embed(images)  # (N, D, H/P, W/P)
        grid = (patches.shape[2], patches.shape[3])
        extra = [self.get_parameter(name).expand(len(images), -1, -1) for name in self.extra_tokens]  # (N, 1, D)
        x = torch.cat([*extra, patches.flatten(2).transpose(1, 2)], dim=1)  # (N, L, D)
        x = self.pos_drop(x + resize_positions(self.pos_embed, self.grid, grid))
        outputs = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i == len(self.blocks) - 1:
                x = self.norm(x)
            if i in self.out_indices:
                outputs.append(self.output(x, grid))
        return tuple(outputs)

    def output(self, x: Tensor, grid: tuple[int, int]) -> Tensor:
        """Tokens (N, L, D) → what ``out_type`` says."""
        if self.out_type == "raw":
            return x
        if self.out_type == "cls_token":
            return x[:, 0]
        patches = x[:, len(self.extra_tokens) :]
        if self.out_type == "avg_featmap":
            return self.fc_norm(patches.mean(dim=1))
        return patches.transpose(1, 2).unflatten(2, grid)  # (N, D, H/P, W/P)

    def resize_weights(self, weights: dict[str, Tensor], prefix: str) -> str:
        """Interpolate a file's position embedding that is of square pictures of another size."""
        name, extra = f"{prefix}pos_embed", len(self.extra_tokens)
        positions = weights.get(name)
        if positions is None or positions.ndim != 3 or positions.shape[1] == self.pos_embed.shape[1]:
            return ""
        side = math.isqrt(max(0, positions.shape[1] - extra))
        if side < 1 or side * side + extra != positions.shape[1]:
            return ""
        weights[name] = resize_positions(positions.float(), (side, side), self.grid).to(positions.dtype)
        rows, columns = self.grid
        return f"position embedding of {side}×{side} patches resized to {rows}×{columns}"

    def frozen(self) -> Iterator[nn.Module]:
        """The parts that do not train."""
        if self.frozen_stages > 0:
            yield from (self.patch_embed, self.pos_drop, *self.blocks[: self.frozen_stages])
        if self.frozen_stages == len(self.blocks):
            yield from (self.norm, self.fc_norm)

    def train(self, mode: bool = True) -> "VisionTransformer":
        """As in torch, but what is frozen stays as in evaluation, without dropout."""
        super().train(mode)
        hold_still(self, self.frozen(), norm_eval=False)
        return self


def resize_positions(pos_embed: Tensor, old: tuple[int, int], new: tuple[int, int]) -> Tensor:
    """Position embedding (1, extra + H·W, D) of a grid ``old`` = (H, W) of patches → that of a grid ``new``, bicubic.

    The extra tokens have no place in the picture, so theirs stay.
    """
    if old == new:
        return pos_embed
    extra, patches = pos_embed.split([pos_embed.shape[1] - old[0] * old[1], old[0] * old[1]], dim=1)
    grid = patches.transpose(1, 2).unflatten(2, old)  # (1, D, H, W)
    grid = F.interpolate(grid, new, mode="bicubic", align_corners=False)
    return torch.cat([extra, grid.flatten(2).transpose(1, 2)], dim=1)
