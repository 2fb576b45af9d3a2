"""End a training that no longer gets better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register
from course_lib.engine.hooks.base import Hook
from course_lib.engine.hooks.best import Best, Rule

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


@register("hook")
class EarlyStoppingHook(Hook):
    """Stops after ``patience`` validations without a better value ("Early Stopping – But When?", Prechelt 1998).

    Args:
        monitor: The metric, such as ``'accuracy/top1'``; ``'auto'`` takes the first.
        rule: Which way is better; None knows it from the name.
        min_delta: By how much a value must be better to count.
        patience: Validations to wait for a better one.
        stopping_threshold: Stop as soon as the metric is at least this good.

    Raises:
        ConfigError: a patience below 1.
    """

    def __init__(
        self,
        monitor: str = "auto",
        rule: Rule | None = None,
        min_delta: float = 0.0,
        patience: int = 5,
        stopping_threshold: float | None = None,
    ) -> None:
        if patience < 1:
            raise ConfigError(f"EarlyStoppingHook: patience={patience} must be at least 1.")
        self.best = Best(monitor, rule, min_delta)
        self.patience, self.stopping_threshold = patience, stopping_threshold
        self.waited = 0

    def after_validate(self, trainer: Trainer, metrics: dict[str, float]) -> None:
        better = self.best.beaten_by(metrics)
        self.waited = 0 if better else self.waited + 1
        value, threshold = self.best.of(metrics), self.stopping_threshold
        if threshold is not None and (value >= threshold if self.best.higher(metrics) else value <= threshold):
            trainer.stopped = f"{self.best.name} is {value:.4g}, as good as was asked for"
        elif self.waited >= self.patience:
            best = f"better than {self.best.value:.4g}" if self.best.value is not None else "number at all"
            trainer.stopped = f"no {best} for {self.waited} validations"

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best.value, "waited": self.waited}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best.value, self.waited = state["best"], state["waited"]
