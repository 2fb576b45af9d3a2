"""Where a vision transformer looks: each head's attention, and rollout, which follows it through all layers.

"Quantifying Attention Flow in Transformers", arXiv 2005.00928. The fast attention of torch never holds its weights, so
they are computed here anew from what each attention layer is given; the network itself stays as it is.
"""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.errors import ConfigError
from course_lib.models.backbones.transformer_blocks import SelfAttention

from .layers import evaluating, token_grid


def attention_layers(model: nn.Module) -> dict[str, nn.Module]:
    """The layers in which all tokens attend to all, by name: ours, torch's (torchvision's ViT) and timm's."""
    return {name: module for name, module in model.named_modules() if is_attention(module)}


def is_attention(module: nn.Module) -> bool:
    """Whether ``head_weights`` can read it; attention inside windows (Swin) is of another kind."""
    if isinstance(module, nn.MultiheadAttention):
        return module.batch_first and module.in_proj_weight is not None
    packed = isinstance(getattr(module, "qkv", None), nn.Linear) and hasattr(module, "num_heads")
    return packed and not hasattr(module, "relative_position_bias_table")


def head_weights(layer: Any, x: Tensor) -> Tensor:
    """softmax(q·k / √d) of each head: (N, L, D) → (N, heads, L, L); a row says where one token looks and sums to 1."""
    if isinstance(layer, SelfAttention):
        return layer.weights(x)
    if isinstance(layer, nn.MultiheadAttention):
        qkv = F.linear(x, layer.in_proj_weight, layer.in_proj_bias)
    else:
        qkv = layer.qkv(x)
    q, k, _ = qkv.unflatten(2, (3, layer.num_heads, -1)).permute(2, 0, 3, 1, 4)  # (N, heads, L, D/heads) each
    if hasattr(layer, "q_norm"):  # timm's newer ViTs normalise both
        q, k = layer.q_norm(q), layer.k_norm(k)
    return (q @ k.transpose(2, 3) / math.sqrt(q.shape[3])).softmax(dim=3)


@torch.no_grad()
def attention_maps(model: nn.Module, images: Tensor) -> dict[str, Tensor]:
    """Each attention layer's weights (N, heads, L, L), by its name, the first layer first.

    Args:
        images: float (N, C, H, W), as the model takes them.

    Raises:
        ConfigError: the model has no attention over all tokens.
    """
    layers = attention_layers(model)
    if not layers:
        message = f"{type(model).__name__} has no layer of attention over all tokens, as a ViT has."
        raise ConfigError(f"{message} For other networks take Grad-CAM.")
    found: dict[str, Tensor] = {}

    def keep(name: str, layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        found[name] = head_weights(layer, inputs[0]).float()

    hooks = [layer.register_forward_pre_hook(partial(keep, name)) for name, layer in layers.items()]
    try:
        with evaluating(model):
            model(images)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def rollout(attention: Sequence[Tensor]) -> Tensor:
    """How much of each token's final state comes from each of the first tokens: (N, L, L), each row sums to 1.

    A block adds its attention to what came in, so half of a token is what it was: (A + I) / 2, multiplied layer by
    layer; the heads are averaged.

    Args:
        attention: (N, heads, L, L) for each layer, the first layer first.
    """
    eye = torch.eye(attention[0].shape[-1], device=attention[0].device)
    flow = eye.expand(len(attention[0]), -1, -1)  # (N, L, L)
    for weights in attention:
        flow = (weights.mean(dim=1) + eye) / 2 @ flow
    return flow


def attention_rollout(model: nn.Module, images: Tensor) -> Tensor:
    """What the class token has gathered of each place: (N, H, W) in 0…1; without a class token, the mean of all tokens.

    It knows no class: it shows where the network looks, not what speaks for an answer.

    Args:
        images: float (N, C, H, W), as the model takes them.

    Raises:
        ConfigError: the model has no attention over all tokens.
    """
    height, width = images.shape[2:]
    flow = rollout(list(attention_maps(model, images).values()))
    extra, rows, columns = token_grid(flow.shape[1], height, width)
    gathered = flow[:, 0] if extra else flow.mean(dim=1)  # (N, L)
    maps = gathered[:, extra:].unflatten(1, (rows, columns))
    maps = maps - maps.amin(dim=(1, 2), keepdim=True)  # every place is looked at a little
    maps = F.interpolate(maps[:, None], (height, width), mode="bilinear", align_corners=False)[:, 0]  # (N, H, W)
    return maps / maps.amax(dim=(1, 2), keepdim=True).clamp(min=torch.finfo(maps.dtype).tiny)
