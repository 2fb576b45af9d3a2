"""DenseNet-121 … 201: each layer sees the maps of all layers before it, and adds a few of its own.

"Densely Connected Convolutional Networks", arXiv 1608.06993. The layers are torchvision's, by its names.
"""

from collections.abc import Sequence

from torch import nn

from course_lib.config.registry import register

from ..layers import check_choice
from ..weights import InitCfg
from .staged import Staged, check_stages, set_in_channels

# arch → channels that a layer adds, layers of each block, channels of the stem
ARCHS: dict[str, tuple[int, tuple[int, int, int, int], int]] = {
    "121": (32, (6, 12, 24, 16), 64),
    "161": (48, (6, 12, 36, 24), 96),
    "169": (32, (6, 12, 32, 32), 64),
    "201": (32, (6, 12, 48, 32), 64),
}


@register("backbone")
class DenseNet(Staged):
    """DenseNet, without its classifier: (N, C, H, W) → ((N, 1024, H/32, W/32),) for DenseNet-121.

    Args:
        arch: ``'121'``, ``'161'``, ``'169'`` or ``'201'``.
        in_channels: C of the pictures.
        drop_rate: Dropout after each layer.
        memory_efficient: Keep fewer activations and compute them again for the gradient.
        out_indices: Which blocks' maps to give, each after the transition that halves it; −1 is the last.
        frozen_stages: How many blocks do not train; the stem is frozen with the first (in MMPretrain it trains on).
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.

    Raises:
        ConfigError: an arch or a stage that there is not.
    """

    def __init__(
        self,
        arch: str = "121",
        in_channels: int = 3,
        drop_rate: float = 0.0,
        memory_efficient: bool = False,
        out_indices: int | Sequence[int] = -1,
        frozen_stages: int = 0,
        init_cfg: InitCfg = None,
    ) -> None:
        from torchvision import models

        check_choice("model.backbone.arch", arch, ARCHS)
        growth, depths, width = ARCHS[arch]
        indices = [out_indices] if isinstance(out_indices, int) else list(out_indices)
        indices = [index + 4 if index < 0 else index for index in indices]
        check_stages(4, indices, frozen_stages, 0, 4)
        features = models.DenseNet(
            growth, depths, width, drop_rate=drop_rate, memory_efficient=memory_efficient
        ).features
        features.add_module("relu5", nn.ReLU(inplace=True))  # torchvision calls it as a function
        set_in_channels(features, in_channels)
        names = [f"features.{name}" for name, _ in features.named_children()]
        ends = [4, 6, 8, 10, len(names)]  # the stem, three blocks with their transitions, the last with norm5 and relu5
        widths = []
        for i, depth in enumerate(depths):
            width += depth * growth
            width = width if i == 3 else width // 2
            widths.append(width)
        super().__init__(
            {"features": features},
            [names[start:end] for start, end in zip([0, *ends], ends, strict=False)],
            outputs=[index + 1 for index in indices],
            frozen=frozen_stages + 1 if frozen_stages else 0,
            in_channels=in_channels,
            out_channels=widths[max(indices)],
            init_cfg=init_cfg,
        )
