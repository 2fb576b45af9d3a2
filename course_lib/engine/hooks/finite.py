"""Stop a training whose loss is no number any more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from course_lib.config.errors import DivergenceError
from course_lib.engine.hooks.base import Hook

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


class FiniteLossHook(Hook):
    """Raises ``DivergenceError`` when a loss is NaN or infinite, and before such weights can be saved.

    Args:
        interval: Steps between two looks. The losses wait on the device until then, since reading one each step
            would make the device wait for the computer; the step named in the error is exact all the same.
    """

    def __init__(self, interval: int = 50) -> None:
        self.interval = interval
        self.waiting: list[tuple[str, Tensor]] = []

    def after_step(self, trainer: Trainer, losses: dict[str, Tensor]) -> None:
        place = f"step {trainer.step} (epoch {trainer.epoch + 1}) with lr {trainer.last_lr:.3g}"
        self.waiting.append((place, losses["loss"]))
        if len(self.waiting) >= self.interval:
            self.look(trainer)

    def after_epoch(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        self.look(trainer)  # before the other hooks tell of a mean that is no number

    def before_save(self, trainer: Trainer) -> None:
        self.look(trainer)

    def look(self, trainer: Trainer) -> None:
        """Read the waiting losses in one transfer."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return
        values = torch.stack([loss.float() for _, loss in waiting]).tolist()
        for (place, _), value in zip(waiting, values, strict=True):
            if not math.isfinite(value):
                raise DivergenceError(
                    f"the loss became {value} at {place}. Try a tenth of the learning rate, a warm-up, "
                    f"or clip_grad=dict(max_norm=1.0). {kept_note(trainer)}"
                )


def kept_note(trainer: Trainer) -> str:
    """Which checkpoint is still good."""
    last = trainer.last_checkpoint
    return f"The last good checkpoint is {last}." if last else "No checkpoint had been written yet."
