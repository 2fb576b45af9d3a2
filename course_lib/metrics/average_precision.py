"""Average precision: how well the scores of a class sort the pictures, whatever threshold is chosen later."""

import warnings
from typing import Literal

import torch
from torch import Tensor

from course_lib.config.errors import ConfigError, DataError, Mistake
from course_lib.config.registry import register

from .multi_label import as_many


@register("metric", "AveragePrecision", "VOCAveragePrecision")
class AveragePrecision:
    """``'multi-label/mAP'``: the mean over the classes of the area under precision over recall, in percent.

    Unlike the other metrics it cannot stream: where a score stands in the order is known only when all are there. So it
    keeps the scores, 4 bytes a picture and class; those of VOC take 0.4 MB, of ImageNet 200 MB.

    Args:
        average: ``'macro'`` as above; None tells each class: ``'multi-label/AP_classwise/0'``, ….

    Raises:
        ConfigError: another average.
    """

    counted = ("scores", "labels")

    def __init__(self, average: Literal["macro"] | None = "macro") -> None:
        if average not in ("macro", None):
            raise ConfigError(Mistake("average", f"{average!r} is not one of 'macro', None."))
        self.average = average
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self.scores: list[Tensor] = []
        self.labels: list[Tensor] = []

    def update(self, scores: Tensor, labels: Tensor) -> None:
        """Keep a batch: scores (N, K); labels (N, K) of 1, 0, and −1 for what is not judged, or class numbers (N,).

        Raises:
            DataError: labels of another shape than the scores.
        """
        self.labels.append(as_many(labels, scores.shape[1]).to(torch.int8))
        self.scores.append(scores.float())

    def per_class(self) -> Tensor:
        """Each class's average precision in percent, float64 (K,); 0 for a class without pictures, as in MMPretrain.

        Raises:
            DataError: there was no picture.
        """
        from sklearn.metrics import average_precision_score

        if not sum(len(batch) for batch in self.scores):
            raise DataError("the average precision of no picture was asked for: is the validation set empty?")
        scores, labels = torch.cat(self.scores).cpu().numpy(), torch.cat(self.labels).cpu().numpy()
        values = []
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "No positive class found")  # then scikit-learn gives 0
            for k in range(scores.shape[1]):
                judged = labels[:, k] >= 0
                has_any = bool(judged.any())
                values.append(average_precision_score(labels[judged, k], scores[judged, k]) if has_any else 0.0)
        return 100.0 * torch.tensor(values, dtype=torch.float64)

    def compute(self) -> dict[str, float]:
        """The value over all pictures since ``reset``; see ``per_class`` for what it raises."""
        values = self.per_class()
        if self.average == "macro":
            return {"multi-label/mAP": float(values.mean())}
        return {f"multi-label/AP_classwise/{k}": value for k, value in enumerate(values.tolist())}
