"""A training that fits into a lesson: the config's own, but it ends when the time is up, and nothing is written."""

import threading
import time
from collections.abc import Callable
from typing import Any

from torch import Tensor

from course_lib import builders
from course_lib.config import Config, ConfigError
from course_lib.engine import Hook, Trainer, pick_device, seed_everything

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

    def after_epoch(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        if metrics:
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
    if mistakes := builders.check_config(cfg, for_training=True):
        raise ConfigError(mistakes)
    records: list[Record] = []

    def keep(record: Record) -> None:
        records.append(record)
        on_record(record)

    hook = ListeningHook(seconds, stop, keep)
    trainer = quiet_trainer(cfg, hook)
    hook.ends_at = time.monotonic() + seconds  # making the data does not count
    trainer.fit()
    if trainer.val_loader is not None and not (records and "val/accuracy/top1" in records[-1]):
        hook.tell(trainer, {f"val/{name}": value for name, value in trainer.validate().items()})
    return records


def quiet_trainer(cfg: Config, hook: Hook) -> Trainer:
    """The trainer of a config with one hook of ours in place of the config's: no bar, no files."""
    seed = (cfg.get("randomness") or {}).get("seed") or 0
    device = str(pick_device(cfg.get("device", "auto")))
    train_loader = builders.build_loader(cfg.train_dataloader, training=True, seed=seed, device=device)
    val = cfg.get("val_dataloader")
    max_epochs, max_steps = builders.stopping_point(cfg)
    seed_everything(seed)
    model = builders.build_model(cfg.model)
    return Trainer(
        model,
        train_loader,
        builders.build_optimizer(cfg, model),
        max_epochs=max_epochs,
        max_steps=max_steps,
        val_loader=builders.build_loader(val, training=False, seed=seed, device=device) if val else None,
        metrics=builders.build_metrics(cfg.get("val_evaluator")),
        schedules=builders.build_schedules(cfg, len(train_loader)),
        preprocessor=builders.build_preprocessor(cfg),
        hooks=[hook],
        device=device,
        clip_norm=(cfg.optim_wrapper.get("clip_grad") or {}).get("max_norm"),
        seed=seed,
    )
