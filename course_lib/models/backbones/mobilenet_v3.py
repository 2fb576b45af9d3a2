"""MobileNetV3: inverted bottlenecks with squeeze-and-excitation, chosen by search for a telephone's processor.

"Searching for MobileNetV3", arXiv 1905.02244. The layers are torchvision's, by its names; its classifier's first linear
layer is the head's (``StackedLinearClsHead``). The narrow small ones are timm's and MMPretrain's: the stem keeps its 16
channels.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from torch import nn

from course_lib.config.registry import register

from ..layers import check_choice, norm_layer
from ..weights import InitCfg
from .staged import Staged, check_stages, set_in_channels

# The small network's blocks: kernel, inner channels over the input's, output channels, squeeze, activation, stride
SMALL: tuple[tuple[int, float, int, bool, str, int], ...] = (
    (3, 1.0, 16, True, "RE", 2),
    (3, 4.5, 24, False, "RE", 2),
    (3, 3.67, 24, False, "RE", 1),
    (5, 4.0, 40, True, "HS", 2),
    (5, 6.0, 40, True, "HS", 1),
    (5, 6.0, 40, True, "HS", 1),
    (5, 3.0, 48, True, "HS", 1),
    (5, 3.0, 48, True, "HS", 1),
    (5, 6.0, 96, True, "HS", 2),
    (5, 6.0, 96, True, "HS", 1),
    (5, 6.0, 96, True, "HS", 1),
)
BN = {"type": "BN", "eps": 1e-3, "momentum": 0.01}
ARCHS = {"small": 1.0, "small_075": 0.75, "small_050": 0.5, "large": 1.0}  # and the width over the small one's


@register("backbone")
class MobileNetV3(Staged):
    """MobileNetV3, without its classifier: (N, C, H, W) → ((N, 576, H/32, W/32),), or 960 channels for the large one.

    Args:
        arch: ``'small'``, ``'small_075'``, ``'small_050'`` or ``'large'``.
        out_indices: Which layers' maps to give: 0 the stem, then each block, then the last convolution; None: the last.
        frozen_stages: The last of the layers that do not train, counted likewise; −1 none.
        norm_eval: Whether every BatchNorm keeps its running mean and variance as they are, also in training.
        with_cp: Keep fewer activations and compute them again for the gradient.
        in_channels: C of the pictures.
        norm_cfg: The normalisation.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.

    Raises:
        ConfigError: an arch or a layer that there is not.
    """

    def __init__(
        self,
        arch: str = "small",
        out_indices: Sequence[int] | None = None,
        frozen_stages: int = -1,
        norm_eval: bool = False,
        with_cp: bool = False,
        in_channels: int = 3,
        norm_cfg: Mapping[str, Any] = BN,
        init_cfg: InitCfg = None,
    ) -> None:
        from torchvision import models

        check_choice("model.backbone.arch", arch, ARCHS)
        norm = partial(norm_layer, norm_cfg)
        if arch == "large":
            features = models.mobilenet_v3_large(weights=None, norm_layer=norm).features
        else:
            features = small(ARCHS[arch], norm)
        count = len(features)
        indices = (count - 1,) if out_indices is None else tuple(out_indices)
        check_stages(count, indices, frozen_stages, -1, count - 1)
        set_in_channels(features, in_channels)
        last = features[max(indices)]
        super().__init__(
            {"features": features},
            [[f"features.{i}"] for i in range(count)],
            outputs=indices,
            frozen=frozen_stages + 1,
            in_channels=in_channels,
            out_channels=last.out_channels,  # type: ignore[arg-type]  # torchvision's blocks say it
            norm_eval=norm_eval,
            with_cp=with_cp,
            init_cfg=init_cfg,
        )


def small(factor: float, norm: Callable[[int], nn.Module]) -> nn.Sequential:
    """torchvision's layers for the small network at a width of its own."""
    from torchvision.models import mobilenetv3

    blocks, width = [], 16
    for kernel, ratio, channels, squeeze, activation, stride in SMALL:
        inner = mobilenetv3.InvertedResidualConfig.adjust_channels(width * ratio, 1.0)
        out = mobilenetv3.InvertedResidualConfig.adjust_channels(channels, factor)
        config = mobilenetv3.InvertedResidualConfig(width, kernel, inner, out, squeeze, activation, stride, 1, 1.0)
        blocks.append(config)
        width = out
    return mobilenetv3.MobileNetV3(blocks, last_channel=8, norm_layer=norm).features
