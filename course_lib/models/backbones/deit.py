"""DeiT with distillation: a second extra token, whose head learns from a teacher while the class token's learns labels.

"Training data-efficient image transformers & distillation through attention", arXiv 2012.12877. DeiT without
distillation is ``VisionTransformer(arch='deit-tiny')``. The layers' names are timm's, so its weights load as they are.
"""

from collections.abc import Mapping, Sequence

from torch import Tensor

from course_lib.config.registry import register

from ..weights import InitCfg
from .vit import VisionTransformer


@register("backbone")
class DistilledVisionTransformer(VisionTransformer):
    """A ViT that gives two vectors a picture, for ``DeiTClsHead``: (N, C, H, W) → (N, 2, D).

    Args:
        arch, img_size, patch_size, in_channels, out_indices: As in ``VisionTransformer``.
        drop_rate, drop_path_rate, final_norm, frozen_stages, init_cfg: As in ``VisionTransformer``.
    """

    extra_tokens = ("cls_token", "dist_token")

    def __init__(
        self,
        arch: str | Mapping[str, int] = "deit-base",
        img_size: int | Sequence[int] = 224,
        patch_size: int = 16,
        in_channels: int = 3,
        out_indices: int | Sequence[int] = -1,
        drop_rate: float = 0.0,
        drop_path_rate: float = 0.0,
        final_norm: bool = True,
        frozen_stages: int = -1,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__(
            arch,
            img_size,
            patch_size,
            in_channels,
            out_indices,
            drop_rate,
            drop_path_rate,
            final_norm,
            frozen_stages=frozen_stages,
            init_cfg=init_cfg,
        )

    def output(self, x: Tensor, grid: tuple[int, int]) -> Tensor:
        """Tokens (N, L, D) → class and distillation token (N, 2, D)."""
        return x[:, :2]
