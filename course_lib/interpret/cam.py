"""Which places of a picture speak for a class: CAM, Grad-CAM and Grad-CAM++.

All three weigh the channels of one layer's maps and add them up; they differ in where the weights come from.

    CAM         the linear layer after the pooling    "Learning Deep Features for …", Zhou et al., arXiv 1512.04150
    Grad-CAM    the mean of the gradient              Selvaraju et al., arXiv 1610.02391
    Grad-CAM++  the gradient, strong places first     Chattopadhay et al., arXiv 1710.11063
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, did_you_mean

from .attention import attention_layers
from .layers import Layer, as_map, evaluating, find_layer, last_linear, map_layers, outputs_kept

Target = int | Tensor | None


def grad_cam(model: nn.Module, images: Tensor, target: Target = None, layer: Layer | None = None) -> Tensor:
    """Weigh each channel by the mean of its gradient: by how much the class's logit would rise with it.

    Args:
        model: Any module from images to logits (N, K).
        images: float (N, C, H, W), as the model takes them (normalised, on its device).
        target: The class: one for all pictures, or int64 (N,); None takes the predicted one of each.
        layer: A module, or its dotted name; None takes ``default_layer``.

    Returns:
        float (N, H, W) in 0…1: 1 at the strongest place of each picture, 0 where nothing speaks for the class.

    Raises:
        ConfigError: no such layer or class, or the layer gives no map.
    """
    maps, gradients, _ = maps_and_gradients(model, images, target, layer)
    weights = gradients.mean(dim=(2, 3), keepdim=True)  # (N, C, 1, 1)
    return heat((weights * maps).sum(dim=1), images)


def grad_cam_plus_plus(model: nn.Module, images: Tensor, target: Target = None, layer: Layer | None = None) -> Tensor:
    """As Grad-CAM, but only gradients that speak for the class, and evenly for small things and for large ones.

    The paper's α = g² / (2·g² + g³·ΣA) is 1 / (2 + g·ΣA). Where maps are below 0, which the paper's never are, ΣA
    leaves those places out. Arguments, result and errors are those of ``grad_cam``.
    """
    maps, gradients, _ = maps_and_gradients(model, images, target, layer)
    gradients = gradients.clamp(min=0)
    alphas = 1 / (2 + gradients * maps.clamp(min=0).sum(dim=(2, 3), keepdim=True))
    weights = (alphas * gradients).sum(dim=(2, 3), keepdim=True)  # (N, C, 1, 1)
    return heat((weights * maps).sum(dim=1), images)


def cam(model: nn.Module, images: Tensor, target: Target = None, layer: Layer | None = None) -> Tensor:
    """Weigh each channel as the last layer does: logits = W · (mean of the maps) + b, so W says it without a gradient.

    Arguments, result and errors are those of ``grad_cam``.

    Raises:
        ConfigError: also, the network does not end in the mean of the maps and one linear layer.
    """
    maps, _, (logits, classes) = maps_and_gradients(model, images, target, layer)
    linear = last_linear(model)
    fits = linear.in_features == maps.shape[1] and linear.out_features == logits.shape[1]
    if not fits or not torch.allclose(F.linear(maps.mean(dim=(2, 3)), linear.weight, linear.bias), logits, 0.01, 0.01):
        message = "CAM needs a network that ends in the mean of the layer's maps and one linear layer"
        raise ConfigError(f"{message}; {type(model).__name__} does not. Take Grad-CAM, which asks for neither.")
    weights = linear.weight.detach()[classes]  # (N, C)
    return heat((weights[:, :, None, None] * maps).sum(dim=1), images)


METHODS = {"cam": cam, "grad-cam": grad_cam, "grad-cam++": grad_cam_plus_plus}


def maps_and_gradients(
    model: nn.Module, images: Tensor, target: Target, layer: Layer | None
) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
    """A layer's maps (N, C, H', W'), the gradient of the class's logit in them, and (logits (N, K), classes (N,))."""
    layer = default_layer(model, images) if layer is None else layer
    with evaluating(model), torch.enable_grad(), outputs_kept({"it": find_layer(model, layer)}) as kept:
        logits = model(images.detach().requires_grad_())  # so that there is a gradient in a frozen network, too
        classes = as_classes(target, logits)
        score = logits.gather(1, classes[:, None]).sum()
        gradient = torch.autograd.grad(score, kept["it"], allow_unused=True)[0] if "it" in kept else None
    if gradient is None:
        hint = did_you_mean(str(layer), map_layers(model, images))  # a list of layers that its owner goes through, say
        raise ConfigError(f"the logits do not come from what the layer {layer!r} gives as a whole. {hint}")
    maps, gradients = (as_map(found.detach().float(), *images.shape[2:]) for found in (kept["it"], gradient))
    return maps, gradients, (logits.detach().float(), classes)


def default_layer(model: nn.Module, images: Tensor) -> str:
    """The name of the last layer that gives a map; in a ViT, of the one that the last attention is given.

    After the last attention, a class token no longer depends on the others, and their gradients are zero.

    Raises:
        ConfigError: no layer gives a map.
    """
    maps, attention = list(map_layers(model, images)), list(attention_layers(model))
    if not maps:
        raise ConfigError(f"no layer of {type(model).__name__} gives a map of the picture.")
    if not attention:
        return maps[-1]
    block = attention[-1].removesuffix(attention[-1].rpartition(".")[2])  # 'blocks.11.', where 'norm1' is done first
    return next(name for name in maps if name.startswith(block))


def as_classes(target: Target, logits: Tensor) -> Tensor:
    """The class of each picture, int64 (N,), as ``target`` says it for logits (N, K)."""
    if target is None:
        return logits.detach().argmax(dim=1)
    classes = torch.as_tensor(target, device=logits.device).expand(len(logits))
    if classes.min() < 0 or classes.max() >= logits.shape[1]:
        raise ConfigError(f"there is no class {target}: the model has {logits.shape[1]}, 0 … {logits.shape[1] - 1}.")
    return classes


def heat(sums: Tensor, images: Tensor) -> Tensor:
    """Weighted sums (N, H', W') → (N, H, W) in 0…1; what speaks against the class is left out."""
    maps = F.interpolate(sums.clamp(min=0)[:, None], images.shape[2:], mode="bilinear", align_corners=False)[:, 0]
    return maps / maps.amax(dim=(1, 2), keepdim=True).clamp(min=torch.finfo(maps.dtype).tiny)
