"""RegNetX: networks whose widths lie on a straight line, the common trait of the best of thousands.

"Designing Network Design Spaces", arXiv 2003.13678. The layers are torchvision's, by its names. One departure from it:
RegNetX-400MF ends at the paper's 384 channels, where torchvision rounds to 400; to use its weights of that size, take
``TorchvisionBackbone('regnet_x_400mf')``.
"""

from collections.abc import Sequence

from course_lib.config.registry import register

from ..layers import check_choice
from ..weights import InitCfg
from .staged import Staged, blocks_of, check_stages, set_in_channels

Four = tuple[int, int, int, int]
# arch → blocks and channels of each stage, channels of a group
ARCHS: dict[str, tuple[Four, Four, int]] = {
    "regnetx_400mf": ((1, 2, 7, 12), (32, 64, 160, 384), 16),
    "regnetx_800mf": ((1, 3, 7, 5), (64, 128, 288, 672), 16),
    "regnetx_1.6gf": ((2, 4, 10, 2), (72, 168, 408, 912), 24),
    "regnetx_3.2gf": ((2, 6, 15, 2), (96, 192, 432, 1008), 48),
    "regnetx_4.0gf": ((2, 5, 14, 2), (80, 240, 560, 1360), 40),
    "regnetx_6.4gf": ((2, 4, 10, 1), (168, 392, 784, 1624), 56),
    "regnetx_8.0gf": ((2, 5, 15, 1), (80, 240, 720, 1920), 120),
    "regnetx_12gf": ((2, 5, 11, 1), (224, 448, 896, 2240), 112),
}


@register("backbone")
class RegNet(Staged):
    """RegNetX, without its classifier: (N, C, H, W) → ((N, D, H/32, W/32),), D the arch's last width.

    Args:
        arch: ``'regnetx_400mf'`` … ``'regnetx_12gf'``: the multiplications and additions for a picture of 224×224.
        in_channels: C of the pictures.
        out_indices: Which stages' maps to give, counted from 0.
        frozen_stages: Parts that do not train: −1 none, 0 the stem, i the stem and i stages.
        norm_eval: Whether every BatchNorm keeps its running mean and variance as they are, also in training.
        with_cp: Keep fewer activations and compute them again for the gradient.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.

    Raises:
        ConfigError: an arch or a stage that there is not.
    """

    def __init__(
        self,
        arch: str,
        in_channels: int = 3,
        out_indices: Sequence[int] = (3,),
        frozen_stages: int = -1,
        norm_eval: bool = False,
        with_cp: bool = False,
        init_cfg: InitCfg = None,
    ) -> None:
        from torchvision.models import regnet

        check_choice("model.backbone.arch", arch, ARCHS)
        check_stages(4, out_indices, frozen_stages, -1, 4)
        depths, widths, group = ARCHS[arch]
        groups = [min(group, width) for width in widths]  # 8.0gf's first stage is narrower than a group
        design = regnet.BlockParams(list(depths), list(widths), groups, [1.0] * 4, [2] * 4)
        network = regnet.RegNet(design, num_classes=1)
        set_in_channels(network, in_channels)
        trunk = network.trunk_output
        super().__init__(
            {"stem": network.stem, "trunk_output": trunk},
            [["stem"], *(blocks_of(f"trunk_output.{name}", stage) for name, stage in trunk.named_children())],
            outputs=[index + 1 for index in out_indices],
            frozen=frozen_stages + 1,
            in_channels=in_channels,
            out_channels=widths[max(out_indices)],
            norm_eval=norm_eval,
            with_cp=with_cp,
            init_cfg=init_cfg,
        )
