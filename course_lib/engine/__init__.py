"""The trainer and what belongs to it; receives finished objects, knows no config."""

from course_lib.models.files import load_checkpoint

from .adapters import Batch, Loader, LogitsModel, Trainable
from .checkpoint import load_weights, save_checkpoint
from .device import autocast, pick_device
from .evaluate import Metric, evaluate
from .hooks import CheckpointHook, CurvesHook, FiniteLossHook, Hook, LogHook, ProgressHook
from .seed import random_state, seed_everything, set_random_state
from .trainer import Result, Trainer, default_hooks

__all__ = [
    "Batch",
    "CheckpointHook",
    "CurvesHook",
    "FiniteLossHook",
    "Hook",
    "Loader",
    "LogHook",
    "LogitsModel",
    "Metric",
    "ProgressHook",
    "Result",
    "Trainable",
    "Trainer",
    "autocast",
    "default_hooks",
    "evaluate",
    "load_checkpoint",
    "load_weights",
    "pick_device",
    "random_state",
    "save_checkpoint",
    "seed_everything",
    "set_random_state",
]
