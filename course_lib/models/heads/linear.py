"""Heads of a classifier: one linear layer on top of the features, or nothing but the loss."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..linear_block import check_features, check_num_classes
from ..losses import CrossEntropyLoss
from ..weights import InitCfg, initialize

SMALL_RANDOM = {"type": "Normal", "layer": "Linear", "std": 0.01}  # the first predictions are nearly uniform


@register("head")
class ClsHead(nn.Module):
    """For a backbone that gives logits itself (``LeNet5(num_classes=10)``).

    Args:
        loss: A module of logits and labels; None takes cross-entropy.
        topk: Of which ranks ``cal_acc`` tells the accuracy.
        cal_acc: Whether ``loss`` also gives the accuracy on the training batch, in percent.
    """

    def __init__(self, loss: nn.Module | None = None, topk: int | Sequence[int] = (1,), cal_acc: bool = False) -> None:
        super().__init__()
        self.loss_module = CrossEntropyLoss() if loss is None else loss
        self.topk = (topk,) if isinstance(topk, int) else tuple(topk)
        self.cal_acc = cal_acc

    def forward(self, features: Tensor) -> Tensor:
        """Features, which are the logits (N, K) already."""
        return features

    def loss(self, features: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Features (N, D) and labels (N,) or (N, K) → ``{'loss': scalar}``, with ``accuracy/topN`` where asked for."""
        logits = self(features)
        losses = {"loss": self.loss_module(logits, labels)}
        if self.cal_acc and labels.ndim == 1:  # mixed labels have no right class
            losses |= {f"accuracy/top{k}": topk_accuracy(logits.detach(), labels, k) for k in self.topk}
        return losses

    def predict(self, features: Tensor) -> Tensor:
        """Features (N, D) → probabilities (N, K), float32."""
        return self(features).float().softmax(dim=1)


@register("head")
class LinearClsHead(ClsHead):
    """logits = W·features + b.

    Args:
        num_classes: K.
        in_channels: D, the length of the features.
        loss, topk, cal_acc: As in ``ClsHead``.
        init_cfg: How W and b begin; None leaves torch's own start.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: int,
        loss: nn.Module | None = None,
        topk: int | Sequence[int] = (1,),
        cal_acc: bool = False,
        init_cfg: InitCfg = SMALL_RANDOM,
    ) -> None:
        super().__init__(loss, topk, cal_acc)
        check_num_classes(num_classes)
        self.num_classes, self.in_channels = num_classes, in_channels
        if cal_acc:
            check_topk(max(self.topk), num_classes)
        self.fc = nn.Linear(in_channels, num_classes)
        initialize(self, init_cfg)

    def forward(self, features: Tensor) -> Tensor:
        """Features (N, D) → logits (N, K).

        Raises:
            ConfigError: features of another length or shape than the head was built for.
        """
        check_features(features, self.in_channels)
        return self.fc(features)


def topk_accuracy(logits: Tensor, labels: Tensor, k: int) -> Tensor:
    """The percentage of pictures whose label is among the ``k`` highest logits (N, K); a scalar on their device."""
    check_topk(k, logits.shape[1])
    best = logits.topk(k, dim=1).indices  # (N, k)
    return 100.0 * torch.eq(best, labels[:, None]).any(dim=1).float().mean()


def check_topk(k: int, num_classes: int) -> None:
    """Refuse to look for the best ``k`` among fewer classes (ConfigError)."""
    if k > num_classes:
        message = f"top-{k} accuracy needs more classes than num_classes={num_classes}."
        raise ConfigError(Mistake("model.head.topk", message, hint=f"Write k up to {num_classes}."))
