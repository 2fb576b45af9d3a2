"""Widgets with a goal, on top of the real library; what they compute are plain functions, and ``still()`` is a PNG.

The config tweaker, the schedule builder and the training dashboard train, and so need torch, which the others do not:
they are imported from ``widgets.tweaker``, ``widgets.schedule_builder`` and ``widgets.dashboard``.
"""

from .activations import ActivationExplorer
from .attention_picker import AttentionPicker
from .cnn_figures import activation_curves, feature_maps, gradients_by_layer, guesses_figure, neighbours_figure
from .compare_runs import CompareRuns
from .confusion_explorer import ConfusionExplorer
from .conv_geometry import ConvGeometry
from .convolution_figures import filter_sheet, filters_at_work, number_grids, receptive_fields, window_at_work
from .data_flow import data_flow_figure
from .kernel_painter import KernelPainter
from .mlp_figures import activations_figure, regions_figure, softmax_figure, two_planes, wins_figure
from .optimizer_race import OptimizerRace
from .perceptron import LineExplorer, PerceptronStepper
from .perceptron_figures import digits_in_plane, weights_at_work
from .playground import DecisionPlayground
from .point_clouds import cloud
from .points import PointsPlayground
from .position_shuffle import PositionShuffle
from .predict import PredictReveal
from .resnet_figures import blocks_figure, losses_figure
from .schedule_figures import rates_figure, seeds_figure
from .understand_figures import bars_figure, heats_figure
from .vit_figures import attention_on_pictures, follows_figure, patches_figure, positions_figure

__all__ = [
    "ActivationExplorer",
    "AttentionPicker",
    "CompareRuns",
    "ConfusionExplorer",
    "ConvGeometry",
    "DecisionPlayground",
    "KernelPainter",
    "LineExplorer",
    "OptimizerRace",
    "PerceptronStepper",
    "PointsPlayground",
    "PositionShuffle",
    "PredictReveal",
    "activation_curves",
    "activations_figure",
    "attention_on_pictures",
    "bars_figure",
    "blocks_figure",
    "cloud",
    "data_flow_figure",
    "digits_in_plane",
    "feature_maps",
    "filter_sheet",
    "filters_at_work",
    "follows_figure",
    "gradients_by_layer",
    "guesses_figure",
    "heats_figure",
    "losses_figure",
    "neighbours_figure",
    "number_grids",
    "patches_figure",
    "positions_figure",
    "rates_figure",
    "receptive_fields",
    "regions_figure",
    "seeds_figure",
    "softmax_figure",
    "two_planes",
    "weights_at_work",
    "window_at_work",
    "wins_figure",
]
