"""What watches a training: each hook one readable file, called at the moments that ``base.py`` lists."""

from .base import MOMENTS, Hook
from .checkpoint import CheckpointHook
from .curves import CurvesHook
from .early_stopping import EarlyStoppingHook
from .finite import FiniteLossHook
from .log import LogHook
from .memory import MemoryHook
from .precise_bn import PreciseBNHook
from .profiler import ProfilerHook
from .progress import ProgressHook
from .record import RecordHook
from .switch_recipe import SwitchRecipeHook
from .tensorboard import TensorBoardWriter
from .visualization import VisualizationHook
from .whitening import WhiteningHook

__all__ = [
    "MOMENTS",
    "CheckpointHook",
    "CurvesHook",
    "EarlyStoppingHook",
    "FiniteLossHook",
    "Hook",
    "LogHook",
    "MemoryHook",
    "PreciseBNHook",
    "ProfilerHook",
    "ProgressHook",
    "RecordHook",
    "SwitchRecipeHook",
    "TensorBoardWriter",
    "VisualizationHook",
    "WhiteningHook",
]
