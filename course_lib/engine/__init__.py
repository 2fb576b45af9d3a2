"""The trainer and what belongs to it; receives finished objects, knows no config."""

from course_lib.models.files import best_weights, load_checkpoint

from .adapters import Batch, Loader, LogitsModel, Trainable
from .average import Measured, WeightAverage
from .checkpoint import load_weights, save_checkpoint
from .device import Amp, autocast, pick_device
from .distributed import World, connect, find_launcher, one_first, share_statistics, told_once, world
from .evaluate import Metric, evaluate, scores_of
from .hooks import (
    CheckpointHook,
    CurvesHook,
    EarlyStoppingHook,
    FiniteLossHook,
    Hook,
    LogHook,
    MemoryHook,
    PreciseBNHook,
    ProfilerHook,
    ProgressHook,
    RecordHook,
    SwitchRecipeHook,
    TensorBoardWriter,
    VisualizationHook,
    WhiteningHook,
)
from .lookahead import Lookahead
from .parallel import NO_AVERAGE_OF_SHARDS, shard
from .record import read_record
from .seed import random_state, seed_everything, set_deterministic, set_random_state
from .trainer import Result, Trainer, default_hooks

__all__ = [
    "NO_AVERAGE_OF_SHARDS",
    "Amp",
    "Batch",
    "CheckpointHook",
    "CurvesHook",
    "EarlyStoppingHook",
    "FiniteLossHook",
    "Hook",
    "Loader",
    "LogHook",
    "LogitsModel",
    "Lookahead",
    "Measured",
    "MemoryHook",
    "Metric",
    "PreciseBNHook",
    "ProfilerHook",
    "ProgressHook",
    "RecordHook",
    "Result",
    "SwitchRecipeHook",
    "TensorBoardWriter",
    "Trainable",
    "Trainer",
    "VisualizationHook",
    "WeightAverage",
    "WhiteningHook",
    "World",
    "autocast",
    "best_weights",
    "connect",
    "default_hooks",
    "evaluate",
    "find_launcher",
    "load_checkpoint",
    "load_weights",
    "one_first",
    "pick_device",
    "random_state",
    "read_record",
    "save_checkpoint",
    "scores_of",
    "seed_everything",
    "set_deterministic",
    "set_random_state",
    "shard",
    "share_statistics",
    "told_once",
    "world",
]
