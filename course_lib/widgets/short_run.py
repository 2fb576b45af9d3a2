"""A training that fits into a lesson: the config's own, but it ends when the time is up, and nothing is written."""

import copy
import threading
import time
from collections.abc import Callable
from typing import Any

from torch import Tensor

from course_lib import builders
from course_lib.config import Config
from course_lib.engine import Hook, Trainer

Record = dict[str, Any]
EVERY_S = 0.2  # a curve that grows five times a second looks alive


class ListeningHook(Hook):
    """Hands each record on as it comes, and ends the training when it is told to or the time is up."""

    def __init__(self, seconds: float, stop: threading.Event, on_record: Callable[[Record], None]) -> None:
        self.stop, self.on_record = stop, on_record
        self.ends_at = time.monotonic() + seconds
        self.next_at = 0.0
        self.losses: list[Tensor] = []  # since the last record

    def after_step(self, trainer: Trainer, losses: dict[str, Tensor]) -> None:
        now = time.monotonic()
        self.losses.append(losses["loss"])
        if now >= self.next_at:
            self.next_at = now + EVERY_S
            self.tell(trainer, {"lr": trainer.last_lr, "loss": sum(map(float, self.losses)) / len(self.losses)})
            self.losses.clear()
        if self.stop.is_set() or now >= self.ends_at:
            trainer.stopped = "stopped" if self.stop.is_set() else "the time is up"

    def after_validate(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        self.tell(trainer, {f"val/{name}": value for name, value in metrics.items()})

    def tell(self, trainer: Trainer, values: dict[str, float]) -> None:
        self.on_record({"step": trainer.step, "epoch": trainer.step / len(trainer.train_loader), **values})


def train_for(
    cfg: Config, seconds: float, stop: threading.Event, on_record: Callable[[Record], None] = lambda record: None
) -> list[Record]:
    """Train what a config describes with the real trainer, for some seconds at the most.

    Args:
        seconds: When to stop if the config's epochs are not over by then; the validation after it comes on top.
        stop: Set it in another thread to stop after the current step.
        on_record: Called with each record (``{'step': 12, 'epoch': 0.75, 'lr': …, 'loss': …}`` or
            ``{…, 'val/accuracy/top1': …}``) as soon as it is there.

    Returns:
        All records; the last is a validation.

    Raises:
        ConfigError: the config has mistakes; all are reported.
        DivergenceError: the loss became infinite.
    """
    records: list[Record] = []

    def keep(record: Record) -> None:
        records.append(record)
        on_record(record)

    hook = ListeningHook(seconds, stop, keep)
    quiet = copy.deepcopy(cfg)
    quiet.work_dir = None
    trainer = builders.build_trainer(quiet, hooks=[hook])
    hook.ends_at = time.monotonic() + seconds  # making the data does not count
    trainer.fit()
    if trainer.val_loader is not None and not (records and "val/accuracy/top1" in records[-1]):
        hook.tell(trainer, {f"val/{name}": value for name, value in trainer.validate().items()})
    return records
