"""The confusion matrix: which class is taken for which."""

import torch
from torch import Tensor

from course_lib.config.errors import DataError
from course_lib.config.registry import register


@register("metric")
class ConfusionMatrix:
    """Counts pictures by their true class (row) and the class that was guessed (column).

    Args:
        num_classes: K; without it, the first batch of scores tells.

    Attributes:
        matrix: int64 (K, K), on the scores' device.
    """

    counted = ("matrix",)

    def __init__(self, num_classes: int | None = None) -> None:
        self.num_classes = num_classes
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self.matrix = torch.zeros(self.num_classes or 0, self.num_classes or 0, dtype=torch.int64)

    def update(self, scores: Tensor, labels: Tensor) -> None:
        """Count a batch: scores (N, K), labels (N,); nothing is read back from a GPU.

        Raises:
            DataError: scores of another number of classes, or a label outside them (seen on the CPU only).
        """
        if self.matrix.numel() == 0:
            self.matrix = torch.zeros(scores.shape[1], scores.shape[1], dtype=torch.int64)
        num_classes = len(self.matrix)
        if scores.shape[1] != num_classes:
            raise DataError(f"the scores have {scores.shape[1]} classes, the confusion matrix has {num_classes}.")
        if labels.device.type == "cpu" and ((labels < 0) | (labels >= num_classes)).any():
            raise DataError(f"a label is outside 0 … {num_classes - 1}, the {num_classes} classes of the scores.")
        self.matrix = self.matrix.to(scores.device)
        cells = labels * num_classes + scores.argmax(dim=1)  # (N,), into the flat matrix
        self.matrix.view(-1).index_add_(0, cells, torch.ones_like(cells))

    def per_class(self) -> Tensor:
        """The accuracy of each class in percent, float64 (K,); NaN for a class without pictures."""
        counts = self.matrix.double().cpu()
        return 100.0 * counts.diagonal() / counts.sum(dim=1)

    def compute(self) -> dict[str, float]:
        """``'accuracy/mean_class'``: the mean of the classes' accuracies, in which a rare class weighs as much as any.

        Raises:
            DataError: there was no picture.
        """
        if self.matrix.sum() == 0:
            raise DataError("the confusion matrix holds no picture: is the validation set empty?")
        return {"accuracy/mean_class": float(self.per_class().nanmean())}
