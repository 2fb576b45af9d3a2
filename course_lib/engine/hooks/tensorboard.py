"""The run's numbers for TensorBoard, beside ``metrics.jsonl``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.config.errors import ConfigError

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


class TensorBoardWriter:
    """Writes what ``LogHook`` writes, as TensorBoard's scalars: ``tensorboard --logdir WORK_DIR`` shows them.

    Args:
        save_dir: Where the events go; by default ``tensorboard`` in the work folder.

    Raises:
        ConfigError: tensorboard is not installed.
    """

    def __init__(self, save_dir: str | None = None) -> None:
        if find_spec("tensorboard") is None:
            raise ConfigError(
                "TensorboardVisBackend needs the package tensorboard, which is not installed: "
                "pip install 'course-lib[tensorboard]'. Without it, `course curves` draws the run's metrics.jsonl."
            )
        self.save_dir = save_dir
        self.events: SummaryWriter | None = None

    def open(self, work_dir: Path, step: int) -> None:
        """Begin to write; of an earlier run, what comes after ``step`` is no longer shown."""
        from torch.utils.tensorboard import SummaryWriter  # takes a second to import

        folder = Path(self.save_dir) if self.save_dir else work_dir / "tensorboard"
        self.events = SummaryWriter(str(folder), purge_step=step + 1 if step else None)

    def write(self, record: Mapping[str, Any]) -> None:
        """Add a record of ``metrics.jsonl``: each of its numbers but the step is a curve."""
        if self.events is not None:
            for name, value in record.items():
                if name != "step":
                    self.events.add_scalar(name if "/" in name else f"train/{name}", value, record["step"])

    def close(self) -> None:
        """Write out what is still in memory."""
        if self.events is not None:
            self.events.close()
            self.events = None
