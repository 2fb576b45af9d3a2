"""Widgets with a goal, on top of the real library; what they compute are plain functions, and ``still()`` is a PNG.

The config tweaker trains, and so needs torch, which the others do not: it is imported from ``widgets.tweaker``.
"""

from .data_flow import data_flow_figure
from .perceptron import LineExplorer, PerceptronStepper
from .perceptron_figures import digits_in_plane, weights_at_work
from .points import PointsPlayground
from .predict import PredictReveal

__all__ = [
    "LineExplorer",
    "PerceptronStepper",
    "PointsPlayground",
    "PredictReveal",
    "data_flow_figure",
    "digits_in_plane",
    "weights_at_work",
]
