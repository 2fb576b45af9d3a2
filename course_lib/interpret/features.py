"""What the layers of a network see: their maps for a picture, and the first layer's filters as pictures."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_lib.config.errors import ConfigError

from .layers import as_map, evaluating, find_layer, outputs_kept


@torch.no_grad()
def feature_maps(model: nn.Module, images: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
    """The maps (N, C, H', W') that each of the named layers gives.

    Args:
        images: float (N, C, H, W), as the model takes them.
        layers: Dotted names; ``map_layers`` lists those that give maps.

    Raises:
        ConfigError: there is no such layer, or it gives no map.
    """
    chosen = {name: find_layer(model, name) for name in layers}
    with evaluating(model), outputs_kept(chosen) as kept:
        model(images)
    if unused := [name for name in layers if name not in kept]:
        raise ConfigError(f"the layer {unused[0]!r} is not used when the model looks at a picture.")
    return {name: as_map(kept[name], *images.shape[2:]) for name in layers}


def first_filters(model: nn.Module) -> Tensor:
    """The first convolution's filters as pictures: uint8 (K, C, h, w); a weight of 0 is grey, each uses its full range.

    Filters for more channels than a picture's three are shown by their mean over the channels.

    Raises:
        ConfigError: the model has no convolution.
    """
    convolutions = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    if not convolutions:
        raise ConfigError(f"{type(model).__name__} has no convolution whose filters could be shown.")
    weights = convolutions[0].weight.detach().float().cpu()  # (K, C, h, w)
    if weights.shape[1] not in (1, 3):
        weights = weights.mean(dim=1, keepdim=True)
    largest = weights.abs().amax(dim=(1, 2, 3), keepdim=True).clamp(min=torch.finfo(weights.dtype).tiny)
    return (127.5 + 127.5 * weights / largest).round().byte()


def channel_pictures(maps: Tensor, count: int | None = None) -> Tensor:
    """The channels of one picture's maps, each as a grey picture: (C, H', W') → uint8 (count, 1, H', W').

    All are on one scale from their lowest value to their highest, so what is dark says little.

    Args:
        count: How many of the channels, those that vary most first; None shows all, in their order.
    """
    if count is not None:
        maps = maps[maps.flatten(1).std(dim=1).argsort(descending=True)[:count]]
    low, high = maps.aminmax()
    return ((maps - low) / (high - low).clamp(min=1e-12) * 255).round().byte()[:, None].cpu()
