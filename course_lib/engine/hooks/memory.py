"""How much memory a training needs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import torch

from course_lib.config.registry import register
from course_lib.engine.hooks.base import Hook
from course_lib.engine.hooks.log import append, say

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


@register("hook")
class MemoryHook(Hook):
    """Writes the most memory that was held at once, in MiB, into ``metrics.jsonl`` and ``train.log``.

    ``memory/process`` is what the system counted since the process began (not on Windows); ``memory/device`` what
    torch held on a GPU since the training began. Asking for either does not make the device wait.

    Args:
        interval: Epochs between two looks.
    """

    main_only = True

    def __init__(self, interval: int = 1) -> None:
        self.interval = interval

    def before_train(self, trainer: Trainer) -> None:
        if trainer.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(trainer.device)

    def after_epoch(self, trainer: Trainer) -> None:
        found = peak_memory(trainer.device)
        if trainer.work_dir is None or not found or trainer.epoch % self.interval:
            return
        values = {f"memory/{name}": value for name, value in found.items()}
        append(trainer.work_dir, {"step": trainer.step, "epoch": trainer.epoch, **values})
        told = "  ".join(f"{name} {mib:,.0f} MiB" for name, mib in found.items())
        say(trainer.work_dir, f"most memory so far  {told}")


def peak_memory(device: torch.device) -> dict[str, float]:
    """The most memory so far in MiB, of the process and, on a GPU, of what torch allocated on it."""
    found = {}
    if sys.platform != "win32":
        import resource  # Windows has no such module

        unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, KiB here
        found["process"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)
    if device.type == "cuda":
        found["device"] = round(torch.cuda.max_memory_allocated(device) / 2**20, 1)
    elif device.type == "mps":  # which keeps no peak
        found["device"] = round(torch.mps.driver_allocated_memory() / 2**20, 1)
    return found
