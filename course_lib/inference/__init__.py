"""A checkpoint and pictures → predictions, with the preprocessing of the test pipeline by construction."""

from .inferencer import Inferencer, Prediction, sheet
from .pictures import Picture, one_by_one

__all__ = ["Inferencer", "Picture", "Prediction", "one_by_one", "sheet"]
