"""A training in a notebook: the config's own, which can be paused, resumed and stopped; nothing is written.

In Jupyter it runs in a thread, so that buttons are heard and other cells can run; Colab shows nothing that a thread
changes, so there it runs in the foreground, and the notebook's own stop button ends it.
"""

import copy
import math
import threading
import time
from collections.abc import Callable
from typing import Any

from torch import Tensor

from course_lib import builders
from course_lib.config import Config, CourseError
from course_lib.engine import Hook, Trainer

from .parts import threads_show

Record = dict[str, Any]
EVERY_S = 0.2  # a curve that grows five times a second looks alive


class Control:
    """What another thread asks of a training: to pause between two steps, to go on, to stop."""

    def __init__(self) -> None:
        self._go, self._stop = threading.Event(), threading.Event()
        self._go.set()
        self.holding = False  # whether the training waits; it finishes its step first

    @property
    def pausing(self) -> bool:
        return not self._go.is_set()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def pause(self) -> None:
        self._go.clear()

    def resume(self) -> None:
        self._go.set()

    def stop(self) -> None:
        self._stop.set()
        self._go.set()

    def hold(self, on_hold: Callable[[], None]) -> float:
        """Wait while a pause is asked for; returns the seconds that it took."""
        if not self.pausing:
            return 0.0
        started = time.monotonic()
        self.holding = True
        on_hold()
        while not (self._go.wait(0.1) or self.stopping):
            pass
        self.holding = False
        return time.monotonic() - started


class ListeningHook(Hook):
    """Hands each record on as it comes; pauses and ends the training when it is told to, or the time is up.

    Args:
        seconds: From the first step on; pauses do not count.
        on_hold: Called when a pause begins.
    """

    def __init__(
        self, control: Control, on_record: Callable[[Record], None], on_hold: Callable[[], None], seconds: float
    ) -> None:
        self.control, self.on_record, self.on_hold, self.seconds = control, on_record, on_hold, seconds
        self.losses: list[Tensor] = []  # since the last record

    def before_train(self, trainer: Trainer) -> None:
        self.since = time.monotonic()
        self.next_at, self.ends_at = self.since, self.since + self.seconds

    def after_step(self, trainer: Trainer, losses: dict[str, Tensor]) -> None:
        now = time.monotonic()
        self.losses.append(losses["loss"])
        if now >= self.next_at:
            self.next_at = now + EVERY_S
            count, loss = len(self.losses), sum(map(float, self.losses)) / len(self.losses)
            rate = count * trainer.batch_size / max(time.monotonic() - self.since, 1e-9)
            self.tell(trainer, {"lr": trainer.last_lr, "loss": loss, "pictures_per_s": rate})
        held = self.control.hold(self.on_hold)
        self.since, self.ends_at = self.since + held, self.ends_at + held
        if self.control.stopping:
            trainer.stopped = "stopped"
        elif now + held >= self.ends_at:
            trainer.stopped = "the time is up"

    def after_validate(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        self.tell(trainer, {f"val/{name}": value for name, value in metrics.items()})

    def tell(self, trainer: Trainer, values: dict[str, float]) -> None:
        self.on_record({"step": trainer.step, "epoch": trainer.step / len(trainer.train_loader), **values})
        self.losses.clear()
        self.since = time.monotonic()  # neither a validation nor a drawing makes the training slower


class TrainingJob:
    """One training of what a config describes, with the real trainer.

    Args:
        cfg: Copied; its ``work_dir`` is not used, and its hooks, which write and print, are left out.
        on_change: Called, in the training's thread, after each record and whenever ``state`` becomes another one by
            itself.
        seconds: When to stop if the config's epochs are not over by then; the validation after it comes on top.

    Attributes:
        records: As they come: ``{'step': 12, 'epoch': 0.75, 'lr': …, 'loss': …, 'pictures_per_s': …}`` or
            ``{…, 'val/accuracy/top1': …}``; the last is a validation, after a stop too.
        ended: ``'done'``, ``'stopped'`` or ``'failed'``; '' before that.
        trouble: What went wrong, where it failed.
        trainer: The trainer with its model, once it is built.
    """

    def __init__(self, cfg: Config, on_change: Callable[[], None] = lambda: None, *, seconds: float = math.inf) -> None:
        self.cfg = copy.deepcopy(cfg)
        self.cfg.work_dir = None
        self.on_change, self.seconds = on_change, seconds
        self.control = Control()
        self.records: list[Record] = []
        self.ended, self.trouble = "", ""
        self.trainer: Trainer | None = None
        self.thread: threading.Thread | None = None
        self.started = False

    @property
    def state(self) -> str:
        """``'ready'``, ``'starting'``, ``'training'``, ``'pausing'``, ``'paused'``, ``'stopping'``, or how it ended."""
        if self.ended or not self.started:
            return self.ended or "ready"
        if self.control.stopping:
            return "stopping"
        if self.control.pausing:
            return "paused" if self.control.holding else "pausing"
        return "training" if self.records else "starting"

    def start(self, background: bool | None = None) -> None:
        """Run, and keep what goes wrong in ``trouble``, as nobody sees the traceback of a thread.

        Args:
            background: In a thread; if not given, wherever what a thread shows can be seen.
        """
        self.started = True
        if threads_show() if background is None else background:
            self.thread = threading.Thread(target=self._run_guarded, daemon=True)
            self.thread.start()
        else:
            self._run_guarded()

    def run(self) -> None:
        """Train to the end, then validate if that was not the last thing done.

        Raises:
            ConfigError: the config has mistakes; all are reported.
            DivergenceError: the loss became infinite.
        """
        self.started = True
        hook = ListeningHook(self.control, self._take, self.on_change, self.seconds)
        trainer = self.trainer = builders.build_trainer(self.cfg, hooks=[hook])
        trainer.fit()
        if trainer.val_loader is not None and trainer.step and trainer.measured_at != trainer.step:
            hook.after_validate(trainer, trainer.validate())
        self.ended = "done" if trainer.stopped in (None, "the time is up") else "stopped"

    def wait(self) -> None:
        """Until the training is over."""
        if self.thread is not None:
            self.thread.join()

    def _run_guarded(self) -> None:
        try:
            self.run()
        except CourseError as error:
            self.trouble, self.ended = str(error), "failed"
        except KeyboardInterrupt:  # the notebook's stop button, outside of the steps
            self.ended = "stopped"
        except BaseException as error:
            self.trouble, self.ended = f"{type(error).__name__}: {error}", "failed"
        self.on_change()

    def _take(self, record: Record) -> None:
        self.records.append(record)
        self.on_change()


class TrainsOne:
    """A widget that trains one network at a time: what its ``job``, the newest, is asked and told.

    Before the first training ``job`` is one that was not started.
    """

    job: TrainingJob

    @property
    def running(self) -> bool:
        """Whether a training is at work or paused."""
        return self.job.started and not self.job.ended

    def stop(self) -> None:
        """End the training after the step that it is at; what it has come to does not count."""
        self.job.control.stop()

    def wait(self) -> None:
        """Until the training is over; for cells that need its result."""
        self.job.wait()
