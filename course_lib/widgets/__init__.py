"""Widgets with a goal, on top of the real library; what they compute are plain functions, and ``still()`` is a PNG."""

from .data_flow import data_flow_figure
from .perceptron import LineExplorer, PerceptronStepper
from .perceptron_figures import digits_in_plane, weights_at_work
from .points import PointsPlayground
from .predict import PredictReveal
from .tweaker import ConfigTweaker, Goal

__all__ = [
    "ConfigTweaker",
    "Goal",
    "LineExplorer",
    "PerceptronStepper",
    "PointsPlayground",
    "PredictReveal",
    "data_flow_figure",
    "digits_in_plane",
    "weights_at_work",
]
