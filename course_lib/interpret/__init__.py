"""What a trained network looks at, what it knows, and where it is wrong.

Plain functions of an ``nn.Module`` and a batch, or of the numbers that ``collect`` gathers over a data set; the figures
for them are in ``course_lib.viz``.
"""

from .attention import attention_layers, attention_maps, attention_rollout, rollout
from .calibration import Reliability, fit_temperature, reliability
from .cam import METHODS, cam, default_layer, grad_cam, grad_cam_plus_plus
from .collecting import Collected, collect, pictures_at
from .embeddings import knn_accuracy, nearest, tsne
from .features import channel_pictures, feature_maps, first_filters
from .layers import find_layer, map_layers, token_grid
from .mistakes import Confusion, WrongAnswer, confused_pairs, worst_mistakes

__all__ = [
    "METHODS",
    "Collected",
    "Confusion",
    "Reliability",
    "WrongAnswer",
    "attention_layers",
    "attention_maps",
    "attention_rollout",
    "cam",
    "channel_pictures",
    "collect",
    "confused_pairs",
    "default_layer",
    "feature_maps",
    "find_layer",
    "first_filters",
    "fit_temperature",
    "grad_cam",
    "grad_cam_plus_plus",
    "knn_accuracy",
    "map_layers",
    "nearest",
    "pictures_at",
    "reliability",
    "rollout",
    "token_grid",
    "tsne",
    "worst_mistakes",
]
