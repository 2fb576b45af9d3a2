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
        self.waiting: list[tuple[int, int, float, Tensor]] = []  # step, epoch, lr, loss

    def after_step(self, trainer: Trainer, losses: dict[str, Tensor]) -> None:
        self.waiting.append((trainer.step, trainer.epoch + 1, trainer.last_lr, losses["loss"]))
        if len(self.waiting) >= self.interval:
            self.look(trainer)

    def before_validate(self, trainer: Trainer) -> None:
        self.look(trainer)  # before the time for measuring such weights is spent

    def after_epoch(self, trainer: Trainer) -> None:
        self.look(trainer)  # before the other hooks tell of a mean that is no number

    def before_save(self, trainer: Trainer) -> None:
        self.look(trainer)

    def look(self, trainer: Trainer) -> None:
        """Read the waiting losses in one transfer."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return
        values = torch.stack([loss.float() for *_, loss in waiting]).tolist()
        for (step, epoch, lr, _), value in zip(waiting, values, strict=True):
            if not math.isfinite(value):
                raise DivergenceError(
                    f"the loss became {value} at step {step} (epoch {epoch}) with lr {lr:.3g}. Try a tenth of the "
                    f"learning rate, a warm-up, or clip_grad=dict(max_norm=1.0). {kept_note(trainer)}"
                )


def kept_note(trainer: Trainer) -> str:
    """Which checkpoint is still good."""
    last = trainer.last_checkpoint
    return f"The last good checkpoint is {last}." if last else "No checkpoint had been written yet."
