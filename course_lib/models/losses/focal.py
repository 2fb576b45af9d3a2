"""The focal loss: what is already surely right hardly counts, so that the many easy cases do not drown the few hard."""

import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.registry import register

from ..layers import check_choice
from .labels import REDUCTIONS, Reduction, as_targets, check_labels, reduce_loss


@register("loss")
class FocalLoss(nn.Module):
    """−(1 − p)^γ·log p, where p is the probability of the right answer, for each class by itself (sigmoid).

    "Focal Loss for Dense Object Detection", arXiv 1708.02002.

    Args:
        gamma: γ; 0 is the plain cross-entropy.
        alpha: Factor on the classes that are there; the others get 1 − α.
        reduction, loss_weight: As in ``CrossEntropyLoss``.
    """

    def __init__(
        self, gamma: float = 2.0, alpha: float = 0.25, reduction: Reduction = "mean", loss_weight: float = 1.0
    ) -> None:
        super().__init__()
        check_choice("loss.reduction", reduction, REDUCTIONS)
        self.gamma, self.alpha, self.reduction, self.loss_weight = gamma, alpha, reduction, loss_weight

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Logits (N, K) and labels (N,) or (N, K) → scalar."""
        check_labels(labels, logits.shape[1])
        logits, targets = logits.float(), as_targets(labels, logits.shape[1])
        chance = logits.sigmoid()
        wrong = (1 - chance) * targets + chance * (1 - targets)  # 1 − p, (N, K)
        balance = self.alpha * targets + (1 - self.alpha) * (1 - targets)
        surprise = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")  # −log p, (N, K)
        losses = balance * wrong.pow(self.gamma) * surprise
        return self.loss_weight * reduce_loss(losses.sum(dim=1), self.reduction)
