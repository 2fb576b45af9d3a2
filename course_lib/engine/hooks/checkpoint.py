"""When checkpoints are written: the last, the best, and every so many epochs or steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from course_lib.engine.checkpoint import LAST, save_checkpoints
from course_lib.engine.hooks.base import Hook
from course_lib.engine.hooks.best import Best, Rule

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


class CheckpointHook(Hook):
    """Keeps ``checkpoints/last.pt``, the one before it and ``best.pt``, and ``epoch_N.pt`` or ``step_N.pt`` on request.

    Args:
        interval: Epochs (or steps) between two kept ones; None keeps none.
        keep: How many of these to keep, the newest; None keeps all.
        save_best: The metric to judge by; ``'auto'`` takes the first; None keeps no best.
        rule: Which way is better; None knows it from the name (a loss should be less).
        by_epoch: Whether ``interval`` counts epochs.
        last_interval: Steps between two ``last.pt`` within an epoch, for epochs that take long; after each epoch, and
            when a training stops, one is written anyway.
    """

    def __init__(
        self,
        interval: int | None = None,
        keep: int | None = None,
        save_best: str | None = "auto",
        rule: Rule | None = None,
        by_epoch: bool = True,
        last_interval: int | None = None,
    ) -> None:
        self.interval, self.keep, self.by_epoch, self.last_interval = interval, keep, by_epoch, last_interval
        self.best = None if save_best is None else Best(save_best, rule, argument="save_best")
        self.kept: list[str] = []
        self.due: list[str] = []  # names to write
        self.looked_at = 0  # the step up to which it is known what was due

    def after_step(self, trainer: Trainer, losses: dict[str, Tensor]) -> None:
        if not trainer.updated:  # gradients are held, which no checkpoint keeps
            return
        if self.last_interval and trainer.step // self.last_interval > self.looked_at // self.last_interval:
            self.due.append(LAST)
        if self.interval and not self.by_epoch and trainer.step // self.interval > self.looked_at // self.interval:
            self.due += [LAST, self.keeping(f"step_{trainer.step}.pt")]
        self.looked_at = trainer.step
        if self.due and trainer.batch < len(trainer.train_loader):  # at the end of an epoch, after_epoch writes
            self.save(trainer)

    def after_validate(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        if self.best is not None and self.best.beaten_by(metrics):
            self.due.append("best.pt")
        if self.due and trainer.batch:  # between two steps of an epoch
            self.save(trainer)

    def after_epoch(self, trainer: Trainer) -> None:
        self.due.append(LAST)
        complete = not trainer.batch  # or max_steps has ended it before
        if self.interval and self.by_epoch and complete and trainer.epoch % self.interval == 0:
            self.due.append(self.keeping(f"epoch_{trainer.epoch}.pt"))
        self.save(trainer)

    def after_train(self, trainer: Trainer) -> None:
        if trainer.batch > 0 and trainer.step < trainer.max_steps:  # stopped in the middle of an epoch
            self.due.append(LAST)
            self.save(trainer)

    def keeping(self, name: str) -> str:
        """A name that counts among those to keep."""
        self.kept.append(name)
        return name

    def save(self, trainer: Trainer) -> None:
        """Write the trainer's state under each of the names that are due."""
        names, self.due = list(dict.fromkeys(self.due)), []
        if trainer.work_dir is None:
            return
        trainer.notify("before_save")
        folder = trainer.work_dir / "checkpoints"
        outdated = self.kept[: -self.keep] if self.keep else []
        self.kept = self.kept[len(outdated) :]
        state = trainer.state_dict()
        trainer.last_checkpoint = folder / names[0]
        if not trainer.world.main:  # which was needed for its part of the state
            return
        save_checkpoints(state, folder, names)
        for name in outdated:
            (folder / name).unlink(missing_ok=True)

    def state_dict(self) -> dict[str, Any]:
        best = None if self.best is None else self.best.value
        return {"best": best, "kept": self.kept, "looked_at": self.looked_at}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.kept, self.looked_at = list(state["kept"]), state["looked_at"]
        if self.best is not None:
            self.best.value = state["best"]
