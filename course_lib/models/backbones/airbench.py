"""A network that learns CIFAR-10 in seconds on a GPU: a whitening layer, then three wide blocks without shortcuts.

"94% on CIFAR-10 in 3.29 Seconds on a Single GPU", arXiv 2404.00498 (its airbench94: 1,971,640 parameters with a head
without bias). Three things make it learn fast from the first step: the first layer is computed from the pictures, not
learned; the others begin as the identity; and nothing scales the channels but the biases, which get a rate of their own
(``paramwise_cfg``).
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register


@register("backbone")
class AirbenchNet(nn.Module):
    """Whitening layer → blocks → maximum over all positions.

    Here the head's factor 1/9 stands before the head, on the features, which does the same to its logits.

    Args:
        in_channels: C of the pictures.
        widths: The output channels of each block; each halves the picture.
        whiten_kernel_size: The side of the patches that are whitened, in pixels.
        whiten_stride: Pixels from one patch to the next; 2 leaves a quarter of the positions, and of the work.
        feature_scale: Factor on the features.

    Raises:
        ConfigError: no block, or a number below 1.
    """

    def __init__(
        self,
        in_channels: int = 3,
        widths: Sequence[int] = (64, 256, 256),
        whiten_kernel_size: int = 2,
        whiten_stride: int = 1,
        feature_scale: float = 1 / 9,
    ) -> None:
        super().__init__()
        if not widths:
            raise ConfigError(Mistake("model.backbone.widths", "at least one block is needed, as in widths=(64, 256)."))
        for name, value in (("whiten_kernel_size", whiten_kernel_size), ("whiten_stride", whiten_stride)):
            if value < 1:
                raise ConfigError(
                    Mistake(f"model.backbone.{name}", f"{value} pixels are not possible; 1 is the least.")
                )
        self.in_channels, self.out_channels = in_channels, widths[-1]
        self.feature_scale = feature_scale
        self.whiten = WhiteningConv2d(in_channels, whiten_kernel_size, whiten_stride)
        channels = [self.whiten.out_channels, *widths]
        self.blocks = nn.Sequential(*(AirbenchBlock(fan_in, fan_out) for fan_in, fan_out in pairwise(channels)))

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """(N, C, H, W) → ((N, D, 1, 1),)

        Raises:
            ConfigError: pictures that are smaller than one pixel at the end.
        """
        kernel, stride = self.whiten.kernel_size[0], self.whiten.stride[0]
        smallest = kernel + stride * (2 ** len(self.blocks) - 1)
        if min(images.shape[-2:]) < smallest:
            came = "×".join(map(str, images.shape[-2:]))
            message = f"{len(self.blocks)} blocks need pictures of at least {smallest}×{smallest}; these are {came}."
            raise ConfigError(Mistake("model.backbone.widths", message, hint="Take fewer blocks or larger pictures."))
        x = self.blocks(F.gelu(self.whiten(images)))  # (N, D, H', W')
        return (F.adaptive_max_pool2d(x, 1) * self.feature_scale,)


class AirbenchBlock(nn.Module):
    """Convolution, pooling, norm, GELU; convolution, norm, GELU. The convolutions begin as the identity."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv1, self.norm1 = identity_conv(in_channels, out_channels), bias_norm(out_channels)
        self.conv2, self.norm2 = identity_conv(out_channels, out_channels), bias_norm(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, D, H/2, W/2)"""
        x = F.gelu(self.norm1(F.max_pool2d(self.conv1(x), 2)))
        return F.gelu(self.norm2(self.conv2(x)))


def identity_conv(in_channels: int, out_channels: int) -> nn.Conv2d:
    """A 3×3 convolution whose first output channels repeat the input; the others begin as torch begins them."""
    conv = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
    with torch.no_grad():
        nn.init.dirac_(conv.weight[:in_channels])
    return conv


def bias_norm(channels: int) -> nn.BatchNorm2d:
    """Batch norm that learns a bias but no scale."""
    norm = nn.BatchNorm2d(channels, eps=1e-12, momentum=0.4)  # a few hundred steps: what is remembered is soon old
    norm.weight.requires_grad_(False)
    return norm


class WhiteningConv2d(nn.Conv2d):
    """A convolution with fixed filters, after which patches have no correlations and unit size in each direction.

    Its filters are the patches' principal axes, divided by the pictures' spread along them, each with both signs, since
    the activation behind would lose the negative half. Only the bias is learned. Until ``whiten_`` is called, the
    filters are random; ``WhiteningHook`` calls it at the beginning of a training.

    Args:
        in_channels: C; there are 2·C·k·k filters.
        kernel_size: k.
        stride: Pixels from one patch to the next.
    """

    is_whitened: Tensor  # bool, kept in checkpoints

    def __init__(self, in_channels: int, kernel_size: int, stride: int = 1) -> None:
        super().__init__(in_channels, 2 * in_channels * kernel_size**2, kernel_size, stride)
        assert self.bias is not None
        nn.init.zeros_(self.bias)
        self.weight.requires_grad_(False)
        self.register_buffer("is_whitened", torch.tensor(False))

    @torch.no_grad()
    def whiten_(self, moment: Tensor, eps: float = 5e-4) -> None:
        """Set the filters.

        Args:
            moment: The patches' second moments (C·k·k, C·k·k), see ``patch_moment``.
            eps: Added to the variances, so that axes along which nothing happens are not blown up.
        """
        variances, axes = torch.linalg.eigh(moment.double().cpu())  # ascending; the axes are columns
        filters = (axes / (variances + eps).sqrt()).T.flip(0)
        half = filters.reshape(-1, *self.weight.shape[1:])  # (C·k·k, C, k, k)
        self.weight.copy_(torch.cat((half, -half)))
        self.is_whitened.fill_(True)


def patch_moment(images: Tensor, kernel_size: int) -> Tensor:
    """E[p·pᵀ] over all patches p of normalised pictures (N, C, H, W): float32 (C·k·k, C·k·k)."""
    patches = F.unfold(images.float(), kernel_size).movedim(1, 2).flatten(0, 1)  # (N·L, C·k·k)
    return patches.T @ patches / len(patches)
