"""An average of the weights over the steps of a training, which often classifies better than the last weights.

An exponential average (EMA, as in "Mean teachers are better role models", arXiv 1703.01780) forgets old weights; an
equal one (SWA, "Averaging Weights Leads to Wider Optima and Better Generalization", arXiv 1803.05407) forgets none.
"""

from collections.abc import Mapping
from typing import Any, Literal

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, get_swa_multi_avg_fn

from course_lib.config.errors import CheckpointError, ConfigError

Measured = Literal["average", "both", "trained"]


class WeightAverage:
    """Follows a model's weights: average ← (1 - momentum) · average + momentum · weights, after every update.

    BatchNorm's running statistics are the model's own, unless ``average_buffers``.

    Args:
        momentum: How much the newest weights count; None weighs all updates equally (SWA).
        begin_epoch, begin_step: From when on to average, whichever comes later; until then it is the model itself.
        interval: Steps between two updates of the average.
        average_buffers: Average the BatchNorm statistics too.
        measured: What a validation measures; of ``'both'`` the trained weights' names end in ``_origin``.

    Raises:
        ConfigError: a momentum outside 0…1, or an interval below 1.
    """

    def __init__(
        self,
        momentum: float | None = 0.0002,
        begin_epoch: int = 0,
        begin_step: int = 0,
        interval: int = 1,
        average_buffers: bool = False,
        measured: Measured = "average",
    ) -> None:
        if momentum is not None and not 0 < momentum < 1:
            raise ConfigError(f"momentum={momentum} of an average of weights must lie between 0 and 1, such as 0.0002.")
        if interval < 1:
            raise ConfigError(f"interval={interval} of an average of weights must be at least 1.")
        self.momentum, self.interval = momentum, interval
        self.begin_epoch, self.begin_step = begin_epoch, begin_step
        self.average_buffers = average_buffers
        self.measured: Measured = measured
        self.averaged: AveragedModel | None = None  # a copy of the model, made at the first update

    def bind(self, epoch_len: int) -> None:
        """Tell it how many steps an epoch has."""
        self.begin_step = max(self.begin_step, self.begin_epoch * epoch_len)

    def update(self, model: nn.Module, step: int) -> None:
        """Take in the weights that step number ``step`` (from 1) left."""
        if step <= self.begin_step or step % self.interval:
            return
        if self.averaged is None:
            self.averaged = self._copy(model)
        self.averaged.update_parameters(model)

    def _copy(self, model: nn.Module) -> AveragedModel:
        average = get_swa_multi_avg_fn() if self.momentum is None else get_ema_multi_avg_fn(1 - self.momentum)
        return AveragedModel(model, multi_avg_fn=average, use_buffers=self.average_buffers)

    def models(self, model: nn.Module) -> dict[str, nn.Module]:
        """The models to measure, by what their metrics' names end in."""
        if self.averaged is None or self.measured == "trained":
            return {"": model}
        if self.measured == "average":
            return {"": self.averaged.module}
        return {"": self.averaged.module, "_origin": model}

    def state_dict(self) -> dict[str, Any] | None:
        """The averaged weights, under the model's own names, and how many were averaged; None before the first."""
        if self.averaged is None:
            return None
        return {"weights": self.averaged.module.state_dict(), "count": int(self.averaged.n_averaged)}

    def load_state_dict(self, model: nn.Module, state: Mapping[str, Any] | None) -> None:
        """Take back what ``state_dict`` gave.

        Raises:
            CheckpointError: the averaged weights are of another model.
        """
        if state is None:
            self.averaged = None
            return
        self.averaged = self._copy(model)
        try:
            self.averaged.module.load_state_dict(state["weights"])
        except RuntimeError as error:
            raise CheckpointError(f"the checkpoint's averaged weights are of another model: {error}") from error
        self.averaged.n_averaged = torch.tensor(state["count"], device=self.averaged.n_averaged.device)
