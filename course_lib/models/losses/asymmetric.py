"""The asymmetric loss: where a picture shows a few of many classes, the absent ones count less than those it shows."""

from torch import Tensor, nn

from course_lib.config.registry import register

from ..layers import check_choice
from .labels import REDUCTIONS, Reduction, as_targets, check_labels, reduce_loss


@register("loss")
class AsymmetricLoss(nn.Module):
    """−(1 − p)^γ·log p for each class by itself, with another γ where the class is there than where it is not.

    "Asymmetric Loss For Multi-Label Classification", arXiv 2009.14119.

    Args:
        gamma_pos, gamma_neg: γ of the classes that are there, and of the others.
        clip: Added to the p of an absent class: one that is less likely than this costs nothing at all.
        reduction, loss_weight: As in ``CrossEntropyLoss``.
        use_sigmoid: False takes the probabilities from a softmax.
        eps: p counts as no less, so that log p stays finite.
    """

    def __init__(
        self,
        gamma_pos: float = 0.0,
        gamma_neg: float = 4.0,
        clip: float | None = 0.05,
        reduction: Reduction = "mean",
        loss_weight: float = 1.0,
        use_sigmoid: bool = True,
        eps: float = 1e-8,
    ) -> None:
        super().__init__()
        check_choice("loss.reduction", reduction, REDUCTIONS)
        self.gamma_pos, self.gamma_neg, self.clip = gamma_pos, gamma_neg, clip or 0.0
        self.reduction, self.loss_weight, self.use_sigmoid, self.eps = reduction, loss_weight, use_sigmoid, eps

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Logits (N, K) and labels (N,) or (N, K) → scalar."""
        check_labels(labels, logits.shape[1])
        logits, targets = logits.float(), as_targets(labels, logits.shape[1])
        chance = logits.sigmoid() if self.use_sigmoid else logits.softmax(dim=1)
        right = chance * targets + (1 - chance + self.clip).clamp(max=1) * (1 - targets)  # p, (N, K)
        gamma = self.gamma_pos * targets + self.gamma_neg * (1 - targets)
        losses = -(1 - right).pow(gamma) * right.clamp(min=self.eps).log()
        return self.loss_weight * reduce_loss(losses.sum(dim=1), self.reduction)
