"""EfficientNet-B0 … B8: one small network, found by search, and one number that makes it deeper and wider together.

"EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", arXiv 1905.11946; B8 is from "Adversarial
Examples Improve Image Recognition", arXiv 1911.09665. The layers are torchvision's, by its names, with its epsilon of
the normalisation: 1e-5 up to B4, 1e-3 from B5 on. B8, which torchvision does not have, is built of its blocks.
"""

from collections.abc import Sequence
from functools import partial

from torch import nn

from course_lib.config.registry import register

from ..layers import check_choice
from ..weights import InitCfg
from .staged import Staged, check_stages, set_in_channels

# arch → width and depth over those of B0
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
# MMPretrain's stages: stages of one picture size are one
PARTS = ((0,), (1,), (2,), (3,), (4, 5), (6, 7), (8,))


@register("backbone")
class EfficientNet(Staged):
    """EfficientNet, without its classifier: (N, C, H, W) → ((N, 1280, H/32, W/32),) for B0.

    Args:
        arch: ``'b0'`` … ``'b8'``.
        drop_path_rate: Stochastic depth towards the last block; it rises linearly from 0 at the first.
        out_indices: Which stages' maps to give: 0 the stem, 1 … 5 the sizes of pictures, 6 the last convolution.
        frozen_stages: How many of these do not train.
        norm_eval: Whether every BatchNorm keeps its running mean and variance as they are, also in training.
        with_cp: Keep fewer activations and compute them again for the gradient.
        in_channels: C of the pictures.
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
        init_cfg: InitCfg = None,
    ) -> None:
        from torchvision.models import efficientnet

        check_choice("model.backbone.arch", arch, ARCHS)
        check_stages(len(PARTS), out_indices, frozen_stages, 0, len(PARTS))
        width, depth = ARCHS[arch]
        stages = [efficientnet.MBConvConfig(*row, width_mult=width, depth_mult=depth) for row in B0]
        norm = nn.BatchNorm2d if arch < "b5" else partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)
        features = efficientnet.EfficientNet(
            stages, dropout=0.0, stochastic_depth_prob=drop_path_rate, num_classes=1, norm_layer=norm
        ).features
        set_in_channels(features, in_channels)
        last = features[PARTS[max(out_indices)][-1]]
        end = last if max(out_indices) in (0, 6) else last[-1]
        super().__init__(
            {"features": features},
            [[f"features.{i}" for i in part] for part in PARTS],
            outputs=out_indices,
            frozen=frozen_stages,
            in_channels=in_channels,
            out_channels=end.out_channels,
            norm_eval=norm_eval,
            with_cp=with_cp,
            init_cfg=init_cfg,
        )
