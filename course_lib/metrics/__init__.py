"""Metrics: they stream over batches, keep counts on the device, and are read out once at the end."""

from .accuracy import Accuracy
from .average_precision import AveragePrecision
from .confusion import ConfusionMatrix
from .multi_label import MultiLabelMetric
from .single_label import SingleLabelMetric

__all__ = ["Accuracy", "AveragePrecision", "ConfusionMatrix", "MultiLabelMetric", "SingleLabelMetric"]
