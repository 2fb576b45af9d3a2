"""ShuffleNetV2: half of the channels pass each block untouched, and a shuffle mixes the halves.

"ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design", arXiv 1807.11164. The layers are
torchvision's, by its names.
"""

from collections.abc import Sequence

from course_lib.config.registry import register

from ..layers import check_choice
from ..weights import InitCfg
from .staged import Staged, blocks_of, check_stages, set_in_channels

# widen_factor → torchvision's name, channels of each stage and of the last convolution
WIDTHS: dict[float, tuple[str, tuple[int, ...]]] = {
    0.5: ("shufflenet_v2_x0_5", (48, 96, 192, 1024)),
    1.0: ("shufflenet_v2_x1_0", (116, 232, 464, 1024)),
    1.5: ("shufflenet_v2_x1_5", (176, 352, 704, 1024)),
    2.0: ("shufflenet_v2_x2_0", (244, 488, 976, 2048)),
}


@register("backbone")
class ShuffleNetV2(Staged):
    """ShuffleNetV2, without its classifier: (N, C, H, W) → ((N, 1024, H/32, W/32),).

    Args:
        widen_factor: 0.5, 1.0, 1.5 or 2.0.
        out_indices: Which stages' maps to give, counted from 0; 3 is the last convolution.
        frozen_stages: Parts that do not train: −1 none, 0 the stem, i the stem and i stages.
        norm_eval: Whether every BatchNorm keeps its running mean and variance as they are, also in training.
        with_cp: Keep fewer activations and compute them again for the gradient.
        in_channels: C of the pictures.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.

    Raises:
        ConfigError: a width or a stage that there is not.
    """

    def __init__(
        self,
        widen_factor: float = 1.0,
        out_indices: Sequence[int] = (3,),
        frozen_stages: int = -1,
        norm_eval: bool = False,
        with_cp: bool = False,
        in_channels: int = 3,
        init_cfg: InitCfg = None,
    ) -> None:
        from torchvision import models

        check_choice("model.backbone.widen_factor", widen_factor, WIDTHS)
        check_stages(4, out_indices, frozen_stages, -1, 3)
        name, widths = WIDTHS[widen_factor]
        layers = dict(models.get_model(name, weights=None).named_children())
        del layers["fc"]
        set_in_channels(layers["conv1"], in_channels)
        stages = [blocks_of(stage, layers[stage]) for stage in ("stage2", "stage3", "stage4")]
        super().__init__(
            layers,
            [["conv1", "maxpool"], *stages, ["conv5"]],
            outputs=[index + 1 for index in out_indices],
            frozen=frozen_stages + 1,
            in_channels=in_channels,
            out_channels=widths[max(out_indices)],
            norm_eval=norm_eval,
            with_cp=with_cp,
            init_cfg=init_cfg,
        )
