"""When checkpoints are written: the last, the best, and every so many epochs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

from course_lib.config.errors import ConfigError, did_you_mean
from course_lib.engine.checkpoint import save_checkpoint
from course_lib.engine.hooks.base import Hook

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer

LESS_IS_BETTER = ("loss", "error")


class CheckpointHook(Hook):
    """Keeps ``checkpoints/last.pt`` and ``best.pt``, and ``epoch_N.pt`` where asked for.

    Args:
        interval: Epochs between two ``epoch_N.pt``; None writes none.
        keep: How many ``epoch_N.pt`` to keep, the newest; None keeps all.
        save_best: The metric to judge by; ``'auto'`` takes the first; None keeps no best.
        rule: Which way is better; None knows it from the name (a loss should be less).
    """

    def __init__(
        self,
        interval: int | None = None,
        keep: int | None = None,
        save_best: str | None = "auto",
        rule: Literal["greater", "less"] | None = None,
    ) -> None:
        self.interval = interval
        self.keep = keep
        self.save_best = save_best
        self.rule = rule
        self.best: float | None = None

    def after_epoch(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        if trainer.work_dir is None:
            return
        files = ["last.pt"]
        if metrics and self.save_best is not None and self.is_best(metrics):
            files.append("best.pt")
        if self.interval and trainer.epoch % self.interval == 0:
            files.append(f"epoch_{trainer.epoch}.pt")
        self.save(trainer, files)
        if self.interval and self.keep is not None:
            outdated = trainer.epoch - self.interval * self.keep
            (trainer.work_dir / "checkpoints" / f"epoch_{outdated}.pt").unlink(missing_ok=True)

    def after_train(self, trainer: Trainer) -> None:
        if trainer.work_dir is not None and trainer.batch > 0:  # stopped in the middle of an epoch
            self.save(trainer, ["last.pt"])

    def save(self, trainer: Trainer, files: list[str]) -> None:
        """Write the trainer's state under each of these names."""
        assert trainer.work_dir is not None
        trainer.notify("before_save")
        state = trainer.state_dict()
        for name in files:
            save_checkpoint(state, trainer.work_dir / "checkpoints" / name)
        trainer.last_checkpoint = trainer.work_dir / "checkpoints" / files[0]

    def is_best(self, metrics: dict[str, float]) -> bool:
        """Whether these metrics beat the best so far, which they then become."""
        name = next(iter(metrics)) if self.save_best == "auto" else self.save_best
        if name not in metrics:
            raise ConfigError(f"save_best={name!r} is no metric of this validation. {did_you_mean(str(name), metrics)}")
        rule = self.rule or ("less" if any(word in str(name) for word in LESS_IS_BETTER) else "greater")
        sign = 1 if rule == "greater" else -1
        value = metrics[str(name)]
        if math.isnan(value) or (self.best is not None and sign * value <= sign * self.best):
            return False
        self.best = value
        return True

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best = state["best"]
