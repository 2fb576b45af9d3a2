"""Every number of a run, one JSON object a line, so that any tool can read it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from torch import Tensor

from course_lib.config.whole_files import write_whole
from course_lib.engine.hooks.base import Hook

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


class Writer(Protocol):
    """Takes the records of ``metrics.jsonl`` somewhere else, too."""

    def open(self, work_dir: Path, step: int) -> None:
        """Begin, in a training that has done ``step`` steps."""

    def write(self, record: Mapping[str, Any]) -> None: ...

    def close(self) -> None: ...


class LogHook(Hook):
    """Writes ``config.py``, ``metrics.jsonl`` and, for people, ``train.log``.

    A line of training holds step, epoch, lr, the losses averaged since the line before, and pictures a second; a
    line of validation holds step, epoch and ``val/…``. In several processes, the losses are those of the first.

    Args:
        interval: Steps between two lines.
        writers: Where each record goes as well, such as TensorBoard.
    """

    main_only = True

    def __init__(self, interval: int = 10, writers: Sequence[Writer] = ()) -> None:
        self.interval = interval
        self.writers = tuple(writers)
        self.folder: Path | None = None
        self.file: TextIO | None = None  # opening it for every line would take longer than all else here
        self.sums: dict[str, Tensor | float] = {}
        self.count = 0
        self.since, self.timed = 0.0, 0  # how many batches were done since then

    def before_train(self, trainer: Trainer) -> None:
        self.folder = trainer.work_dir
        if self.folder is not None:
            drop_after(self.folder / "metrics.jsonl", trainer.step, trainer.measured_at)
            for writer in self.writers:
                writer.open(self.folder, trainer.step)
            if trainer.config_text is not None:
                (self.folder / "config.py").write_text(trainer.config_text, encoding="utf-8")
            self.say(f"start at epoch {trainer.epoch}, step {trainer.step}, on {trainer.device}, seed {trainer.seed}")

    def before_epoch(self, trainer: Trainer) -> None:
        self.since, self.timed = time.monotonic(), 0  # what lay between two epochs is not counted

    def after_step(self, trainer: Trainer, losses: dict[str, Tensor]) -> None:
        for name, value in losses.items():
            self.sums[name] = self.sums[name] + value if name in self.sums else value
        self.count += 1
        self.timed += 1
        if trainer.step % self.interval == 0:
            self.flush(trainer)

    def flush(self, trainer: Trainer) -> None:
        """Write the averages since the line before."""
        if not self.count:
            return
        now = time.monotonic()
        record: dict[str, Any] = {"step": trainer.step, "epoch": trainer.epoch + 1, "lr": trainer.last_lr}
        record |= {name: float(total) / self.count for name, total in self.sums.items()}
        pictures = self.timed * trainer.batch_size * trainer.world.size
        record["pictures_per_s"] = round(pictures / max(now - self.since, 1e-9), 1)
        self.write(record)
        self.sums, self.count = {}, 0
        self.since, self.timed = now, 0

    def after_validate(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        values = {f"val/{name}": value for name, value in metrics.items()}
        self.write({"step": trainer.step, "epoch": trainer.epoch, **values})
        numbers = "  ".join(f"{name} {value:.4f}" for name, value in metrics.items())
        self.say(f"validation at step {trainer.step}  {numbers}")

    def after_epoch(self, trainer: Trainer) -> None:
        self.say(f"epoch {trainer.epoch}/{trainer.max_epochs}  loss {trainer.mean_loss:.4f}")

    def after_train(self, trainer: Trainer) -> None:
        self.say(f"end at epoch {trainer.epoch}, step {trainer.step}: {trainer.stopped or 'done'}")
        self.close()

    def on_error(self, trainer: Trainer, error: BaseException) -> None:
        self.say(f"stopped by {type(error).__name__}: {error}")
        self.close()

    def write(self, record: dict[str, Any]) -> None:
        """Write a record wherever records go."""
        if self.folder is not None:
            if self.file is None:
                self.file = open(self.folder / "metrics.jsonl", "a", encoding="utf-8")  # noqa: SIM115  (see close)
            self.file.write(json.dumps(record) + "\n")
            self.file.flush()  # so that a kill takes no line away
            for writer in self.writers:
                writer.write(record)

    def say(self, text: str) -> None:
        """Write a line for people."""
        if self.folder is not None:
            say(self.folder, text)

    def close(self) -> None:
        """Let the file and the writers finish."""
        if self.file is not None:
            self.file.close()
            self.file = None
        for writer in self.writers:
            writer.close()

    def state_dict(self) -> dict[str, Any]:
        return {"sums": {name: float(total) for name, total in self.sums.items()}, "count": self.count}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.sums, self.count = dict(state["sums"]), state["count"]


def append(work_dir: Path, record: Mapping[str, Any]) -> None:
    """Add a record to ``metrics.jsonl``; it has a ``step``."""
    with open(work_dir / "metrics.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


def say(work_dir: Path, text: str) -> None:
    """Add a line with the time to ``train.log``."""
    with open(work_dir / "train.log", "a", encoding="utf-8") as file:
        file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {text}\n")


def drop_after(path: Path, step: int, measured_at: int) -> None:
    """Keep the lines up to a step: what a killed run wrote after its last checkpoint will be written again.

    Args:
        measured_at: The step of the last validation that the checkpoint knows of.
    """
    if not path.exists():
        return
    kept = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:  # the kill came in the middle of this line
            continue
        validation = any(name.startswith("val/") for name in record)
        if record["step"] <= (min(step, measured_at) if validation else step):
            kept.append(line + "\n")
    write_whole(path, "".join(kept))  # so that a kill at this moment loses no line
