"""What watches a training: each hook one readable file, called at the moments that ``base.py`` lists."""

from .base import MOMENTS, Hook
from .checkpoint import CheckpointHook
from .curves import CurvesHook
from .finite import FiniteLossHook
from .log import LogHook
from .progress import ProgressHook

__all__ = ["MOMENTS", "CheckpointHook", "CurvesHook", "FiniteLossHook", "Hook", "LogHook", "ProgressHook"]
