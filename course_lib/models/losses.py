"""Losses on logits: cross-entropy, plain and with smoothed labels.

Both take labels as class numbers (N,) or, after Mixup and the like, as probabilities (N, K).
"""

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, DataError, Mistake
from course_lib.config.registry import register

from .layers import check_choice

Reduction = Literal["mean", "sum"]


@register("loss")
class CrossEntropyLoss(nn.Module):
    """The mean over the batch of −log p(right class).

    Args:
        loss_weight: Factor on the result.
        use_soft: MMPretrain's switch for labels (N, K); the labels' shape says it here, so both values do the same.
        reduction: ``'mean'`` over the batch, or ``'sum'``.
    """

    def __init__(self, loss_weight: float = 1.0, use_soft: bool = False, reduction: Reduction = "mean") -> None:
        super().__init__()
        check_choice("loss.reduction", reduction, ("mean", "sum"))
        self.loss_weight, self.reduction = loss_weight, reduction

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Logits (N, K) and labels (N,) or (N, K) → scalar."""
        return self.loss_weight * cross_entropy(logits, labels, reduction=self.reduction)


@register("loss")
class LabelSmoothLoss(nn.Module):
    """Cross-entropy with labels (1 − ε)·label + ε/K ("Rethinking the Inception Architecture", arXiv 1512.00567).

    Args:
        label_smooth_val: ε.
        num_classes: K; only compared with the logits, which know it.
        mode: ``'original'`` as above, or ``'classy_vision'``, which adds ε/K to each entry and then divides by the sum.
        reduction, loss_weight: As in ``CrossEntropyLoss``.
    """

    def __init__(
        self,
        label_smooth_val: float,
        num_classes: int | None = None,
        mode: Literal["original", "classy_vision"] = "original",
        reduction: Reduction = "mean",
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__()
        check_choice("loss.mode", mode, ("original", "classy_vision"))
        check_choice("loss.reduction", reduction, ("mean", "sum"))
        if not 0 <= label_smooth_val < 1:
            raise ConfigError(Mistake("loss.label_smooth_val", f"{label_smooth_val!r} is not in 0 ≤ ε < 1."))
        self.smoothing = label_smooth_val if mode == "original" else label_smooth_val / (1 + label_smooth_val)
        self.num_classes, self.reduction, self.loss_weight = (num_classes, reduction, loss_weight)

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Logits (N, K) and labels (N,) or (N, K) → scalar."""
        if self.num_classes is not None and self.num_classes != logits.shape[1]:
            message = f"the head gives {logits.shape[1]} classes, but the loss was told num_classes={self.num_classes}."
            raise ConfigError(Mistake("model.head.loss.num_classes", message, hint="Leave it out: the logits know it."))
        return self.loss_weight * cross_entropy(logits, labels, self.smoothing, self.reduction)


def cross_entropy(logits: Tensor, labels: Tensor, smoothing: float = 0.0, reduction: Reduction = "mean") -> Tensor:
    """torch's cross-entropy in float32, also under autocast, with labels checked.

    Raises:
        DataError: a label outside the classes, or soft labels of another number of classes.
    """
    check_labels(labels, logits.shape[1])
    if labels.ndim == 2:
        labels = labels.float()
    return F.cross_entropy(logits.float(), labels, label_smoothing=smoothing, reduction=reduction)


def check_labels(labels: Tensor, num_classes: int) -> None:
    """Refuse labels that do not fit the classes.

    Class numbers are looked at on the CPU only: on a GPU reading them would make every step wait.

    Raises:
        DataError: a label outside 0 … K − 1, or soft labels (N, K') with K' ≠ K.
    """
    if labels.ndim == 2:
        if labels.shape[1] != num_classes:
            raise DataError(
                f"the soft labels have {labels.shape[1]} classes, but the model has num_classes={num_classes}."
            )
    elif labels.device.type == "cpu" and labels.numel():
        low, high = labels.aminmax()
        if low < 0 or high >= num_classes:
            raise DataError(
                f"the label {int(low if low < 0 else high)} is outside the classes: num_classes={num_classes} allows "
                f"0 … {num_classes - 1}. Set num_classes to the data set's number of classes, or mend the labels."
            )
