"""The first layer of a network computed from its training pictures, before the first step."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import torch
from torch import nn

from course_lib.config.errors import ConfigError
from course_lib.config.registry import register
from course_lib.engine.distributed import mean
from course_lib.engine.hooks.base import Hook
from course_lib.models.backbones.airbench import WhiteningConv2d, patch_moment

if TYPE_CHECKING:
    from course_lib.engine.trainer import Trainer


@register("hook")
class WhiteningHook(Hook):
    """Sets the filters of a network's whitening layer (``AirbenchNet`` has one), and later holds its bias still.

    "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", arXiv 2404.00498, section 3.1. Filters that are set already stay,
    so a resumed training goes on with its own, and weights from ``load_from`` keep theirs.

    Args:
        num_samples: Training pictures to compute the filters from, rounded up to whole batches.
        eps: Added to the patches' variances.
        bias_epochs: How long the bias learns; afterwards a step need not compute gradients down to the first layer.

    Raises:
        ConfigError: a number that cannot be meant; or, when the training begins, a model without a whitening layer, or
            processes that would wait for the gradient of the bias.
    """

    def __init__(self, num_samples: int = 5000, eps: float = 5e-4, bias_epochs: int = 3) -> None:
        if num_samples < 1 or eps <= 0 or bias_epochs < 0:
            raise ConfigError("WhiteningHook: num_samples must be at least 1, eps above 0, bias_epochs 0 or more.")
        self.num_samples, self.eps, self.bias_epochs = num_samples, eps, bias_epochs

    def before_train(self, trainer: Trainer) -> None:
        layers = whitening_layers(trainer.model)
        if not layers:
            name = type(trainer.model).__name__
            raise ConfigError(f"WhiteningHook: {name} has no WhiteningConv2d; AirbenchNet begins with one.")
        if not getattr(trainer.compute_losses, "find_unused_parameters", True):
            raise ConfigError(
                "WhiteningHook holds a bias still, for whose gradient the other processes would wait. Add "
                "model_wrapper_cfg=dict(type='MMDistributedDataParallel', find_unused_parameters=True)."
            )
        for layer in layers:
            if not layer.is_whitened:
                layer.whiten_(self.moment(trainer, layer.kernel_size[0]), self.eps)

    def before_epoch(self, trainer: Trainer) -> None:
        for layer in whitening_layers(trainer.model):
            assert layer.bias is not None
            layer.bias.requires_grad_(trainer.epoch < self.bias_epochs)

    def moment(self, trainer: Trainer, kernel_size: int) -> torch.Tensor:
        """The patches' second moments, over the pictures of all processes: (C·k·k, C·k·k)."""
        batches = -(-self.num_samples // trainer.batch_size)
        pictures = (trainer.prepare(batch, False)["images"] for batch in islice(trainer.train_loader.epoch(0), batches))
        moments = [patch_moment(images, kernel_size) for images in pictures]
        return mean(torch.stack(moments).mean(0))


def whitening_layers(model: nn.Module) -> list[WhiteningConv2d]:
    """The whitening layers of a model."""
    return [module for module in model.modules() if isinstance(module, WhiteningConv2d)]
