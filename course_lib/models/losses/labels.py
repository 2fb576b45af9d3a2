"""What all losses share: labels that fit the classes, in one form, and one scalar at the end."""

from typing import Literal

import torch.nn.functional as F
from torch import Tensor

from course_lib.config.errors import DataError

Reduction = Literal["mean", "sum"]
REDUCTIONS = ("mean", "sum")


def reduce_loss(losses: Tensor, reduction: Reduction) -> Tensor:
    """The pictures' losses (N,) → scalar."""
    return losses.mean() if reduction == "mean" else losses.sum()


def as_targets(labels: Tensor, num_classes: int) -> Tensor:
    """Labels (N,) or (N, K) → float32 (N, K): class numbers become a 1 among zeros."""
    return labels.float() if labels.ndim == 2 else F.one_hot(labels, num_classes).float()


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
