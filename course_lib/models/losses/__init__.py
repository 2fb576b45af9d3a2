"""Losses: logits (N, K) and labels → scalar.

All take labels as class numbers (N,) or, for mixed pictures and for several classes in one, as numbers from 0 to 1 for
each class (N, K). ``reduction='mean'`` is the mean over the pictures; a loss that looks at each class by itself is
summed over the classes first, as MMPretrain's heads do.
"""

from .asymmetric import AsymmetricLoss
from .cross_entropy import CrossEntropyLoss, LabelSmoothLoss, cross_entropy
from .focal import FocalLoss
from .labels import Reduction, as_targets, check_labels, reduce_loss
from .seesaw import SeesawLoss

__all__ = [
    "AsymmetricLoss",
    "CrossEntropyLoss",
    "FocalLoss",
    "LabelSmoothLoss",
    "Reduction",
    "SeesawLoss",
    "as_targets",
    "check_labels",
    "cross_entropy",
    "reduce_loss",
]
