"""RepVGG: trained with three branches a block, used as a plain chain of 3×3 convolutions that computes the same.

"RepVGG: Making VGG-style ConvNets Great Again", arXiv 2101.03697. A convolution with its normalisation is one linear
map, and so is a sum of such: ``switch_to_deploy`` writes the 3×3, the 1×1 and the identity branch into one kernel. The
layers' names are MMPretrain's, but for D2se's ``SqueezeExcite``. D2se is not in the paper, but in its authors' code.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_lib.config.registry import register

from ..layers import check_choice
from ..weights import InitCfg
from .resnet_blocks import SqueezeExcite
from .staged import Staged, blocks_of, check_stages

# the number of blocks in each stage, and each stage's channels over 64, 128, 256, 512
A, B, D = (2, 4, 14, 1), (4, 6, 16, 1), (8, 14, 24, 1)
ARCHS: dict[str, tuple[tuple[int, ...], tuple[float, ...]]] = {
    "A0": (A, (0.75, 0.75, 0.75, 2.5)),
    "A1": (A, (1, 1, 1, 2.5)),
    "A2": (A, (1.5, 1.5, 1.5, 2.75)),
    "B0": (B, (1, 1, 1, 2.5)),
    "B1": (B, (2, 2, 2, 4)),
    "B1g2": (B, (2, 2, 2, 4)),
    "B1g4": (B, (2, 2, 2, 4)),
    "B2": (B, (2.5, 2.5, 2.5, 5)),
    "B2g2": (B, (2.5, 2.5, 2.5, 5)),
    "B2g4": (B, (2.5, 2.5, 2.5, 5)),
    "B3": (B, (3, 3, 3, 5)),
    "B3g2": (B, (3, 3, 3, 5)),
    "B3g4": (B, (3, 3, 3, 5)),
    "D2se": (D, (2.5, 2.5, 2.5, 5)),
}


def conv_norm(in_channels: int, out_channels: int, kernel: int, stride: int, groups: int) -> nn.Sequential:
    """A convolution that keeps the size at stride 1, and its normalisation."""
    branch = nn.Sequential()
    padding = kernel // 2
    conv = nn.Conv2d(in_channels, out_channels, kernel, stride, padding, groups=groups, bias=False)
    nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
    branch.add_module("conv", conv)
    branch.add_module("norm", nn.BatchNorm2d(out_channels))
    return branch


class RepVGGBlock(nn.Module):
    """relu(3×3 branch + 1×1 branch + identity where the shape stays), or in deploy form relu(one 3×3 convolution).

    (N, in_channels, H, W) → (N, out_channels, H/stride, W/stride)

    Args:
        se: Whether the channels are weighed before the ReLU, in both forms.
    """

    def __init__(
        self, in_channels: int, out_channels: int, stride: int, groups: int, deploy: bool, se: bool = False
    ) -> None:
        super().__init__()
        self.se_layer = SqueezeExcite(out_channels, 16, divisor=1) if se else nn.Identity()
        self.branch_reparam: nn.Conv2d | None = None
        if deploy:
            self.branch_reparam = nn.Conv2d(in_channels, out_channels, 3, stride, 1, groups=groups)
        else:
            self.branch_norm = nn.BatchNorm2d(in_channels) if in_channels == out_channels and stride == 1 else None
            self.branch_3x3 = conv_norm(in_channels, out_channels, 3, stride, groups)
            self.branch_1x1 = conv_norm(in_channels, out_channels, 1, stride, groups)

    def forward(self, x: Tensor) -> Tensor:
        if self.branch_reparam is not None:
            return F.relu(self.se_layer(self.branch_reparam(x)))
        out = self.branch_3x3(x) + self.branch_1x1(x)
        return F.relu(self.se_layer(out if self.branch_norm is None else out + self.branch_norm(x)))

    @torch.no_grad()
    def switch_to_deploy(self) -> None:
        """Replace the branches by the one convolution that equals them in evaluation."""
        if self.branch_reparam is not None:
            return
        conv: nn.Conv2d = self.branch_3x3.get_submodule("conv")  # type: ignore[assignment]
        kernel, bias = fuse(conv.weight, self.branch_3x3.get_submodule("norm"))
        point, point_bias = fuse(self.branch_1x1.get_parameter("conv.weight"), self.branch_1x1.get_submodule("norm"))
        kernel, bias = kernel + F.pad(point, [1, 1, 1, 1]), bias + point_bias
        if self.branch_norm is not None:
            identity = nn.init.dirac_(torch.empty_like(conv.weight), conv.groups)
            same, same_bias = fuse(identity, self.branch_norm)
            kernel, bias = kernel + same, bias + same_bias
        fused = nn.Conv2d(conv.in_channels, conv.out_channels, 3, conv.stride[0], 1, groups=conv.groups)
        fused.weight, fused.bias = nn.Parameter(kernel), nn.Parameter(bias)
        self.branch_reparam = fused.requires_grad_(conv.weight.requires_grad).train(self.training)
        del self.branch_3x3, self.branch_1x1, self.branch_norm


def fuse(kernel: Tensor, norm: nn.Module) -> tuple[Tensor, Tensor]:
    """The kernel and bias of the convolution that equals one with ``kernel`` (O, I, k, k) and ``norm`` after it."""
    assert isinstance(norm, nn.BatchNorm2d) and norm.running_var is not None and norm.running_mean is not None
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()  # (O,)
    return kernel * scale.reshape(-1, 1, 1, 1), norm.bias - norm.running_mean * scale


@register("backbone")
class RepVGG(Staged):
    """RepVGG: a stem and four stages, each at half the size: (N, C, H, W) → ((N, 1280, H/32, W/32),) for A0.

    Args:
        arch: ``'A0'`` … ``'B3g4'``, ``'D2se'``; ``g2`` and ``g4``: every other block's convolutions have so many
            groups; ``se``: every block weighs its channels.
        in_channels: C of the pictures.
        base_channels: Channels of the first stage at width 1.
        out_indices: Which stages' maps to give, counted from 0.
        frozen_stages: Parts that do not train: −1 none, 0 the stem, i the stem and i stages.
        with_cp: Keep fewer activations and compute them again for the gradient.
        deploy: Whether to build the deploy form, for weights that were saved after ``switch_to_deploy``.
        norm_eval: Whether every BatchNorm keeps its running mean and variance as they are, also in training.
        init_cfg: ``dict(type='Pretrained', checkpoint=…, prefix=…)``.

    Raises:
        ConfigError: an arch or a stage that there is not.
    """

    def __init__(
        self,
        arch: str,
        in_channels: int = 3,
        base_channels: int = 64,
        out_indices: Sequence[int] = (3,),
        frozen_stages: int = -1,
        with_cp: bool = False,
        deploy: bool = False,
        norm_eval: bool = False,
        init_cfg: InitCfg = None,
    ) -> None:
        check_choice("model.backbone.arch", arch, ARCHS)
        check_stages(4, out_indices, frozen_stages, -1, 4)
        depths, factors = ARCHS[arch]
        groups, se = int(arch.partition("g")[2] or 1), arch.endswith("se")
        widths = [int(base_channels * 2**i * factor) for i, factor in enumerate(factors)]
        width, number = min(64, widths[0]), 0  # the number counts blocks over all stages: even ones have the groups
        layers = {"stem": RepVGGBlock(in_channels, width, 2, 1, deploy, se)}
        stages: dict[str, nn.Sequential] = {}
        for i, depth in enumerate(depths):
            stage = stages[f"stage_{i + 1}"] = nn.Sequential()
            for j in range(depth):
                number += 1
                stage.append(
                    RepVGGBlock(width, widths[i], 2 if j == 0 else 1, 1 if number % 2 else groups, deploy, se),
                )
                width = widths[i]
        super().__init__(
            {**layers, **stages},
            [["stem"], *(blocks_of(name, stage) for name, stage in stages.items())],
            outputs=[index + 1 for index in out_indices],
            frozen=frozen_stages + 1,
            in_channels=in_channels,
            out_channels=widths[max(out_indices)],
            norm_eval=norm_eval,
            with_cp=with_cp,
            init_cfg=init_cfg,
        )

    def switch_to_deploy(self) -> None:
        """Turn every block into its one convolution: the same outputs in evaluation, faster; training ends here."""
        for module in self.modules():
            if isinstance(module, RepVGGBlock):
                module.switch_to_deploy()
