"""A picture of the run so far: loss, metrics and learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_lib.engine.hooks.base import Hook

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


class CurvesHook(Hook):
    """Draws ``curves.png`` from ``metrics.jsonl`` when the training ends, however it ends."""

    main_only = True

    def after_train(self, trainer: Trainer) -> None:
        self.draw(trainer)

    def on_error(self, trainer: Trainer, error: BaseException) -> None:
        self.draw(trainer)

    def draw(self, trainer: Trainer) -> None:
        """Write the picture where there is a log to draw."""
        from course_lib.viz import curves_figure, read_metrics  # matplotlib takes a second to import

        if trainer.work_dir is None or not (trainer.work_dir / "metrics.jsonl").exists():
            return
        records = read_metrics(trainer.work_dir / "metrics.jsonl")
        if records:
            curves_figure({trainer.work_dir.name: records}).savefig(trainer.work_dir / "curves.png")
