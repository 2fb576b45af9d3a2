"""Heads for pictures that show several classes, or none: each class is a question of its own, answered by a sigmoid."""

import torch
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..linear_block import check_features, check_num_classes
from ..losses import CrossEntropyLoss
from ..weights import InitCfg, initialize
from .linear import SMALL_RANDOM


@register("head")
class MultiLabelClsHead(nn.Module):
    """For a backbone that gives logits itself.

    Labels are (N, K): 1 where the class is there, 0 where it is not, and −1 where it is too hard to tell; the loss
    counts a −1 as not there, the metrics leave it out (the custom of Pascal VOC, and MMPretrain's).

    Args:
        loss: A module of logits and labels; None takes cross-entropy with ``use_sigmoid``.
        thr: A class is named if its probability is at least this; None means 0.5, unless ``topk`` is given.
        topk: How many classes ``named`` names in each picture; ``thr`` goes before it.
    """

    def __init__(self, loss: nn.Module | None = None, thr: float | None = None, topk: int | None = None) -> None:
        super().__init__()
        if topk is not None and topk < 1:
            raise ConfigError(Mistake("model.head.topk", f"{topk!r} is not a whole number from 1 on."))
        self.loss_module = CrossEntropyLoss(use_sigmoid=True) if loss is None else loss
        self.thr, self.topk = (0.5 if thr is None and topk is None else thr), topk

    def forward(self, features: Tensor) -> Tensor:
        """Features, which are the logits (N, K) already."""
        return features

    def loss(self, features: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Features (N, D) and labels (N, K) → ``{'loss': scalar}``; labels (N,) stand for one class a picture."""
        if labels.ndim == 2:
            labels = labels.clamp(min=0)
        return {"loss": self.loss_module(self(features), labels)}

    def predict(self, features: Tensor) -> Tensor:
        """Features (N, D) → probabilities (N, K), float32; they do not add up to 1."""
        return self(features).float().sigmoid()

    def named(self, scores: Tensor) -> Tensor:
        """Probabilities (N, K) → bool (N, K): which classes the picture is said to show."""
        if self.thr is not None:
            return scores >= self.thr
        assert self.topk is not None  # __init__ sees to one of the two
        best = scores.topk(self.topk, dim=1).indices  # (N, topk)
        return torch.zeros_like(scores, dtype=torch.bool).scatter(1, best, True)


@register("head")
class MultiLabelLinearClsHead(MultiLabelClsHead):
    """logits = W·features + b.

    Args:
        num_classes: K.
        in_channels: D, the length of the features.
        loss, thr, topk: As in ``MultiLabelClsHead``.
        init_cfg: How W and b begin; None leaves torch's own start.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: int,
        loss: nn.Module | None = None,
        thr: float | None = None,
        topk: int | None = None,
        init_cfg: InitCfg = SMALL_RANDOM,
    ) -> None:
        super().__init__(loss, thr, topk)
        check_num_classes(num_classes)
        if topk is not None and topk > num_classes:
            message = f"{topk} classes cannot be named where num_classes={num_classes}."
            raise ConfigError(Mistake("model.head.topk", message))
        self.num_classes, self.in_channels = num_classes, in_channels
        self.fc = nn.Linear(in_channels, num_classes)
        initialize(self, init_cfg)

    def forward(self, features: Tensor) -> Tensor:
        """Features (N, D) → logits (N, K).

        Raises:
            ConfigError: features of another length or shape than the head was built for.
        """
        check_features(features, self.in_channels)
        return self.fc(features)
