"""BatchNorm's statistics measured over many pictures, rather than remembered from the last few batches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from torch import Tensor, nn
from torch.optim.swa_utils import update_bn

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register
from course_lib.engine.device import autocast
from course_lib.engine.hooks.base import Hook

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


@register("hook")
class PreciseBNHook(Hook):
    """Before a validation, sets mean and variance of every BatchNorm layer to their averages over training batches.

    "Rethinking 'Batch' in BatchNorm", arXiv 2105.07576, section 3. An average of weights needs it most (SWA), since
    its BatchNorm statistics belong to other weights; where the trainer keeps one, both models are measured.

    Args:
        num_samples: Training pictures to measure on.
        interval: Epochs between two measurements.

    Raises:
        ConfigError: a number below 1.
    """

    def __init__(self, num_samples: int = 8192, interval: int = 1) -> None:
        if num_samples < 1 or interval < 1:
            raise ConfigError("PreciseBNHook: num_samples and interval must be at least 1.")
        self.num_samples, self.interval = num_samples, interval

    def before_validate(self, trainer: Trainer) -> None:
        if trainer.epoch % self.interval:
            return
        models = [trainer.model] if trainer.average is None else trainer.average.models(trainer.model).values()
        for model in models:
            if any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in model.modules()):
                with autocast(trainer.device, trainer.amp):
                    update_bn(self.pictures(trainer), model)

    def pictures(self, trainer: Trainer) -> Iterator[Tensor]:
        """Batches of training pictures as the model takes them, without mixing."""
        batches = -(-self.num_samples // trainer.batch_size)
        for batch in islice(trainer.train_loader.epoch(trainer.epoch), batches):
            yield trainer.prepare(batch, False)["images"]
