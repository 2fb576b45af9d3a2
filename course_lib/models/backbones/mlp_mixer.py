"""MLP-Mixer: a vision transformer without attention; a small network over the patches mixes them instead.

"MLP-Mixer: An all-MLP Architecture for Vision", arXiv 2105.01601. That network has a weight for each pair of places, so
the pictures' size is fixed and no position embedding is needed. The layers' names are timm's, so its weights load.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import DropPath
from ..weights import InitCfg, initialize
from .arch import find_arch, layer_indices
from .transformer_blocks import FeedForward, Patches, patch_grid


class MixerBlock(nn.Module):
    """Mix the tokens, channel by channel, then the channels, token by token: (N, L, D) → (N, L, D)."""

    def __init__(
        self, num_tokens: int, dim: int, tokens_dim: int, channels_dim: int, drop_rate: float, drop_path_rate: float
    ) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp_tokens = FeedForward(num_tokens, tokens_dim, drop_rate)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp_channels = FeedForward(dim, channels_dim, drop_rate)
        self.drop_path = DropPath(drop_path_rate)

    def forward(self, x: Tensor) -> Tensor:
        mixed = self.mlp_tokens(self.norm1(x).transpose(1, 2))  # (N, D, L)
        x = x + self.drop_path(mixed.transpose(1, 2))
        return x + self.drop_path(self.mlp_channels(self.norm2(x)))


class MixerArch(NamedTuple):
    """The sizes of a Mixer, by MMPretrain's names."""

    embed_dims: int
    num_layers: int
    tokens_mlp_dims: int
    channels_mlp_dims: int


ARCHS = {
    "small": MixerArch(512, 8, 256, 2048),
    "base": MixerArch(768, 12, 384, 3072),
    "large": MixerArch(1024, 24, 512, 4096),
}


@register("backbone")
class MlpMixer(nn.Module):
    """Patches → tokens → blocks that mix tokens and channels by turns.

    Args:
        arch: ``'base'`` and so on, or a dict with the keys of ``MixerArch``.
        img_size: The side in pixels of the pictures, which must have it.
        patch_size: The side of a patch.
        in_channels: C of the pictures.
        out_indices: After which blocks to give a map; −1 is the last.
        drop_rate, drop_path_rate: Dropout, and the stochastic depth of every block.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.

    Raises:
        ConfigError: an arch or a block that there is not.
    """

    def __init__(
        self,
        arch: str | Mapping[str, int] = "base",
        img_size: int | Sequence[int] = 224,
        patch_size: int = 16,
        in_channels: int = 3,
        out_indices: int | Sequence[int] = -1,
        drop_rate: float = 0.0,
        drop_path_rate: float = 0.0,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__()
        dim, num_layers, tokens_dim, channels_dim = find_arch(arch, ARCHS, MixerArch)
        self.grid = patch_grid(img_size, patch_size)
        self.img_size = (self.grid[0] * patch_size, self.grid[1] * patch_size)
        self.in_channels, self.out_channels = in_channels, dim
        self.out_indices = layer_indices(out_indices, num_layers)
        self.stem = Patches(patch_size, in_channels, dim)
        self.blocks = nn.Sequential(
            *(
                MixerBlock(self.grid[0] * self.grid[1], dim, tokens_dim, channels_dim, drop_rate, drop_path_rate)
                for _ in range(num_layers)
            )
        )
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)
        initialize(self, init_cfg)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """(N, C, H, W) → a map (N, D, H/P, W/P) for each of ``out_indices``.

        Raises:
            ConfigError: pictures of another size than ``img_size``.
        """
        size = tuple(images.shape[2:])
        if size != self.img_size:
            found, wanted = (f"{height}×{width}" for height, width in (size, self.img_size))
            message = f"the pictures are {found}, but this Mixer has weights for {wanted}."
            raise ConfigError(Mistake("model.backbone.img_size", message, hint="Resize them, or change img_size."))
        x = self.stem(images).flatten(2).transpose(1, 2)  # (N, L, D)
        maps = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i == len(self.blocks) - 1:
                x = self.norm(x)
            if i in self.out_indices:
                maps.append(x.transpose(1, 2).unflatten(2, self.grid))
        return tuple(maps)
