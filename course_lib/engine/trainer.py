"""THE loop: what the course calls training, on one screen (``Trainer.train_epoch``).

The trainer receives objects and knows no config. What changes the update stands in the loop; what only watches is a
hook. Everything that a run needs to go on where it was cut off is in ``state_dict``.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from course_lib.config.errors import CheckpointError, ConfigError
from course_lib.data.preprocessor import Preprocessor
from course_lib.models.files import load_checkpoint
from course_lib.optim.schedules import Schedule, value_at

from .adapters import Batch, as_loader, as_trainable
from .checkpoint import load_weights
from .device import autocast, pick_device
from .evaluate import Metric, evaluate
from .hooks import MOMENTS, CheckpointHook, CurvesHook, FiniteLossHook, Hook, LogHook, ProgressHook
from .hooks.base import overridden
from .seed import random_state, seed_everything, set_random_state


@dataclass
class Result:
    """How a training ended."""

    metrics: dict[str, float]
    epochs: int
    steps: int
    elapsed_s: float
    work_dir: Path | None = None
    stopped: str | None = None


class Trainer:
    """Trains a model on a loader's batches.

    Args:
        model: An ``nn.Module`` with ``loss(batch)`` and ``predict(batch)``; any other is taken as images → logits and
            trained with cross-entropy.
        train_loader: Ours (``make_loader``) or any sized iterable of ``(images, labels)`` such as a ``DataLoader``.
        optimizer: Any torch optimizer over the model's parameters.
        max_epochs, max_steps: Where to stop; whichever comes first, at least one is needed.
        val_loader, metrics: What to measure every ``val_interval`` epochs and after the last.
        schedules: Learning-rate and momentum schedules, as functions of the step.
        preprocessor: Batch → device, float, normalised, augmented; without one, pictures only go to the device.
        hooks: What watches; None takes progress, log, checkpoints and curves.
        work_dir: Where log and checkpoints go; None writes nothing.
        device: ``'auto'``, ``'cpu'``, ``'cuda'``, ``'cuda:1'`` or ``'mps'``.
        amp: Forward in bfloat16 where that is safe.
        channels_last: Keep the channels of a pixel together in memory, which most convolutions compute faster.
        clip_norm, clip_value: Largest norm of all gradients together, largest value of each; None does not clip.
        accumulate: Batches whose gradients are averaged into one update.
        seed: Seeds every generator, anew for each epoch.
        config_text, classes: Kept in checkpoints, so that one file is enough to predict.

    Raises:
        ConfigError: no stopping point, an empty loader, an unknown device, or a work folder that cannot be written.
    """

    def __init__(
        self,
        model: nn.Module,
        train_loader: Any,
        optimizer: torch.optim.Optimizer,
        *,
        max_epochs: int | None = None,
        max_steps: int | None = None,
        val_loader: Any = None,
        metrics: Sequence[Metric] = (),
        val_interval: int = 1,
        schedules: Sequence[Schedule] = (),
        preprocessor: nn.Module | None = None,
        hooks: Sequence[Hook] | None = None,
        work_dir: str | Path | None = None,
        device: str = "auto",
        amp: bool = False,
        channels_last: bool = False,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        accumulate: int = 1,
        seed: int = 0,
        config_text: str | None = None,
        classes: Sequence[str] = (),
    ) -> None:
        self.device = pick_device(device)
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        # both an nn.Module and a Trainable, for which Python has no type
        self.model: Any = as_trainable(model).to(self.device).to(memory_format=self.layout)
        self.train_loader = as_loader(train_loader)
        self.batch_size = getattr(self.train_loader, "batch_size", None) or 1
        self.optimizer = optimizer
        self.max_epochs, self.max_steps = _stopping_point(max_epochs, max_steps, len(self.train_loader))
        self.val_loader = None if val_loader is None else as_loader(val_loader)
        self.metrics = list(metrics)
        self.val_interval = val_interval
        self.preprocessor = (preprocessor or Preprocessor(mean=None, std=None)).to(self.device)
        self.amp, self.clip_norm, self.clip_value, self.accumulate = amp, clip_norm, clip_value, accumulate
        self.seed = seed
        self.work_dir = None if work_dir is None else _writable(Path(work_dir))
        self.config_text, self.classes = config_text, list(classes)
        self.hooks: list[Hook] = [FiniteLossHook(), *(default_hooks() if hooks is None else hooks)]
        self._listeners = {
            moment: [getattr(hook, moment) for hook in self.hooks if overridden(hook, moment)] for moment in MOMENTS
        }
        self.schedules = list(schedules)
        for schedule in self.schedules:
            schedule.bind(len(self.train_loader), self.max_steps / len(self.train_loader))
        for group in optimizer.param_groups:  # what the schedules start from, kept through checkpoints
            group.setdefault("initial_lr", group["lr"])
            group.setdefault("initial_momentum", _momentum(group))

        self.epoch = 0  # complete epochs
        self.batch = 0  # batches done of the current epoch
        self.step = 0  # batches done in all
        self.last_lr = float(optimizer.param_groups[0]["lr"])  # of the step that was done last
        self.epoch_loss = torch.zeros((), device=self.device)  # summed over the current epoch's batches
        self.mean_loss = float("nan")  # of the epoch that ended last
        self.last_metrics: dict[str, float] = {}
        self.last_checkpoint: Path | None = None  # written or read by this run
        self.stopped: str | None = None  # why, where a hook or Ctrl-C asked for a stop
        self._resumed_random: dict[str, Any] | None = None

    def fit(self) -> Result:
        """Train until the stopping point, Ctrl-C (which saves and ends cleanly) or an error (which is raised).

        Raises:
            DivergenceError: the loss became NaN or infinite.
            CheckpointError: a checkpoint could not be written.
        """
        start = time.monotonic()
        self.stopped = None
        self.set_rates()
        with self._ctrl_c_stops():
            try:
                self.notify("before_train")
                while self.epoch < self.max_epochs and self.step < self.max_steps and not self.stopped:
                    self.train_epoch()
                    if self.batch == len(self.train_loader) or self.step == self.max_steps:
                        self.end_epoch()
                self.notify("after_train")
            except BaseException as error:
                self.notify("on_error", error)
                raise
        elapsed_s = time.monotonic() - start
        return Result(self.last_metrics, self.epoch, self.step, elapsed_s, self.work_dir, self.stopped)

    def train_epoch(self) -> None:
        """One pass over the training data, or what is left of it."""
        self.model.train()
        self.notify("before_epoch")
        for batch in self.batches():
            batch = self.prepare(batch, True)
            with autocast(self.device, self.amp):
                losses = self.model.loss(batch)
            loss = sum_losses(losses)
            if self.batch % self.accumulate == 0:
                self.optimizer.zero_grad()
            (loss / self.accumulate).backward()
            self.batch += 1
            self.step += 1
            update = self.batch % self.accumulate == 0 or self.batch == len(self.train_loader)
            if update:
                if self.clip_norm is not None:
                    clip_grad_norm_(self.model.parameters(), self.clip_norm)
                if self.clip_value is not None:
                    clip_grad_value_(self.model.parameters(), self.clip_value)
                self.optimizer.step()
            self.last_lr = self.optimizer.param_groups[0]["lr"]
            self.set_rates()
            self.epoch_loss += loss.detach()
            self.notify("after_step", {name: value.detach() for name, value in {**losses, "loss": loss}.items()})
            if (self.stopped and update) or self.step == self.max_steps:
                return

    def batches(self) -> Iterator[Batch]:
        """The batches of this epoch that are still to do, with the random numbers that belong to them."""
        seed_everything(self.seed, self.epoch)
        resumed, self._resumed_random = self._resumed_random, None
        for batch in self.train_loader.epoch(self.epoch, self.batch):
            if resumed is not None:  # after the loader's first draw, which was made at the start of the epoch
                set_random_state(resumed)
                resumed = None
            yield batch

    def end_epoch(self) -> None:
        """Validate where it is due, and tell the hooks."""
        self.mean_loss = float(self.epoch_loss) / self.batch
        if self.batch == len(self.train_loader):
            self.epoch, self.batch = self.epoch + 1, 0
            self.epoch_loss = torch.zeros((), device=self.device)
        at_end = self.epoch == self.max_epochs or self.step == self.max_steps
        due = self.val_loader is not None and (at_end or self.epoch % self.val_interval == 0)
        if due:
            self.last_metrics = self.validate()
        self.notify("after_epoch", self.last_metrics if due else {})

    def validate(self) -> dict[str, float]:
        """The metrics on the validation data."""
        if self.val_loader is None:
            raise ConfigError("there is nothing to validate on: give the trainer a val_loader.")
        return evaluate(self.model, self.val_loader, self.metrics, self.prepare, self.device, amp=self.amp)

    def prepare(self, batch: Batch, training: bool) -> Batch:
        """A batch as the model takes it: on the device, float, normalised, in the layout that was asked for."""
        batch = self.preprocessor(batch, training)
        batch["images"] = batch["images"].contiguous(memory_format=self.layout)
        return batch

    def set_rates(self) -> None:
        """Set learning rate and momentum of every parameter group for the coming step."""
        if not self.schedules:
            return
        for group in self.optimizer.param_groups:
            group["lr"] = value_at(self.schedules, self.step, group["initial_lr"])
            if any(schedule.target == "momentum" for schedule in self.schedules):
                momentum = value_at(self.schedules, self.step, group["initial_momentum"], "momentum")
                if "betas" in group:
                    group["betas"] = (momentum, *group["betas"][1:])
                else:
                    group["momentum"] = momentum

    def notify(self, moment: str, *details: Any) -> None:
        """Call the hooks that watch this moment, in their order."""
        for method in self._listeners[moment]:
            method(self, *details)

    def state_dict(self) -> dict[str, Any]:
        """All that a run needs to go on; plain values and tensors only."""
        return {
            "format": 1,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "epoch": self.epoch,
            "batch": self.batch,
            "step": self.step,
            "epoch_loss": self.epoch_loss,
            "metrics": self.last_metrics,
            "random": random_state(),
            "hooks": {type(hook).__name__: hook.state_dict() for hook in self.hooks},
            "config": self.config_text,
            "classes": self.classes,
        }

    def resume(self, path: str | Path | None = None) -> bool:
        """Go on from a checkpoint, by default the last one of the work folder.

        Returns:
            False where there is none yet (the run was cut off before its first); training then starts anew.

        Raises:
            CheckpointError: the file is damaged, or of another model or run.
        """
        if path is None:
            if self.work_dir is None:
                raise ConfigError("there is nothing to resume from: name a checkpoint or give the trainer a work_dir.")
            path = self.work_dir / "checkpoints" / "last.pt"
            if not path.exists():
                return False
        state = load_checkpoint(path)
        if "optimizer" not in state:
            raise CheckpointError(f"{path} holds weights only. To start from them, use load_from instead of resume.")
        load_weights(self.model, state["model"], str(path))
        try:
            self.optimizer.load_state_dict(state["optimizer"])
        except ValueError as error:
            raise CheckpointError(f"{path} is of a run with another optimizer: {error}") from error
        self.epoch, self.batch, self.step = state["epoch"], state["batch"], state["step"]
        self.epoch_loss = state["epoch_loss"].to(self.device)
        self.last_metrics = state["metrics"]
        self.last_checkpoint = Path(path)
        self._resumed_random = state["random"] if self.batch else None  # an epoch begins with numbers of its own
        for hook in self.hooks:
            if type(hook).__name__ in state["hooks"]:
                hook.load_state_dict(state["hooks"][type(hook).__name__])
        return True

    @contextmanager
    def _ctrl_c_stops(self) -> Iterator[None]:
        """The first Ctrl-C asks for a stop after the current step, the second interrupts at once."""
        if threading.current_thread() is not threading.main_thread():  # signals belong to the main thread
            yield
            return

        def on_sigint(signum: int, frame: FrameType | None) -> None:
            if self.stopped:
                raise KeyboardInterrupt
            self.stopped = "interrupted"

        before = signal.signal(signal.SIGINT, on_sigint)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def default_hooks() -> list[Hook]:
    """What a training without a hook list gets; all but the progress need a work folder to have an effect."""
    return [ProgressHook(), LogHook(), CheckpointHook(), CurvesHook()]


def sum_losses(losses: Mapping[str, Tensor]) -> Tensor:
    """The scalar to descend: the sum of the entries whose name begins with ``loss``."""
    parts = [value for name, value in losses.items() if name.startswith("loss")]
    if not parts:
        raise ConfigError(f"the model's loss() must give an entry 'loss…'; it gave {sorted(losses)}.")
    return parts[0] if len(parts) == 1 else torch.stack(parts).sum()


def _momentum(group: Mapping[str, Any]) -> float:
    """What an optimizer's momentum schedules move: Adam calls it its first beta."""
    return float(group["betas"][0] if "betas" in group else group.get("momentum", 0.0))


def _stopping_point(max_epochs: int | None, max_steps: int | None, batches: int) -> tuple[int, int]:
    """Both limits, each made from the other where it is missing."""
    if batches == 0:
        raise ConfigError("the training loader has no batch: the data set is smaller than one batch, or empty.")
    if max_epochs is None and max_steps is None:
        raise ConfigError("the trainer needs max_epochs or max_steps.")
    if max_epochs is None:
        assert max_steps is not None
        max_epochs = -(-max_steps // batches)
    return max_epochs, min(max_epochs * batches, max_steps or max_epochs * batches)


def _writable(folder: Path) -> Path:
    """The folder, made where it is missing; found out before the work rather than after the first epoch."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-test-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise ConfigError(
            f"the work folder {folder} cannot be written: {error.strerror}. Choose another work_dir."
        ) from error
    return folder
