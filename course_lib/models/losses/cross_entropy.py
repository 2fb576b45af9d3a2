"""Cross-entropy, plain and with smoothed labels: over all classes at once, or a yes or no for each class."""

from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import check_choice
from .labels import REDUCTIONS, Reduction, as_targets, check_labels

Mode = Literal["original", "classy_vision", "multi_label"]
NOTHING_IGNORED = -(2**31)  # torch would take a label of -100 for "ignore this picture"


@register("loss")
class CrossEntropyLoss(nn.Module):
    """−log p(right class), by softmax; or, with ``use_sigmoid``, −log p(right answer) summed over the classes.

    Args:
        use_sigmoid: Ask of each class by itself whether it is there: for pictures with several classes or none.
        use_soft: MMPretrain's switch for labels (N, K); the labels' shape says it here, so both values do the same.
        reduction: ``'mean'`` over the batch, or ``'sum'``.
        loss_weight: Factor on the result.
        class_weight: A factor for each of the K classes. The mean still divides by N, as in MMPretrain (not torch).
        pos_weight: With ``use_sigmoid``, a factor for each class on the pictures that show it.
    """

    class_weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(
        self,
        use_sigmoid: bool = False,
        use_soft: bool = False,
        reduction: Reduction = "mean",
        loss_weight: float = 1.0,
        class_weight: Sequence[float] | None = None,
        pos_weight: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        check_choice("loss.reduction", reduction, REDUCTIONS)
        if use_sigmoid and use_soft:
            message = "use_sigmoid asks of each class by itself, use_soft shares 1 among them; choose one."
            raise ConfigError(Mistake("loss.use_soft", message, hint="Leave use_soft out: the labels' shape says it."))
        if pos_weight is not None and not use_sigmoid:
            raise ConfigError(Mistake("loss.pos_weight", "only use_sigmoid=True knows it.", hint="Use class_weight."))
        self.use_sigmoid, self.reduction, self.loss_weight = use_sigmoid, reduction, loss_weight
        # buffers, so that they move to the model's device; not saved, since the config says them
        self.register_buffer("class_weight", _numbers(class_weight), persistent=False)
        self.register_buffer("pos_weight", _numbers(pos_weight), persistent=False)

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Logits (N, K) and labels (N,) or (N, K) → scalar."""
        weights = (self.class_weight, self.pos_weight)
        loss = cross_entropy(logits, labels, self.use_sigmoid, *weights, reduction=self.reduction)
        return loss if self.loss_weight == 1.0 else self.loss_weight * loss


@register("loss")
class LabelSmoothLoss(nn.Module):
    """Cross-entropy with labels (1 − ε)·label + ε/K ("Rethinking the Inception Architecture", arXiv 1512.00567).

    Args:
        label_smooth_val: ε.
        num_classes: K; only compared with the logits, which know it.
        use_sigmoid: As in ``CrossEntropyLoss``; None means only in mode ``'multi_label'``.
        mode: ``'original'`` as above; ``'classy_vision'``, which adds ε/K to each entry and then divides by the sum;
            ``'multi_label'``, which makes 1 − ε of a 1 and ε of a 0.
        reduction, loss_weight, class_weight, pos_weight: As in ``CrossEntropyLoss``.
    """

    def __init__(
        self,
        label_smooth_val: float,
        num_classes: int | None = None,
        use_sigmoid: bool | None = None,
        mode: Mode = "original",
        reduction: Reduction = "mean",
        loss_weight: float = 1.0,
        class_weight: Sequence[float] | None = None,
        pos_weight: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        check_choice("loss.mode", mode, ("original", "classy_vision", "multi_label"))
        if not 0 <= label_smooth_val < 1:
            raise ConfigError(Mistake("loss.label_smooth_val", f"{label_smooth_val!r} is not in 0 ≤ ε < 1."))
        self.label_smooth_val, self.num_classes, self.mode = label_smooth_val, num_classes, mode
        if use_sigmoid is None:
            use_sigmoid = mode == "multi_label"
        self.ce = CrossEntropyLoss(
            use_sigmoid,
            reduction=reduction,
            loss_weight=loss_weight,
            class_weight=class_weight,
            pos_weight=pos_weight,
        )

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Logits (N, K) and labels (N,) or (N, K) → scalar."""
        num_classes = logits.shape[1]
        if self.num_classes is not None and self.num_classes != num_classes:
            message = f"the head gives {num_classes} classes, but the loss was told num_classes={self.num_classes}."
            raise ConfigError(Mistake("model.head.loss.num_classes", message, hint="Leave it out: the logits know it."))
        check_labels(labels, num_classes)
        return self.ce(logits, self.smooth(as_targets(labels, num_classes)))

    def smooth(self, targets: Tensor) -> Tensor:
        """(N, K) → (N, K), no longer so sure"""
        eps, num_classes = self.label_smooth_val, targets.shape[1]
        if self.mode == "multi_label":
            return (1 - 2 * eps) * targets + eps
        if self.mode == "classy_vision":
            return (targets + eps / num_classes) / (1 + eps)
        return (1 - eps) * targets + eps / num_classes


def cross_entropy(
    logits: Tensor,
    labels: Tensor,
    use_sigmoid: bool = False,
    class_weight: Tensor | None = None,
    pos_weight: Tensor | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """Logits (N, K) and labels (N,) or (N, K) → scalar, in float32 also under autocast.

    Raises:
        DataError: a label outside the classes, or labels (N, K') of another number of classes.
        ConfigError: another number of weights than classes.
    """
    num_classes = logits.shape[1]
    for name, weight in (("class_weight", class_weight), ("pos_weight", pos_weight)):
        if weight is not None and len(weight) != num_classes:
            message = f"{len(weight)} numbers, but the head gives {num_classes} classes; one each belongs here."
            raise ConfigError(Mistake(f"model.head.loss.{name}", message))
    logits = logits.float()
    if use_sigmoid:
        check_labels(labels, num_classes)
        targets = as_targets(labels, num_classes)
        total = F.binary_cross_entropy_with_logits(
            logits, targets, class_weight, reduction="sum", pos_weight=pos_weight
        )
        return total / len(logits) if reduction == "mean" else total
    if labels.ndim == 2:
        check_labels(labels, num_classes)
        labels = labels.float()
    whole = "sum" if class_weight is not None else reduction  # torch's mean would divide by the sum of the weights
    try:
        loss = F.cross_entropy(logits, labels, class_weight, reduction=whole, ignore_index=NOTHING_IGNORED)
    except IndexError:  # torch has looked at every label; only an error is worth looking again
        check_labels(labels, num_classes)
        raise
    return loss / len(logits) if whole != reduction else loss


def _numbers(values: Sequence[float] | None) -> Tensor | None:
    return None if values is None else torch.tensor(values, dtype=torch.float32)
