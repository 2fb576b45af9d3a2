"""THE loop: what the course calls training, on one screen (``Trainer.train_epoch``).

The trainer receives objects and knows no config. What changes the update stands in the loop; what only watches is a
hook. Everything that a run needs to go on where it was cut off is in ``state_dict``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from course_lib.config.errors import CheckpointError, ConfigError
from course_lib.data.by_sample import dead_workers_named
from course_lib.data.preprocessor import Preprocessor
from course_lib.models.files import load_checkpoint
from course_lib.optim.schedules import Schedule, value_at

from .adapters import Batch, as_loader, as_trainable
from .average import WeightAverage
from .checkpoint import last_good, load_weights, refuse_changes, refuse_other_world
from .device import Amp, autocast, grad_scaler, keep_freed_memory, pick_device
from .distributed import AskedToStop, gather, mean, world
from .evaluate import Metric, evaluate
from .hooks import MOMENTS, CheckpointHook, CurvesHook, FiniteLossHook, Hook, LogHook, ProgressHook, RecordHook
from .hooks.base import overridden
from .parallel import NO_AVERAGE_OF_SHARDS, is_sharded, parallel_loss, refuse_unequal, shard_optimizer, whole
from .seed import random_state, seed_everything, set_random_state
from .signals import Stoppable, stops_at_signals
from .work_dir import alone_in, writable


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
    """Trains a model on a loader's batches; in several processes (``distributed.py``), each on its share of them.

    Args:
        model: An ``nn.Module`` with ``loss(batch)`` and ``predict(batch)``; any other is taken as images → logits and
            trained with cross-entropy.
        train_loader: Ours (``make_loader``) or any sized iterable of ``(images, labels)`` such as a ``DataLoader``.
        optimizer: Any torch optimizer over the model's parameters.
        max_epochs, max_steps: Where to stop; whichever comes first, at least one is needed.
        val_loader, metrics: What to measure every ``val_interval`` epochs, or every ``val_steps`` steps where that is
            given, from epoch ``val_begin`` on; and at the end.
        schedules: Learning-rate and momentum schedules, as functions of the step.
        average: Keeps an average of the weights (EMA, SWA), which is then measured and saved beside them.
        preprocessor: Batch → device, float, normalised, augmented; without one, pictures only go to the device.
        hooks: What watches; None takes progress, log, checkpoints, record and curves.
        work_dir: Where log and checkpoints go; None writes nothing.
        device: ``'auto'``, ``'cpu'``, ``'cuda'``, ``'cuda:1'`` or ``'mps'``.
        amp: Forward in half precision where that is safe: ``'bf16'`` (or True), or ``'fp16'`` with a scaled loss.
        compile: Let torch compile the model's loss; a mapping holds ``torch.compile``'s arguments.
        channels_last: Keep the channels of a pixel together in memory, which most convolutions compute faster.
        clip_norm, clip_value: Largest norm of all gradients together, largest value of each; None does not clip.
        accumulate: Batches whose gradients are averaged into one update; at the end of an epoch what is left.
        seed: Seeds every generator, anew for each epoch.
        ddp: Arguments of ``DistributedDataParallel``, such as ``find_unused_parameters``, where processes are several.
        config_text, classes: Kept in checkpoints, so that one file is enough to predict.

    Raises:
        ConfigError: no stopping point, an interval below 1, an empty loader, an unknown device, an optimizer of another
            model, or a work folder that cannot be written; a loader or an average of weights that cannot be used in
            several processes.
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
        val_steps: int | None = None,
        val_begin: int = 0,
        schedules: Sequence[Schedule] = (),
        average: WeightAverage | None = None,
        preprocessor: nn.Module | None = None,
        hooks: Sequence[Hook] | None = None,
        work_dir: str | Path | None = None,
        device: str = "auto",
        amp: Amp = False,
        compile: bool | Mapping[str, Any] = False,
        channels_last: bool = False,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        accumulate: int = 1,
        seed: int = 0,
        ddp: Mapping[str, Any] | None = None,
        config_text: str | None = None,
        classes: Sequence[str] = (),
    ) -> None:
        for name, value in (("accumulate", accumulate), ("val_interval", val_interval), ("val_steps", val_steps)):
            if value is not None and value < 1:
                raise ConfigError(f"the trainer's {name} is {value!r}, but must be at least 1.")
        self.world = world()
        self.device = pick_device(device)
        if self.device.type == "cpu":
            keep_freed_memory()
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        placed: Any = as_trainable(model).to(self.device)
        if not is_sharded(placed):  # whose parameters lie in memory as their parts do
            placed = placed.to(memory_format=self.layout)
        self.model = placed  # both an nn.Module and a Trainable, for which Python has no type
        self.compute_losses, self.average_gradients = parallel_loss(self.model, ddp or {})
        if compile:
            self.compute_losses = torch.compile(self.compute_losses, **({} if compile is True else dict(compile)))
        self.train_loader = as_loader(train_loader)
        refuse_unequal(self.train_loader)
        self.batch_size = getattr(self.train_loader, "batch_size", None) or 1
        refuse_strangers(optimizer, self.model)
        self.optimizer = optimizer
        self.max_epochs, self.max_steps = _stopping_point(max_epochs, max_steps, len(self.train_loader))
        self.val_loader = None if val_loader is None else as_loader(val_loader)
        self.metrics = list(metrics)
        self.val_interval, self.val_steps, self.val_begin = val_interval, val_steps, val_begin
        if average is not None and is_sharded(self.model):
            raise ConfigError(NO_AVERAGE_OF_SHARDS)
        self.average = average
        self.preprocessor = (preprocessor or Preprocessor(mean=None, std=None)).to(self.device)
        self.amp, self.scaler = amp, grad_scaler(self.device, amp)
        self.clip_norm, self.clip_value, self.accumulate = clip_norm, clip_value, accumulate
        self.seed = seed
        self.work_dir = None if work_dir is None else writable(Path(work_dir)) if self.world.main else Path(work_dir)
        self.config_text, self.classes = config_text, list(classes)
        self.hooks: list[Hook] = [FiniteLossHook(), *(default_hooks() if hooks is None else hooks)]
        self._listeners = {
            moment: [
                getattr(hook, moment)
                for hook in self.hooks
                if overridden(hook, moment) and (self.world.main or not hook.main_only)
            ]
            for moment in MOMENTS
        }
        self.schedules = list(schedules)
        for schedule in self.schedules:
            schedule.bind(len(self.train_loader), self.max_steps / len(self.train_loader))
        if average is not None:
            average.bind(len(self.train_loader))
        for group in optimizer.param_groups:  # what the schedules start from, kept through checkpoints
            group.setdefault("initial_lr", group["lr"])
            group.setdefault("initial_momentum", _momentum(group))

        self.epoch = 0  # complete epochs
        self.batch = 0  # batches done of the current epoch
        self.step = 0  # batches done in all
        self.updated = True  # whether the last batch ended in an update, so that no gradients are held
        self.last_lr = float(optimizer.param_groups[0]["lr"])  # of the step that was done last
        self.epoch_loss = torch.zeros((), device=self.device)  # summed over the current epoch's batches
        self.mean_loss = float("nan")  # of the epoch that ended last
        self.last_metrics: dict[str, float] = {}
        self.measured_at = -1  # the step of the last validation
        self.last_checkpoint: Path | None = None  # written or read by this run
        self.stopped: str | None = None  # why, where a hook or a signal asked for a stop
        self.asked: Stoppable = self if self.world.size == 1 else AskedToStop(self.device)
        self._resumed_random: dict[str, Any] | None = None

    def fit(self) -> Result:
        """Train until the stopping point, a signal (which saves and ends cleanly) or an error (which is raised).

        Raises:
            DivergenceError: the loss became NaN or infinite.
            CheckpointError: a checkpoint could not be written.
            CourseError: another training is at work in the same folder.
            DataError: a picture cannot be read any more, or a loader's worker was killed.
        """
        start = time.monotonic()
        self.stopped = None
        self.set_rates()
        folder = self.work_dir if self.world.main else None
        with dead_workers_named(), alone_in(folder), stops_at_signals(self.asked):
            try:
                self.notify("before_train")
                if self.batch and self.validates_here():  # resumed from before the validation of this step
                    self.measure()
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
            self.batch += 1
            self.step += 1
            start, end = self.group()  # of the batches that one update averages
            self.updated = self.batch == end
            self.average_gradients(self.updated)  # over the processes, if there are several
            batch = self.prepare(batch, True)
            with autocast(self.device, self.amp):
                losses = self.compute_losses(batch)
            loss = sum_losses(losses)
            share = loss if end - start == 1 else loss / (end - start)  # of the update's mean
            if self.batch == start + 1:  # so late: backward takes over memory that is warm
                self.optimizer.zero_grad()
            self.scaler.scale(share).backward()
            if self.updated:
                self.scaler.unscale_(self.optimizer)
                if self.clip_norm is not None:
                    clip_grad_norm_(self.model.parameters(), self.clip_norm)
                if self.clip_value is not None:
                    clip_grad_value_(self.model.parameters(), self.clip_value)
                self.scaler.step(self.optimizer)
                self.scaler.update()
                if self.average is not None:
                    self.average.update(self.model, self.step)
            self.last_lr = self.optimizer.param_groups[0]["lr"]
            self.set_rates()
            seen = {name: value.detach() for name, value in {**losses, "loss": loss}.items()}
            self.epoch_loss += seen["loss"]
            self.notify("after_step", seen)
            if self.validates_here():
                self.measure()
            if isinstance(self.asked, AskedToStop):
                self.stopped = self.stopped or self.asked.anywhere(self.step)
            if (self.stopped and self.updated) or self.step == self.max_steps:
                return

    def batches(self) -> Iterator[Batch]:
        """The batches of this epoch that are still to do, with the random numbers that belong to them."""
        seed_everything(self.seed, self.epoch, self.world.rank)
        batches = self.train_loader.epoch(self.epoch, self.batch)
        resumed, self._resumed_random = self._resumed_random, None
        if resumed is not None:  # after what the loader drew for the batches that are done
            set_random_state(resumed)
        yield from batches

    def group(self) -> tuple[int, int]:
        """How many batches of the epoch are done before the current update, which averages the next, and after it."""
        start = self.batch - 1 - (self.batch - 1) % self.accumulate
        last = min(len(self.train_loader), self.batch + self.max_steps - self.step)  # of the epoch, or the training
        return start, min(start + self.accumulate, last)

    def end_epoch(self) -> None:
        """Validate where it is due, and tell the hooks."""
        self.mean_loss = float(mean(self.epoch_loss)) / self.batch
        if self.batch == len(self.train_loader):
            self.epoch, self.batch = self.epoch + 1, 0
            self.epoch_loss = torch.zeros((), device=self.device)
        at_end = self.epoch == self.max_epochs or self.step == self.max_steps
        if at_end or (self.val_steps is None and self.epoch % self.val_interval == 0):
            self.measure(at_end)
        self.notify("after_epoch")

    def measure(self, at_end: bool = False) -> None:
        """Validate, unless it is too early or has been done at this step, and tell schedules and hooks."""
        too_early = self.epoch < self.val_begin and not at_end
        if self.val_loader is None or too_early or self.measured_at == self.step:
            return
        before = random_state()  # so that what is measured, and when, changes nothing in the training
        self.notify("before_validate")
        self.last_metrics = self.validate()
        set_random_state(before)
        self.measured_at = self.step
        for schedule in self.schedules:
            schedule.observe(self.last_metrics)
        self.set_rates()  # which a plateau lowers from the next step on
        self.notify("after_validate", self.last_metrics)

    def validates_here(self) -> bool:
        """Whether a validation between two steps is due; it waits for the update, so that no gradients are held."""
        if self.val_steps is None or not self.updated:
            return False
        before = self.step - (self.batch - self.group()[0])  # the steps up to the last update but one
        return self.step // self.val_steps > before // self.val_steps

    def validate(self) -> dict[str, float]:
        """The metrics on the validation data, of the averaged weights where there are some."""
        if self.val_loader is None:
            raise ConfigError("there is nothing to validate on: give the trainer a val_loader.")
        models = {"": self.model} if self.average is None else self.average.models(self.model)
        return {
            f"{name}{suffix}": value
            for suffix, model in models.items()
            for name, value in evaluate(
                model, self.val_loader, self.metrics, self.prepare, self.device, amp=self.amp
            ).items()
        }

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

    def named_hooks(self) -> dict[str, Hook]:
        """The hooks by the name of their class; a second of the same class is ``'… 2'``."""
        named: dict[str, Hook] = {}
        for hook in self.hooks:
            kind = type(hook).__name__
            same = sum(type(other).__name__ == kind for other in named.values())
            named[f"{kind} {same + 1}" if same else kind] = hook
        return named

    def state_dict(self) -> dict[str, Any]:
        """All that a run needs to go on; plain values and tensors only. All processes must ask for it together."""
        return {
            "format": 1,
            "model": whole(self.model.state_dict()),
            "average": None if self.average is None else self.average.state_dict(),
            "optimizer": whole(self.optimizer.state_dict()),
            "schedules": [schedule.state_dict() for schedule in self.schedules],
            "scaler": self.scaler.state_dict(),
            "epoch": self.epoch,
            "batch": self.batch,
            "batches": len(self.train_loader),
            "step": self.step,
            "epoch_loss": mean(self.epoch_loss),
            "metrics": self.last_metrics,
            "measured_at": self.measured_at,
            "random": gather(random_state()),  # one for each process
            "hooks": {name: hook.state_dict() for name, hook in self.named_hooks().items()},
            "config": self.config_text,
            "classes": self.classes,
        }

    def resume(self, path: str | Path | None = None, *, allow_changes: bool = False) -> bool:
        """Go on from a checkpoint, by default the last one of the work folder that can be read.

        Args:
            allow_changes: Whether the config, or the number of processes, may be another one than the checkpoint's.
                Where an epoch then has more or fewer batches, steps are counted as if it always had.

        Returns:
            False where there is none yet (the run was cut off before its first); training then starts anew.

        Raises:
            CheckpointError: the file is damaged, or of another model or run.
            ConfigError: the config or the number of processes was changed in between; the difference is shown.
        """
        if path is None:
            if self.work_dir is None:
                raise ConfigError("there is nothing to resume from: name a checkpoint or give the trainer a work_dir.")
            found = last_good(self.work_dir / "checkpoints")
            if found is None:
                return False
            path, state = found
        else:
            state = load_checkpoint(path)
        if "optimizer" not in state:
            raise CheckpointError(f"{path} holds weights only. To start from them, use load_from instead of resume.")
        if not allow_changes:
            refuse_changes(state["config"], self.config_text, str(path))
            refuse_other_world(len(state["random"]), self.world.size, str(path))
        load_weights(self.model, state["model"], str(path))
        try:
            self.optimizer.load_state_dict(state["optimizer"])
        except ValueError as error:
            raise CheckpointError(f"{path} is of a run with another optimizer: {error}") from error
        shard_optimizer(self.optimizer)
        if self.average is not None:
            self.average.load_state_dict(self.model, state["average"])
        for schedule, its_state in zip(self.schedules, state["schedules"], strict=False):
            schedule.load_state_dict(its_state)
        if state["scaler"]:  # empty where the loss was not scaled
            self.scaler.load_state_dict(state["scaler"])
        before, now = state["batches"], len(self.train_loader)
        self.epoch, self.batch = state["epoch"], state["batch"] * now // before
        self.step = state["step"] if now == before else self.epoch * now + self.batch
        self.epoch_loss = state["epoch_loss"].to(self.device) * (self.batch / max(state["batch"], 1))
        self.last_metrics, self.measured_at = state["metrics"], state["measured_at"]
        self.last_checkpoint = Path(path)
        if self.batch and self.world.rank < len(state["random"]):  # an epoch begins with numbers of its own
            self._resumed_random = state["random"][self.world.rank]
        for name, hook in self.named_hooks().items():
            if name in state["hooks"]:
                hook.load_state_dict(state["hooks"][name])
        return True


def default_hooks() -> list[Hook]:
    """What a training without a hook list gets; all but the progress need a work folder to have an effect."""
    return [ProgressHook(), LogHook(), CheckpointHook(), RecordHook(), CurvesHook()]


def refuse_strangers(optimizer: torch.optim.Optimizer, model: nn.Module) -> None:
    """An error where nothing would be trained, as after a notebook's cell that made the model was run again."""
    own = {id(parameter) for parameter in model.parameters()}
    if not any(id(parameter) in own for group in optimizer.param_groups for parameter in group["params"]):
        raise ConfigError("the optimizer has none of the model's parameters. Make it anew, after the model.")


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
    return max_epochs, max_epochs * batches if max_steps is None else min(max_epochs * batches, max_steps)
