"""The seesaw loss: where some classes have many pictures and others few, the many push the few down less hard."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, DataError, Mistake
from course_lib.config.registry import register

from ..layers import check_choice
from .labels import REDUCTIONS, Reduction, check_labels, reduce_loss


@register("loss")
class SeesawLoss(nn.Module):
    """Cross-entropy in which the exponential of each wrong class j is multiplied by S_ij, i being the right one.

    S_ij = min(1, n_j/n_i)^p · max(1, σ_j/σ_i)^q with the pictures n seen so far and the probabilities σ: a rarer j is
    spared, unless it is taken for the right class. "Seesaw Loss for Long-Tailed Instance Segmentation",
    arXiv 2008.10032. It counts pictures in training mode only.

    Args:
        use_sigmoid: Only False exists.
        p: How much rare classes are spared; 0 not at all.
        q: How much a class is pushed down that scores higher than the right one.
        num_classes: K.
        eps: σ_i counts as no less.
        reduction, loss_weight: As in ``CrossEntropyLoss``.

    Attributes:
        cum_samples: n, float32 (K,); saved with the weights.
    """

    cum_samples: Tensor

    def __init__(
        self,
        use_sigmoid: bool = False,
        p: float = 0.8,
        q: float = 2.0,
        num_classes: int = 1000,
        eps: float = 1e-2,
        reduction: Reduction = "mean",
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__()
        check_choice("loss.reduction", reduction, REDUCTIONS)
        if use_sigmoid:
            raise ConfigError(Mistake("loss.use_sigmoid", "the seesaw loss weighs classes against one another: False."))
        self.p, self.q, self.num_classes, self.eps = p, q, num_classes, eps
        self.reduction, self.loss_weight = reduction, loss_weight
        self.register_buffer("cum_samples", torch.zeros(num_classes))

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Logits (N, K) and labels (N,) → scalar.

        Raises:
            ConfigError: ``num_classes`` is not that of the logits.
            DataError: labels that are no class numbers.
        """
        if logits.shape[1] != self.num_classes:
            message = f"is {self.num_classes}, but the head gives {logits.shape[1]} classes."
            hint = f"Write num_classes={logits.shape[1]}."
            raise ConfigError(Mistake("model.head.loss.num_classes", message, hint=hint))
        if labels.ndim != 1:
            raise DataError("the seesaw loss counts classes and takes no mixed labels: leave Mixup and the like out.")
        check_labels(labels, self.num_classes)
        if self.training:
            self.cum_samples += F.one_hot(labels, self.num_classes).sum(dim=0)
        logits = logits.float()
        with torch.no_grad():
            log_n = self.cum_samples.clamp(min=1).log()  # (K,)
            spared = self.p * (log_n - log_n[labels, None]).clamp(max=0)  # (N, K); 0 for the right class
            log_p = logits.log_softmax(dim=1)
            right = log_p.gather(1, labels[:, None]).exp().clamp(min=self.eps).log()  # (N, 1)
            pushed = self.q * (log_p - right).clamp(min=0)  # (N, K); 0 for the right class
        losses = F.cross_entropy(logits + spared + pushed, labels, reduction="none")
        return self.loss_weight * reduce_loss(losses, self.reduction)
