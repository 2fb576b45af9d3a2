"""Metrics: they stream over batches, keep counts on the device, and are read out once at the end."""

from .accuracy import Accuracy
from .confusion import ConfusionMatrix

__all__ = ["Accuracy", "ConfusionMatrix"]
