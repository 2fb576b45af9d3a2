"""EfficientNet-B0 … B8, L2: one small network, found by search, and one number that makes it deeper and wider together.

"EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", arXiv 1905.11946; B8 is from "Adversarial
Examples Improve Image Recognition", arXiv 1911.09665, L2 from "Self-training with Noisy Student", arXiv 1911.04252.
EdgeTPU's three (ES, EM, EL) were searched for a small accelerator, which is fastest without weighed channels
(https://research.google/blog/efficientnet-edgetpu-creating-accelerator-optimized-neural-networks-with-automl/).

The layers are torchvision's, by its names; what torchvision does not have is built of its blocks.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from torch import nn

from course_lib.config.registry import register

from ..layers import ACTIVATIONS, activation_layer, check_choice, check_keys, norm_layer
from ..weights import InitCfg
from .staged import Staged, check_stages, set_in_channels

if TYPE_CHECKING:
    from torchvision.models.efficientnet import MBConvConfig

# torchvision's: of those that were trained by TensorFlow's settings, and of the smaller ones
TENSORFLOW_BN = {"type": "BN", "eps": 1e-3, "momentum": 0.01}
TORCH_BN = {"type": "BN"}
SWISH = {"type": "Swish"}
# arch → width and depth over those of B0, or of ES
ARCHS: dict[str, tuple[float, float]] = {
    "b0": (1.0, 1.0),
    "b1": (1.0, 1.1),
    "b2": (1.1, 1.2),
    "b3": (1.2, 1.4),
    "b4": (1.4, 1.8),
    "b5": (1.6, 2.2),
    "b6": (1.8, 2.6),
    "b7": (2.0, 3.1),
    "b8": (2.2, 3.6),
    "l2": (4.3, 5.3),
    "es": (1.0, 1.0),
    "em": (1.0, 1.1),
    "el": (1.2, 1.4),
}
# B0's stages: inner channels over those of the input, kernel, stride, channels in and out, blocks
B0 = (
    (1, 3, 1, 32, 16, 1),
    (6, 3, 2, 16, 24, 2),
    (6, 5, 2, 24, 40, 2),
    (6, 3, 2, 40, 80, 3),
    (6, 5, 1, 80, 112, 3),
    (6, 5, 2, 112, 192, 4),
    (6, 3, 1, 192, 320, 1),
)
# the same of ES; of the first three stages a 3×3 convolution widens, where B0 has a 1×1 and a 3×3 by channel
ES = (
    (4, 3, 1, 32, 24, 1),
    (8, 3, 2, 24, 32, 2),
    (8, 3, 2, 32, 48, 4),
    (8, 5, 2, 48, 96, 5),
    (8, 5, 1, 96, 144, 4),
    (8, 5, 2, 144, 192, 2),
)
# MMPretrain's stages: stages of one picture size are one
PARTS = ((0,), (1,), (2,), (3,), (4, 5), (6, 7), (8,))
ES_PARTS = ((0,), (1,), (2,), (3,), (4, 5), (6,), (7,))


@register("backbone")
class EfficientNet(Staged):
    """EfficientNet, without its classifier: (N, C, H, W) → ((N, 1280, H/32, W/32),) for B0.

    Args:
        arch: ``'b0'`` … ``'b8'``, ``'l2'``; ``'es'``, ``'em'`` or ``'el'``.
        drop_path_rate: Stochastic depth towards the last block; it rises linearly from 0 at the first.
        out_indices: Which stages' maps to give: 0 the stem, 1 … 5 the sizes of pictures, 6 the last convolution.
        frozen_stages: How many of these do not train.
        norm_eval: Whether every BatchNorm keeps its running mean and variance as they are, also in training.
        with_cp: Keep fewer activations and compute them again for the gradient.
        in_channels: C of the pictures.
        norm_cfg: The normalisation; None for BatchNorm with torchvision's epsilon, 1e-5 up to B4 and 1e-3 otherwise.
        act_cfg: The activation, ``dict(type='Swish')``; EdgeTPU's networks were published with ``'ReLU'``.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.

    Raises:
        ConfigError: an arch or a stage that there is not.
    """

    def __init__(
        self,
        arch: str = "b0",
        drop_path_rate: float = 0.0,
        out_indices: Sequence[int] = (6,),
        frozen_stages: int = 0,
        norm_eval: bool = False,
        with_cp: bool = False,
        in_channels: int = 3,
        norm_cfg: Mapping[str, Any] | None = None,
        act_cfg: Mapping[str, Any] = SWISH,
        init_cfg: InitCfg = None,
    ) -> None:
        from torchvision.models import efficientnet

        check_choice("model.backbone.arch", arch, ARCHS)
        check_stages(len(PARTS), out_indices, frozen_stages, 0, len(PARTS))
        check_keys("model.backbone.act_cfg", act_cfg, ("type", "inplace"))
        check_choice("model.backbone.act_cfg.type", act_cfg.get("type", "Swish"), ACTIVATIONS)
        if norm_cfg is None:
            norm_cfg = TORCH_BN if arch in ("b0", "b1", "b2", "b3", "b4") else TENSORFLOW_BN
        edge = arch.startswith("e")
        rows, parts = (ES, ES_PARTS) if edge else (B0, PARTS)
        blocks = edge_blocks() if edge else [efficientnet.MBConv] * len(rows)
        width, depth = ARCHS[arch]
        features = efficientnet.EfficientNet(
            [efficientnet.MBConvConfig(*row, width, depth, block) for row, block in zip(rows, blocks, strict=True)],
            dropout=0.0,
            stochastic_depth_prob=drop_path_rate,
            num_classes=1,
            norm_layer=partial(norm_layer, norm_cfg),
            last_channel=efficientnet.MBConvConfig.adjust_channels(1280, width),
        ).features
        set_activation(features, act_cfg.get("type", "Swish"))
        set_in_channels(features, in_channels)
        last = features[parts[max(out_indices)][-1]]
        end = last if max(out_indices) in (0, 6) else last[-1]
        super().__init__(
            {"features": features},
            [[f"features.{i}" for i in part] for part in parts],
            outputs=out_indices,
            frozen=frozen_stages,
            in_channels=in_channels,
            out_channels=end.out_channels,
            norm_eval=norm_eval,
            with_cp=with_cp,
            init_cfg=init_cfg,
        )


def edge_blocks() -> list[Callable[..., nn.Module]]:
    """The block of each of EdgeTPU's stages."""
    from torchvision.models.efficientnet import FusedMBConv, MBConv

    def first(cnf: "MBConvConfig", drop_path_rate: float, norm_layer: Callable[[int], nn.Module]) -> nn.Module:
        """Four times its *output* channels inside, however wide the stem, and no sum."""
        cnf.expand_ratio = 4 * cnf.out_channels / cnf.input_channels
        block = FusedMBConv(cnf, drop_path_rate, norm_layer)  # type: ignore[arg-type]  # it reads what both have
        block.use_res_connect = False
        return block

    def unweighed(channels: int, squeezed: int, activation: Callable[[], nn.Module]) -> nn.Module:
        return nn.Identity()

    later = partial(MBConv, se_layer=unweighed)
    return [first, FusedMBConv, FusedMBConv, later, later, later]


def set_activation(network: nn.Module, name: str) -> None:
    """Put another activation in place of each of torchvision's Swish."""
    if name in ("Swish", "SiLU"):
        return
    for module in list(network.modules()):
        for key, child in list(module.named_children()):
            if isinstance(child, nn.SiLU):
                setattr(module, key, activation_layer(name))
