"""The record of a run, ``run.json``: what the result came from, and what it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from course_lib.engine.hooks.base import Hook
from course_lib.engine.hooks.best import Best, Rule
from course_lib.engine.hooks.log import say
from course_lib.engine.record import circumstances, now, read_record, summary, write_record

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


class RecordHook(Hook):
    """Writes ``run.json`` when the training begins, and again, with its result, when it ends, however it ends.

    While it runs, and after a kill, ``ended`` is null; otherwise it is ``'done'``, why it was stopped, or the error.
    What a resumed run continues is kept under ``earlier``, a record each.

    Args:
        monitor: The metric by which a validation is the best; ``'auto'`` takes the first.
        rule: Which way is better; None knows it from the name.
    """

    main_only = True

    def __init__(self, monitor: str = "auto", rule: Rule | None = None) -> None:
        self.best = Best(monitor, rule)
        self.best_validation: dict[str, Any] | None = None
        self.record: dict[str, Any] = {}
        self.began = self.cpu_began = 0.0

    def before_train(self, trainer: Trainer) -> None:
        if trainer.work_dir is None:
            return
        self.began, self.cpu_began = time.monotonic(), time.process_time()
        before = read_record(trainer.work_dir) if trainer.step else None
        self.record = {
            "started": now(),
            "finished": None,
            "ended": None,
            "error": False,
            "began_at_step": trainer.step,
            "seed": trainer.seed,
            "processes": trainer.world.size,
            **circumstances(trainer.device, trainer.work_dir, trainer.config_text),
        }
        if before is not None:
            self.record["earlier"] = [*before.pop("earlier", []), before]
        write_record(trainer.work_dir, self.record)
        say(trainer.work_dir, summary(self.record))

    def after_validate(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        if self.best.beaten_by(metrics):
            self.best_validation = {
                "monitor": self.best.name_in(metrics),
                "rule": "greater" if self.best.higher(metrics) else "less",
                "step": trainer.step,
                "epoch": trainer.epoch,
                "metrics": dict(metrics),
            }

    def after_train(self, trainer: Trainer) -> None:
        self.end(trainer, trainer.stopped or "done")

    def on_error(self, trainer: Trainer, error: BaseException) -> None:
        self.end(trainer, f"{type(error).__name__}: {error}", error=True)

    def end(self, trainer: Trainer, ended: str, error: bool = False) -> None:
        """Write down how it ended and what came of it."""
        if trainer.work_dir is None or not self.record:
            return
        self.record |= {
            "finished": now(),
            "elapsed_s": round(time.monotonic() - self.began, 1),
            "cpu_s": round(time.process_time() - self.cpu_began, 1),  # of this process alone, without the loader's
            "ended": ended,
            "error": error,
            "epochs": trainer.epoch,
            "steps": trainer.step,
            "metrics": trainer.last_metrics,
            "best": self.best_validation,
        }
        write_record(trainer.work_dir, self.record)

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best.value, "best_validation": self.best_validation}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best.value, self.best_validation = state["best"], state["best_validation"]
