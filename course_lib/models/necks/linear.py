"""The linear neck: features become a vector of a chosen length, as retrieval and face recognition want it."""

from collections.abc import Mapping
from typing import Any, Literal

from torch import Tensor

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import check_choice
from ..linear_block import LinearBlock
from ..weights import InitCfg, initialize

BN1D = {"type": "BN1d"}


@register("neck")
class LinearNeck(LinearBlock):
    """Average pooling where there are maps, then a linear layer, a normalisation and an activation.

    Args:
        in_channels, out_channels: Length of the vectors before and after.
        gap_dim: Over how many dimensions to average: 0 for vectors, 1 for tokens (N, C, L), 2 for maps (N, C, H, W),
            3 for volumes.
        norm_cfg, act_cfg: As in ``LinearBlock``.
        init_cfg: How the weights begin; None leaves torch's own start.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        gap_dim: Literal[0, 1, 2, 3] = 0,
        norm_cfg: Mapping[str, Any] | None = BN1D,
        act_cfg: Mapping[str, Any] | None = None,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__(in_channels, out_channels, norm_cfg=norm_cfg, act_cfg=act_cfg, place="model.neck")
        check_choice("model.neck.gap_dim", gap_dim, (0, 1, 2, 3))
        self.gap_dim, self.out_channels = gap_dim, out_channels
        initialize(self, init_cfg)

    def forward(self, features: Tensor) -> Tensor:
        """(N, in_channels, …) with ``gap_dim`` dimensions of positions → (N, out_channels)

        Raises:
            ConfigError: features of another length or shape.
        """
        if features.ndim != self.gap_dim + 2:
            message = f"features of shape {tuple(features.shape)} came, but gap_dim={self.gap_dim} takes one of "
            message += f"{self.gap_dim + 2} dimensions."
            hint = f"Write gap_dim={features.ndim - 2}."
            raise ConfigError(Mistake("model.neck.gap_dim", message, hint=hint))
        return super().forward(features.flatten(2).mean(dim=2) if self.gap_dim else features)
