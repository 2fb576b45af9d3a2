"""Heads of vision transformers: one or two linear layers on the class token; DeiT's also on the distillation token."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import activation_layer, check_keys
from ..linear_block import check_num_classes
from ..weights import InitCfg, initialize
from .linear import ClsHead, check_topk

TANH = {"type": "Tanh"}


@register("head")
class VisionTransformerClsHead(ClsHead):
    """logits = W·features + b, or W·tanh(V·features + c) + b as in the pretraining of the ViT paper.

    W and b begin at zero, as in the paper: the first predictions are uniform.

    Args:
        num_classes: K.
        in_channels: D, the length of the features.
        hidden_dim: The rows of V; None leaves V out.
        act_cfg: The activation between the two.
        loss, topk, cal_acc: As in ``ClsHead``.
        init_cfg: How the layers begin instead.

    Raises:
        ConfigError: no classes, an unknown activation, or a rank that so few classes do not have.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: int,
        hidden_dim: int | None = None,
        act_cfg: Mapping[str, Any] = TANH,
        loss: nn.Module | None = None,
        topk: int | Sequence[int] = (1,),
        cal_acc: bool = False,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__(loss, topk, cal_acc)
        check_num_classes(num_classes)
        if cal_acc:
            check_topk(max(self.topk), num_classes)
        check_keys("model.head.act_cfg", act_cfg, ("type",))
        self.num_classes, self.in_channels = num_classes, in_channels
        self.pre_logits: nn.Module = nn.Identity()
        if hidden_dim is not None:
            self.pre_logits = nn.Sequential(nn.Linear(in_channels, hidden_dim), activation_layer(act_cfg["type"]))
        self.fc = zero_linear(in_channels if hidden_dim is None else hidden_dim, num_classes)
        initialize(self, init_cfg)

    def forward(self, features: Tensor) -> Tensor:
        """Features (N, D) → logits (N, K).

        Raises:
            ConfigError: features of another length or shape than the head was built for.
        """
        if features.ndim != 2 or features.shape[1] != self.in_channels:
            raise wrong_features(features, f"(N, {self.in_channels})")
        return self.fc(self.pre_logits(features))


@register("head")
class DeiTClsHead(VisionTransformerClsHead):
    """The mean of two linear heads' logits, on the class token and on the distillation token.

    There is no teacher here, so training teaches the labels to both. Arguments as in ``VisionTransformerClsHead``.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: int,
        hidden_dim: int | None = None,
        act_cfg: Mapping[str, Any] = TANH,
        loss: nn.Module | None = None,
        topk: int | Sequence[int] = (1,),
        cal_acc: bool = False,
        init_cfg: InitCfg = None,
    ) -> None:
        super().__init__(num_classes, in_channels, hidden_dim, act_cfg, loss, topk, cal_acc)
        self.fc_dist = zero_linear(self.fc.in_features, num_classes)
        initialize(self, init_cfg)

    def forward(self, features: Tensor) -> Tensor:
        """Both tokens' features, (N, 2·D) or (N, 2, D) → logits (N, K).

        Raises:
            ConfigError: features of another length or shape than the head was built for.
        """
        if features.flatten(1).shape[1] != 2 * self.in_channels:
            raise wrong_features(features, f"(N, {2 * self.in_channels}), those of two tokens,")
        tokens = features.reshape(len(features), 2, self.in_channels)
        cls_token, dist_token = self.pre_logits(tokens).unbind(dim=1)  # (N, D) each
        return torch.lerp(self.fc(cls_token), self.fc_dist(dist_token), 0.5)


def zero_linear(in_features: int, out_features: int) -> nn.Linear:
    """A linear layer that begins at zero."""
    layer = nn.Linear(in_features, out_features)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def wrong_features(features: Tensor, wanted: str) -> ConfigError:
    """What to say of features that are not of the shape that a head was built for."""
    message = f"features of shape {tuple(features.shape)} came where {wanted} belongs."
    hint = "Write the backbone's embed_dims as in_channels. "
    hint += "VisionTransformer goes with VisionTransformerClsHead, DistilledVisionTransformer with DeiTClsHead."
    return ConfigError(Mistake("model.head.in_channels", message, hint=hint))
