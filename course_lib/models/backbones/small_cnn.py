"""A small convolutional network: each block looks at 3×3 pixels, then halves the picture."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from torch import Tensor, nn

from course_lib.config.errors import ConfigError, Mistake
from course_lib.config.registry import register

from ..layers import norm_layer

BN = {"type": "BN"}


@register("backbone")
class SmallCNN(nn.Module):
    """Blocks of 3×3 convolution, normalisation, ReLU and 2×2 max pooling: VGG at the size of a lesson.

    Args:
        in_channels: C of the pictures.
        widths: The output channels of each block; three blocks need pictures of at least 8×8.
        norm_cfg: The normalisation.
    """

    def __init__(
        self, in_channels: int = 3, widths: Sequence[int] = (32, 64, 128), norm_cfg: Mapping[str, Any] = BN
    ) -> None:
        super().__init__()
        if not widths:
            raise ConfigError(Mistake("model.backbone.widths", "at least one block is needed, as in widths=(32, 64)."))
        self.in_channels, self.out_channels = in_channels, widths[-1]
        self.blocks = nn.Sequential()
        for fan_in, fan_out in pairwise([in_channels, *widths]):
            block = nn.Sequential(
                nn.Conv2d(fan_in, fan_out, kernel_size=3, padding=1, bias=False),  # the normalisation has a bias
                norm_layer(norm_cfg, fan_out),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(2),
            )
            self.blocks.append(block)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """(N, C, H, W) → ((N, D, H/2ᵇ, W/2ᵇ),) for b blocks.

        Raises:
            ConfigError: pictures that are smaller than one pixel at the end.
        """
        smallest = 2 ** len(self.blocks)
        if min(images.shape[-2:]) < smallest:
            came = "×".join(map(str, images.shape[-2:]))
            message = f"{len(self.blocks)} blocks need pictures of at least {smallest}×{smallest}; these are {came}."
            raise ConfigError(Mistake("model.backbone.widths", message, hint="Take fewer blocks or larger pictures."))
        return (self.blocks(images),)
