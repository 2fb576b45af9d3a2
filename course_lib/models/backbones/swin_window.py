"""Swin's attention: within windows of a map, with a learnt bias for each offset between two positions.

"Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", arXiv 2103.14030, section 3.2.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .arch import check_heads


class WindowAttention(nn.Module):
    """Multi-head self-attention inside windows of w×w positions: (N, H, W, D) → the same.

    Args:
        dim, num_heads: D, and how many heads share it.
        window: w; maps that do not divide into windows are padded with zeros.
        shift: By how many positions the windows move down and to the right; 0, or w // 2 in every other block.
    """

    index: Tensor

    def __init__(self, dim: int, num_heads: int, window: int, shift: int) -> None:
        super().__init__()
        check_heads(dim, num_heads)
        self.num_heads, self.window, self.shift = num_heads, window, shift
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.relative_position_bias_table = nn.Parameter(torch.empty((2 * window - 1) ** 2, num_heads))
        nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)
        self.register_buffer("index", offsets(window), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[1:3]
        w = self.window
        x = F.pad(x, (0, 0, 0, -width % w, 0, -height % w))
        rows, columns = x.shape[1] // w, x.shape[2] // w  # of windows
        down, right = (0 if count == 1 else self.shift for count in (rows, columns))  # one window sees all already
        x = x.roll((-down, -right), dims=(1, 2))  # moving the map instead of the windows keeps them whole

        windows = x.unflatten(2, (columns, w)).unflatten(1, (rows, w)).transpose(2, 3)  # (N, rows, columns, w, w, D)
        tokens = windows.flatten(3, 4).flatten(0, 2)  # (N·rows·columns, w², D)
        q, k, v = self.qkv(tokens).unflatten(2, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        bias = self.relative_position_bias_table[self.index].permute(2, 0, 1)[None]  # (1, heads, w², w²)
        if down or right:
            apart = strangers(rows, columns, w, down, right, x.device)[:, None]  # (rows·columns, 1, w², w²)
            bias = bias.masked_fill(apart, -100.0).repeat(len(x), 1, 1, 1)  # e⁻¹⁰⁰ of the attention is none
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)  # (N·rows·columns, heads, w², D/heads)
        out = self.proj(out.transpose(1, 2).flatten(2))  # (N·rows·columns, w², D)

        out = out.unflatten(1, (w, w)).unflatten(0, (-1, rows, columns)).transpose(2, 3)
        out = out.flatten(3, 4).flatten(1, 2)  # (N, rows, w, columns, w, D) → (N, H, W, D), still padded
        return out.roll((down, right), dims=(1, 2))[:, :height, :width]

    def resize_weights(self, weights: dict[str, Tensor], prefix: str) -> str:
        """Interpolate a file's bias table that is of windows of another size, bicubic."""
        name, new = f"{prefix}relative_position_bias_table", 2 * self.window - 1
        table = weights.get(name)  # (offsets, heads)
        if table is None or table.ndim != 2 or table.shape[0] == new * new:
            return ""
        old = math.isqrt(table.shape[0])
        if old * old != table.shape[0]:
            return ""
        grid = table.float().T.unflatten(1, (old, old))[None]  # (1, heads, old, old)
        grid = F.interpolate(grid, (new, new), mode="bicubic", align_corners=False)
        weights[name] = grid[0].flatten(1).T.to(table.dtype)
        width = (old + 1) // 2
        return f"bias tables of {width}×{width} windows resized to {self.window}×{self.window}"


def offsets(window: int) -> Tensor:
    """For each pair of positions in a window, which row of the bias table their offset has: int64 (w², w²)."""
    side = torch.arange(window, device="cpu")  # a table, real also in a model made on the meta device
    place = torch.cartesian_prod(side, side)  # (w², 2)
    offset = place[:, None] - place[None] + window - 1  # (w², w², 2), each in 0 … 2w − 2
    return offset[..., 0] * (2 * window - 1) + offset[..., 1]


def strangers(rows: int, columns: int, window: int, down: int, right: int, device: torch.device) -> Tensor:
    """Which pairs of a window the shift brought together from opposite ends of the map: bool (rows·columns, w², w²)."""
    came_from_top = torch.arange(rows * window, device=device) >= rows * window - down
    came_from_left = torch.arange(columns * window, device=device) >= columns * window - right
    region = 2 * came_from_top.long()[:, None] + came_from_left.long()  # (H, W), one of 0 … 3
    region = region.unflatten(1, (columns, window)).unflatten(0, (rows, window)).transpose(1, 2)
    region = region.flatten(2).flatten(0, 1)  # (rows·columns, w²)
    return region[:, :, None] != region[:, None]
