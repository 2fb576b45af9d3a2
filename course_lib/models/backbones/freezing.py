"""Parts of a network that do not train: their weights stay, and so must the means and variances of BatchNorm."""

from collections.abc import Iterable

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


def freeze(parts: Iterable[nn.Module]) -> None:
    """No gradient for these parts (``frozen_stages``)."""
    for part in parts:
        part.requires_grad_(False)


def hold_still(network: nn.Module, frozen: Iterable[nn.Module], norm_eval: bool) -> None:
    """For the end of a network's ``train``: what is frozen stays as in evaluation, and so does every BatchNorm.

    A frozen BatchNorm would otherwise follow new pictures, although its weights do not change.

    Args:
        norm_eval: Whether every BatchNorm keeps its running mean and variance, also where the weights train.
    """
    norms = (module for module in network.modules() if norm_eval and isinstance(module, _BatchNorm))
    for part in (*frozen, *norms):
        part.eval()
