"""Which of two validations is better: shared by what keeps the best checkpoint and what stops when none comes."""

import math
from collections.abc import Mapping
from typing import Literal

from course_lib.config.errors import ConfigError, did_you_mean

Rule = Literal["greater", "less"]
LESS_IS_BETTER = ("loss", "error")


class Best:
    """The best value of one metric so far.

    Args:
        name: The metric; ``'auto'`` takes the first.
        rule: Which way is better; None knows it from the name (a loss should be less).
        min_delta: By how much a value must be better to count.
        argument: What the user calls ``name``, for messages.
    """

    def __init__(self, name: str, rule: Rule | None = None, min_delta: float = 0.0, argument: str = "monitor") -> None:
        self.name, self.rule, self.min_delta, self.argument = name, rule, min_delta, argument
        self.value: float | None = None

    def beaten_by(self, metrics: Mapping[str, float]) -> bool:
        """Whether these metrics beat the best so far, which they then become. NaN beats nothing, nor does no metric.

        Raises:
            ConfigError: there is no such metric.
        """
        if self.name == "auto" and not metrics:
            return False
        value = self.of(metrics)
        sign = 1 if self.higher(metrics) else -1
        if math.isnan(value) or (self.value is not None and sign * (value - self.value) <= self.min_delta):
            return False
        self.value = value
        return True

    def of(self, metrics: Mapping[str, float]) -> float:
        """The metric's value."""
        name = self.name_in(metrics)
        if name not in metrics:
            raise ConfigError(
                f"{self.argument}={name!r} is no metric of this validation. {did_you_mean(name, list(metrics))}"
            )
        return metrics[name]

    def higher(self, metrics: Mapping[str, float]) -> bool:
        """Whether more is better."""
        if self.rule is not None:
            return self.rule == "greater"
        return not any(word in self.name_in(metrics) for word in LESS_IS_BETTER)

    def name_in(self, metrics: Mapping[str, float]) -> str:
        """What these metrics call it."""
        if self.name == "auto":
            if not metrics:
                raise ConfigError(f"{self.argument}='auto' is the first metric, but this validation has none.")
            return next(iter(metrics))
        # MMEngine's configs leave the last part out where it is clear: 'accuracy' is 'accuracy/top1'
        longer = [name for name in metrics if name.startswith(f"{self.name}/")]
        return longer[0] if self.name not in metrics and longer else self.name
