"""Metrics: they stream over batches, keep counts on the device, and are read out once at the end.

``counted`` names the attributes that hold the counts. Where several processes measure a part of the pictures each, they
are added up before they are read out, so that the result is that of all pictures, however unequal the parts.
"""

from .accuracy import Accuracy
from .average_precision import AveragePrecision
from .confusion import ConfusionMatrix
from .multi_label import MultiLabelMetric
from .single_label import SingleLabelMetric

__all__ = ["Accuracy", "AveragePrecision", "ConfusionMatrix", "MultiLabelMetric", "SingleLabelMetric"]
