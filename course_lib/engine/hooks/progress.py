"""The console: a bar with loss, rate and time left where somebody looks on, a line an epoch everywhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from torch import Tensor
from tqdm.auto import tqdm

from course_lib.engine.hooks.base import Hook

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


class ProgressHook(Hook):
    """Shows a progress bar an epoch and prints one line after it.

    Args:
        bar: Whether to draw the bar; None draws it in a terminal or notebook and not into a log file.
        refresh_s: Seconds between two looks at the loss, each of which makes the device wait.
    """

    main_only = True

    def __init__(self, bar: bool | None = None, refresh_s: float = 0.25) -> None:
        self.show_bar = bar if bar is not None else (sys.stderr.isatty() or in_notebook())
        self.refresh_s = refresh_s
        self.bar: tqdm | None = None
        self.pending = 0
        self.next_refresh = 0.0
        self.epoch_start = 0.0
        self.measured: list[str] = []  # by a validation that the epoch's line will tell of

    def before_epoch(self, trainer: Trainer) -> None:
        self.epoch_start = time.monotonic()
        if self.show_bar:
            title = f"epoch {trainer.epoch + 1}/{trainer.max_epochs}"
            total = len(trainer.train_loader)
            self.bar = tqdm(total=total, initial=trainer.batch, desc=title, unit="step", leave=False)

    def after_step(self, trainer: Trainer, losses: dict[str, Tensor]) -> None:
        if self.bar is None:
            return
        self.pending += 1
        now = time.monotonic()
        if now >= self.next_refresh:
            self.next_refresh = now + self.refresh_s
            self.bar.n += self.pending
            self.bar.set_postfix_str(f"loss {losses['loss'].item():.4f}, lr {trainer.last_lr:.2g}")
            self.pending = 0

    def after_validate(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        self.measured = [f"{name} {value:.2f}" for name, value in metrics.items()]
        if trainer.batch:  # between two steps of an epoch
            tqdm.write("  ".join([f"step {trainer.step}/{trainer.max_steps}", *self.measured]), file=sys.stdout)
            self.measured = []

    def after_epoch(self, trainer: Trainer) -> None:
        self.close()
        parts = [f"epoch {trainer.epoch}/{trainer.max_epochs}", f"loss {trainer.mean_loss:.4f}", *self.measured]
        parts.append(f"lr {trainer.last_lr:.2g}")
        parts.append(f"{time.monotonic() - self.epoch_start:.1f} s")
        print("  ".join(parts), flush=True)
        self.measured = []

    def after_train(self, trainer: Trainer) -> None:
        self.close()

    def on_error(self, trainer: Trainer, error: BaseException) -> None:
        self.close()

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.n += self.pending
            self.bar.refresh()
            self.bar.close()
            self.bar = None
            self.pending = 0


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this; one cannot run without having imported IPython."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
