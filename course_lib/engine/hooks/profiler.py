"""Where the time of a step goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor
from torch.profiler import ProfilerActivity, profile, schedule

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register
from course_lib.engine.hooks.base import Hook
from course_lib.engine.hooks.log import say

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


@register("hook")
class ProfilerHook(Hook):
    """Measures every operation of a few steps with ``torch.profiler``, and writes what it found into ``profile/``.

    ``operations.txt`` lists the dearest operations, ``trace.json`` shows when each ran (open it in a browser under
    ``chrome://tracing`` or in Perfetto). Measuring makes these steps slower; the others are not touched.

    Args:
        wait: Steps to pass over, in which memory is allocated and algorithms are chosen.
        warmup: Steps after these that are measured and not kept.
        active: Steps that are kept.
        record_shapes: Tell operations on tensors of different shapes apart.
        with_stack: Note for each operation the line of Python that called it.
        rows: Operations in the table.

    Raises:
        ConfigError: a number below 0, or nothing to measure.
    """

    main_only = True

    def __init__(
        self,
        wait: int = 5,
        warmup: int = 2,
        active: int = 5,
        record_shapes: bool = False,
        with_stack: bool = False,
        rows: int = 30,
    ) -> None:
        if min(wait, warmup) < 0 or active < 1 or rows < 1:
            raise ConfigError("ProfilerHook: wait and warmup must be 0 or more, active and rows at least 1.")
        self.steps = (wait, warmup, active)
        self.record_shapes, self.with_stack, self.rows = record_shapes, with_stack, rows
        self.running: profile | None = None

    def before_train(self, trainer: Trainer) -> None:
        if trainer.work_dir is None:
            return
        wait, warmup, active = self.steps
        gpu = [ProfilerActivity.CUDA] if trainer.device.type == "cuda" else []
        self.running = profile(
            activities=[ProfilerActivity.CPU, *gpu],
            schedule=schedule(wait=wait, warmup=warmup, active=active, repeat=1),
            on_trace_ready=lambda done: self.write(trainer, done),
            record_shapes=self.record_shapes,
            with_stack=self.with_stack,
        )
        self.running.start()

    def after_step(self, trainer: Trainer, losses: dict[str, Tensor]) -> None:
        if self.running is not None:
            self.running.step()

    def after_train(self, trainer: Trainer) -> None:
        self.stop()

    def on_error(self, trainer: Trainer, error: BaseException) -> None:
        self.stop()

    def stop(self) -> None:
        """End measuring; what was measured of too short a training is written."""
        running, self.running = self.running, None
        if running is not None:
            running.stop()

    def write(self, trainer: Trainer, done: profile) -> None:
        """Write the table and the trace."""
        assert trainer.work_dir is not None
        folder = trainer.work_dir / "profile"
        folder.mkdir(exist_ok=True)
        order = "self_cuda_time_total" if trainer.device.type == "cuda" else "self_cpu_time_total"
        averages = done.key_averages(group_by_input_shape=self.record_shapes)
        table = averages.table(sort_by=order, row_limit=self.rows, max_name_column_width=60)
        (folder / "operations.txt").write_text(table + "\n", encoding="utf-8")
        done.export_chrome_trace(str(folder / "trace.json"))
        say(trainer.work_dir, f"profile up to step {trainer.step}: {folder}")
