"""What vision transformers are made of: patches, self-attention, a small network for each token.

"Attention Is All You Need", arXiv 1706.03762, in the order of "An Image is Worth 16x16 Words", arXiv 2010.11929: each
block normalises what enters a branch, not what leaves it. The layers' names are timm's.
"""

import math
from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake

from ..layers import DropPath
from .arch import check_heads


def patch_grid(img_size: int | Sequence[int], patch_px: int) -> tuple[int, int]:
    """How many patches fit under and beside one another; ``img_size`` is the side of a square or (H, W) in pixels.

    Raises:
        ConfigError: pictures that do not divide into patches.
    """
    height, width = (img_size, img_size) if isinstance(img_size, int) else img_size
    if min(height, width) < 1 or height % patch_px or width % patch_px:
        message = f"pictures of {height}×{width} pixels do not divide into patches of {patch_px}×{patch_px}."
        raise ConfigError(Mistake("model.backbone.patch_size", message, hint="Resize the pictures in the pipeline."))
    return height // patch_px, width // patch_px


class Patches(nn.Module):
    """Cut pictures into P×P patches and map each linearly: a convolution whose stride is as large as its kernel."""

    def __init__(self, patch_px: int, in_channels: int, dim: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(in_channels, dim, patch_px, stride=patch_px)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) → (N, D, H/P, W/P)

        Raises:
            ConfigError: pictures that do not divide into patches.
        """
        patch_grid(images.shape[2:], self.proj.stride[0])
        return self.proj(images)


class SelfAttention(nn.Module):
    """Multi-head self-attention: each token asks (q), each offers (k), and takes what answers (v) by softmax(q·k).

    Each of the heads works on D/heads of the numbers, so that a token can look at several things at once.
    """

    def __init__(self, dim: int, num_heads: int, drop_rate: float = 0.0) -> None:
        super().__init__()
        check_heads(dim, num_heads)
        self.num_heads = num_heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.drop = nn.Dropout(drop_rate)

    def split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(N, L, D) → q, k, v, each (N, heads, L, D/heads)"""
        qkv = self.qkv(x).unflatten(2, (3, self.num_heads, -1))  # (N, L, 3, heads, D/heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        return q, k, v

    def forward(self, x: Tensor) -> Tensor:
        """(N, L, D) → (N, L, D)"""
        q, k, v = self.split(x)
        out = F.scaled_dot_product_attention(q, k, v)  # weights(x) @ v, without ever holding all of the L×L weights
        out = out.transpose(1, 2).flatten(2)  # (N, heads, L, D/heads) → (N, L, D)
        return self.drop(self.proj(out))

    def weights(self, x: Tensor) -> Tensor:
        """Where each token looks, to be shown: (N, L, D) → (N, heads, L, L), each row sums to 1."""
        q, k, _ = self.split(x)
        return (q @ k.transpose(2, 3) / math.sqrt(q.shape[3])).softmax(dim=3)


class FeedForward(nn.Module):
    """Two linear layers, for each token by itself: (…, D) → (…, D)."""

    def __init__(self, dim: int, hidden_dim: int, drop_rate: float = 0.0) -> None:
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, dim)
        self.drop = nn.Dropout(drop_rate)

    def forward(self, x: Tensor) -> Tensor:
        return self.drop(self.fc2(self.drop(F.gelu(self.fc1(x)))))


class EncoderBlock(nn.Module):
    """Tokens exchange what they know (attention), then each thinks it over: (N, L, D) → (N, L, D)."""

    def __init__(self, dim: int, num_heads: int, hidden_dim: int, drop_rate: float, drop_path_rate: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.attn = SelfAttention(dim, num_heads, drop_rate)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = FeedForward(dim, hidden_dim, drop_rate)
        self.drop_path = DropPath(drop_path_rate)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.drop_path(self.attn(self.norm1(x)))
        return x + self.drop_path(self.mlp(self.norm2(x)))
