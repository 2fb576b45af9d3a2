"""Weights of other origins made to fit a model: renamed, and resized where pictures or windows were of another size."""

import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from torch import Tensor, nn

from .key_names import translate
from .key_names_mmpretrain import MMPRETRAIN
from .key_names_torchvision import TORCHVISION

log = logging.getLogger(__name__)


@runtime_checkable
class Resizes(Protocol):
    """A module some of whose weights belong to places in the picture, and can be interpolated for another size."""

    def resize_weights(self, weights: dict[str, Tensor], prefix: str) -> str:
        """Replace those of ``weights`` that begin with ``prefix`` and are of another size; say so, or nothing."""


def fit(weights: Mapping[str, Tensor], model: nn.Module, source: str) -> tuple[dict[str, Tensor], str]:
    """A file's weights as the model names and shapes them, as far as they can be; what was resized is logged.

    Args:
        source: The file's name, for the log.

    Returns:
        The entries, of which some may still be missing, left over or of another shape; and, for errors, a sentence that
        says whose names were translated (or nothing).
    """
    own = model.state_dict()
    found, origins = translate(weights, own, (*TORCHVISION, *MMPRETRAIN))
    fitted = OrderedDict(found)
    fitted._metadata = getattr(weights, "_metadata", None)  # type: ignore[attr-defined]  # torch's note of versions
    for name, value in fitted.items():
        if name in own and _sides(value) == _sides(own[name]):  # a 1×1 convolution is a linear layer
            fitted[name] = value.reshape(own[name].shape)
    lines = [
        module.resize_weights(fitted, f"{prefix}." if prefix else "")
        for prefix, module in model.named_modules()
        if isinstance(module, Resizes)
    ]
    for line in dict.fromkeys(lines):
        if line:
            log.warning("%s: %s", source, line)
    told = " and ".join(dict.fromkeys(origins))
    return fitted, f"The file has the names of {told}; here are ours for them." if told else ""


def _sides(value: Tensor) -> list[int]:
    return [side for side in value.shape if side != 1]
