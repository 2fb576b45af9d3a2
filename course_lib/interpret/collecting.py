"""A network over a whole data set, once: what it says, what it saw before it said so, and what was right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_lib.config.errors import DataError
from course_lib.data import Preprocessor
from course_lib.engine.adapters import Batch, as_loader, as_trainable
from course_lib.engine.evaluate import scores_of
from course_lib.engine.hooks.visualization import drawable

from .layers import Layer, evaluating, find_layer, last_linear, outputs_kept

Prepare = Callable[[Batch, bool], Batch]


@dataclass(frozen=True)
class Collected:
    """What a network made of n pictures, in the loader's order, on the CPU.

    Args:
        features: float32 (n, D).
        scores: Probabilities, float32 (n, K).
        labels: int64 (n,), or (n, K) where a picture may have several.
    """

    features: Tensor
    scores: Tensor
    labels: Tensor


@torch.no_grad()
def collect(
    model: nn.Module, loader: Any, preprocessor: Prepare | None = None, layer: Layer | None = None
) -> Collected:
    """Run a network over a loader.

    Args:
        model: A classifier, or any module from images to logits, on its device.
        loader: Ours, or a torch ``DataLoader`` of pairs; it must not shuffle if pictures are to be found again.
        preprocessor: Normalises a batch; None takes the pictures as they are.
        layer: Whose output the features are (a map by its mean); None: what the last linear layer is given.

    Raises:
        ConfigError: no such layer.
        DataError: the loader has no picture.
    """
    parameter = next(model.parameters(), torch.empty(0))
    prepare = preprocessor or Preprocessor().to(parameter.device)
    trainable = as_trainable(model)
    features, scores, labels = [], [], []
    given: dict[str, Tensor] = {}
    last = last_linear(model) if layer is None else nn.Identity()
    hook = last.register_forward_pre_hook(lambda module, inputs: given.update(it=inputs[0]))
    watched = {} if layer is None else {"it": find_layer(model, layer)}
    try:
        with evaluating(trainable), outputs_kept(watched) as kept:
            for batch in as_loader(loader).epoch(0):
                found, seen = scores_of(trainable, batch, prepare, parameter.device)
                scores.append(found.cpu())
                labels.append(seen["labels"].cpu())
                features.append(as_vectors((kept or given)["it"]).float().cpu())
    finally:
        hook.remove()
    if not scores:
        raise DataError("there is no picture to look at: is the data set empty?")
    return Collected(torch.cat(features), torch.cat(scores), torch.cat(labels))


def as_vectors(output: Tensor) -> Tensor:
    """What a layer gives, as (N, D): maps (N, C, H', W') and tokens (N, L, D) by their mean."""
    if output.ndim == 3:
        return output.mean(dim=1)
    return output.mean(dim=(2, 3)) if output.ndim == 4 else output.flatten(1)


def pictures_at(loader: Any, positions: Sequence[int]) -> list[np.ndarray]:
    """The pictures at these places of a loader that does not shuffle, each uint8 (C, H, W), in the order asked for."""
    wanted, found, start = set(positions), {}, 0
    for batch in as_loader(loader).epoch(0):
        images = batch["images"]
        for position in wanted.intersection(range(start, start + len(images))):
            found[position] = drawable(images[position - start].cpu())
        start += len(images)
        if len(found) == len(wanted):
            break
    if missing := wanted - set(found):
        raise DataError(f"the loader has {start} pictures, none at {min(missing)}.")
    return [found[position] for position in positions]
