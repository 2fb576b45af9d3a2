"""A head of several layers: hidden ones with normalisation, activation and dropout, then one for the logits."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..linear_block import LinearBlock, check_num_classes
from ..weights import InitCfg, initialize
from .linear import ClsHead, check_topk

RELU = {"type": "ReLU"}


@register("head")
class StackedLinearClsHead(ClsHead):
    """A multi-layer perceptron on top of the features.

    Args:
        num_classes: K.
        in_channels: D, the length of the features.
        mid_channels: The lengths of the hidden layers' outputs.
        dropout_rate, norm_cfg, act_cfg: Of each hidden layer, as in ``LinearBlock``.
        loss, topk, cal_acc: As in ``ClsHead``.
        init_cfg: How the weights begin; None leaves torch's own start.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: int,
        mid_channels: Sequence[int],
        dropout_rate: float = 0.0,
        norm_cfg: Mapping[str, Any] | None = None,
        act_cfg: Mapping[str, Any] | None = RELU,
        loss: nn.Module | None = None,
        topk: int | Sequence[int] = (1,),
        cal_acc: bool = False,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__(loss, topk, cal_acc)
        check_num_classes(num_classes)
        if not mid_channels:
            hint = "Without hidden layers it is type='LinearClsHead'."
            raise ConfigError(Mistake("model.head.mid_channels", "names no layer.", hint=hint))
        self.num_classes, self.in_channels = num_classes, in_channels
        if cal_acc:
            check_topk(max(self.topk), num_classes)
        hidden = [
            LinearBlock(before, after, dropout_rate, norm_cfg, act_cfg)
            for before, after in pairwise([in_channels, *mid_channels])
        ]
        self.layers = nn.Sequential(*hidden, LinearBlock(mid_channels[-1], num_classes))
        initialize(self, init_cfg)

    def forward(self, features: Tensor) -> Tensor:
        """Features (N, D) → logits (N, K).

        Raises:
            ConfigError: features of another length or shape than the head was built for.
        """
        return self.layers(features)
