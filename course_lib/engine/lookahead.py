"""Look-ahead: a few steps forward with fast weights, then part of the way back to slow ones.

"Lookahead Optimizer: k steps forward, 1 step back", arXiv 1907.08610. Unlike an average that only watches
(``average.py``), its slow weights are what the training goes on from.
"""

import torch
from torch import nn

from course_lib.config.errors import ConfigError

from .average import WeightAverage


class Lookahead(WeightAverage):
    """Every ``interval`` steps: slow ← slow + alpha · (fast - slow), then fast ← slow; the slow weights are measured.

    As in "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", arXiv 2404.00498, alpha may begin at 1, which is no
    look-ahead, and fall: at the share s of the training it is 1 - (1 - alpha) · s ** ramp_power. BatchNorm's running
    statistics go with the weights.

    Args:
        alpha: How far the slow weights follow, 0…1.
        interval: Steps between two updates of the slow weights (the paper's k).
        ramp_power: 0 keeps ``alpha`` throughout; arXiv 2404.00498 takes 3.
        max_epochs, max_steps: The length of the training, which the ramp goes by; one of them is enough.

    Raises:
        ConfigError: a number that cannot be meant, or a ramp over a training of unknown length.
    """

    def __init__(
        self,
        alpha: float = 0.5,
        interval: int = 5,
        ramp_power: float = 0.0,
        max_epochs: int | None = None,
        max_steps: int | None = None,
    ) -> None:
        if not 0 < alpha <= 1:
            raise ConfigError(f"alpha={alpha} of a look-ahead must be above 0 and at most 1, such as 0.5.")
        if interval < 1 or ramp_power < 0:
            raise ConfigError("a look-ahead needs an interval of at least 1 and a ramp_power of 0 or more.")
        if ramp_power and max_epochs is None and max_steps is None:
            raise ConfigError("a look-ahead with a ramp_power needs max_epochs or max_steps.")
        super().__init__(None, interval=interval, average_buffers=True)
        self.alpha, self.ramp_power = alpha, ramp_power
        self.max_epochs, self.max_steps = max_epochs, max_steps

    def bind(self, epoch_len: int) -> None:
        """Tell it how many steps an epoch has."""
        if self.max_epochs is not None:
            steps = self.max_epochs * epoch_len
            self.max_steps = steps if self.max_steps is None else min(steps, self.max_steps)

    def alpha_at(self, step: int) -> float:
        """How far the slow weights follow after step number ``step`` (from 1)."""
        if not self.ramp_power:
            return self.alpha
        if self.max_steps is None:
            raise RuntimeError("Lookahead does not know the training's length yet: call bind() first.")
        return 1 - (1 - self.alpha) * min(1.0, step / self.max_steps) ** self.ramp_power

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        """Move both weights, if step number ``step`` (from 1) is one of those that end with it."""
        if step % self.interval:
            return
        if self.averaged is None:  # alpha is still near 1, so that it matters little where the slow weights began
            self.averaged = self._copy(model)
        alpha, slow_weights = self.alpha_at(step), self.averaged.module.state_dict()
        for name, fast in model.state_dict().items():
            slow = slow_weights[name]
            if fast.is_floating_point():
                slow.lerp_(fast, alpha)
                fast.copy_(slow)
            else:  # counters
                slow.copy_(fast)
