"""A learning rate that falls when the network stops getting better."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from course_lib.config.errors import ConfigError, did_you_mean
from course_lib.config.registry import register

from .schedules import Schedule


@register("schedule")
@dataclass
class ReduceOnPlateauLR(Schedule):
    """Multiplies the rate by ``factor`` after ``patience`` validations in a row without a better value.

    The one schedule that is no function of the step alone: what it has seen is kept in the checkpoints.

    Args:
        monitor: The metric to watch, such as ``'accuracy/top1'``; its beginning is enough (``'accuracy'``).
        rule: Which way is better.
        factor: Between 0 and 1.
        patience: Validations that may pass without a better one.
        threshold, threshold_rule: By how much better counts: a part of the best value (``'rel'``), or as it is.
        cooldown: Validations after a reduction in which none is counted.
        min_value: The rate never falls below.
    """

    monitor: str = "accuracy/top1"
    rule: Literal["greater", "less"] = "greater"
    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    threshold_rule: Literal["rel", "abs"] = "rel"
    cooldown: int = 0
    min_value: float = 0.0
    _best: float | None = field(default=None, init=False, repr=False)
    _waited: int = field(default=0, init=False, repr=False)
    _cooling: int = field(default=0, init=False, repr=False)
    _scale: float = field(default=1.0, init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._need(0 < self.factor < 1, f"factor={self.factor} must lie between 0 and 1.")
        self._need_whole("patience", self.patience, least=0)
        self._need_whole("cooldown", self.cooldown, least=0)

    def at(self, t: int, value: float, base: float) -> float:
        return max(value * self._scale, min(self.min_value, value))

    def observe(self, metrics: Mapping[str, float]) -> None:
        """Count a validation.

        Raises:
            ConfigError: there is no such metric.
        """
        names = [name for name in metrics if name == self.monitor or name.startswith(f"{self.monitor}/")]
        if not names:
            hint = did_you_mean(self.monitor, list(metrics))
            raise ConfigError(
                f"{type(self).__name__}: monitor={self.monitor!r} is no metric of this validation. {hint}"
            )
        value = metrics[names[0]]
        if self._is_better(value):
            self._best, self._waited = value, 0
        else:
            self._waited += 1
        if self._cooling:
            self._cooling, self._waited = self._cooling - 1, 0
        elif self._waited > self.patience:
            self._scale, self._waited, self._cooling = self._scale * self.factor, 0, self.cooldown

    def _is_better(self, value: float) -> bool:
        if math.isnan(value):
            return False
        if self._best is None:
            return True
        margin = self.threshold * (abs(self._best) if self.threshold_rule == "rel" else 1.0)
        return value > self._best + margin if self.rule == "greater" else value < self._best - margin

    def state_dict(self) -> dict[str, Any]:
        return {"best": self._best, "waited": self._waited, "cooling": self._cooling, "scale": self._scale}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self._best, self._waited = state["best"], state["waited"]
        self._cooling, self._scale = state["cooling"], state["scale"]
