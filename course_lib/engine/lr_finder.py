"""Which learning rates a network can be trained with: Smith's range test, arXiv 1506.01186, section 3.3.

The rate rises by the same factor at every step. While it is too small the loss stands still, then it falls, and where
the rate is too large it rises again. What is tried is a copy, so model and optimizer stay as they were.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_lib.config.errors import ConfigError, DivergenceError
from course_lib.engine.hooks.base import Hook
from course_lib.engine.seed import random_state, set_random_state
from course_lib.engine.trainer import Trainer
from course_lib.optim import ExponentialLR

SMOOTHING = 0.8  # of the loss, whose noise from batch to batch would hide its course
EXPLODED = 4.0  # times the smallest loss so far


class Losses(Hook):
    """Notes rate and loss of every step, and ends the test when the loss has exploded.

    Reading the loss makes the device wait at every step; a test is short.
    """

    def __init__(self) -> None:
        self.lr: list[float] = []
        self.loss: list[float] = []
        self.exploded = False
        self.total = self.weight = 0.0  # of the average so far, in which old losses count less and less
        self.smallest = math.inf

    def after_step(self, trainer: Trainer, losses: dict[str, Tensor]) -> None:
        loss = float(losses["loss"])
        self.lr.append(trainer.last_lr)
        self.loss.append(loss)
        self.total = SMOOTHING * self.total + (1 - SMOOTHING) * loss
        self.weight = SMOOTHING * self.weight + (1 - SMOOTHING)
        average = self.total / self.weight
        self.smallest = min(self.smallest, average)
        if not average <= EXPLODED * self.smallest:  # NaN compares to nothing
            self.exploded = True
            trainer.stopped = "the loss has exploded"


@dataclass(frozen=True)
class LrRange:
    """What a range test saw.

    Args:
        lr: The rates, float64 (n,), rising.
        loss: The loss at each, float64 (n,).
        smoothed: The same without the noise, float64 (n,).
        exploded: Whether the test ended because the loss did, rather than at its highest rate.
    """

    lr: np.ndarray
    loss: np.ndarray
    smoothed: np.ndarray
    exploded: bool

    @property
    def lowest(self) -> float:
        """The rate at which the loss was smallest: already too large to train with."""
        return float(self.lr[int(np.argmin(self.smoothed))])

    @property
    def tenth(self) -> float:
        """A tenth of that, which is on the safe side."""
        return self.lowest / 10

    @property
    def steepest(self) -> float:
        """The rate at which the loss fell fastest, seen over the logarithm of the rate; that of the minimum at most."""
        end = max(int(np.argmin(self.smoothed)) + 1, 2)
        slope = np.gradient(self.smoothed[:end], np.log(self.lr[:end]))
        return float(self.lr[int(np.argmin(slope))])


def find_lr(trainer: Trainer, *, start: float = 1e-6, end: float = 1.0, steps: int = 100) -> LrRange:
    """Try rising learning rates on a copy of a trainer's model and optimizer, on its training batches.

    Args:
        trainer: Gives the objects; it may have trained before. Its schedules, average and hooks take no part.
        start, end: The first and the last rate, of the first parameter group; others keep their ratio to it.
        steps: Updates to do. The test ends before if the loss exceeds 4 times its minimum, or is no number any more.

    Raises:
        ConfigError: rates that do not rise, or too few steps.
    """
    if not 0 < start < end:
        raise ConfigError(f"the rates must rise from above 0: start={start:g}, end={end:g}.")
    if steps < 10:
        raise ConfigError(f"steps={steps} rates are too few to see anything; take 10 or more.")
    # together, so that the optimizer's copy is one over the model's copy
    model, optimizer = copy.deepcopy((trainer.model, trainer.optimizer))
    base = optimizer.param_groups[0]["lr"]
    for group in optimizer.param_groups:
        group["lr"] = group["initial_lr"] = start * (group["lr"] / base if base else 1.0)
    losses, batches = Losses(), steps * trainer.accumulate
    before = random_state()
    test = Trainer(
        model,
        trainer.train_loader,
        optimizer,
        max_steps=batches,
        schedules=[ExponentialLR(gamma=(end / start) ** (1 / (batches - 1)), by_epoch=False)],
        preprocessor=trainer.preprocessor,
        hooks=[losses],
        device=str(trainer.device),
        amp=trainer.amp,
        channels_last=trainer.layout is torch.channels_last,
        accumulate=trainer.accumulate,
        clip_norm=trainer.clip_norm,
        clip_value=trainer.clip_value,
        seed=trainer.seed,
    )
    try:
        test.fit()
    except DivergenceError:  # which is what the test is looking for
        losses.exploded = True
    finally:
        set_random_state(before)
    if test.stopped and not losses.exploded:  # by a signal
        raise KeyboardInterrupt
    return lr_range(losses.lr, losses.loss, losses.exploded)


def lr_range(lr: Sequence[float], loss: Sequence[float], exploded: bool = False) -> LrRange:
    """What the losses at rising rates say; those that are no numbers are left out.

    Raises:
        ConfigError: fewer than three are left.
    """
    pairs = [(rate, value) for rate, value in zip(lr, loss, strict=True) if math.isfinite(value)]
    if len(pairs) < 3:
        raise ConfigError("the loss is no number from the first rates on: begin with a smaller one.")
    from course_lib.viz.curves import smooth  # matplotlib takes a second to import

    rates, values = np.array(pairs, dtype=np.float64).T
    return LrRange(rates, values, smooth(values, SMOOTHING), exploded)
