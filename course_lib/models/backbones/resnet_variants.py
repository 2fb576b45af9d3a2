"""The relatives of ResNet, each one change away from it: another stem or shortcut, groups, or weighed channels.

V1c and V1d: "Bag of Tricks for Image Classification with CNNs", arXiv 1812.01187. ResNeXt: "Aggregated Residual
Transformations for Deep Neural Networks", arXiv 1611.05431. SE-ResNet: "Squeeze-and-Excitation Networks", arXiv
1709.01507. Wide ResNet-50-2 ("Wide Residual Networks", arXiv 1605.07146) needs no class of its own: it is
``ResNet(50, base_channels=128, expansion=2)``.

All take the arguments of ``ResNet``. Departures: as in ``resnet.py``. The layers' names are torchvision's for ResNeXt
and timm's for the others (``resnet50c``, ``resnet50d``, ``seresnet50``), so their weights load as they are.
"""

from course_lib.config.registry import register

from .resnet import DEPTHS, ResNet

BOTTLENECKS = {depth: DEPTHS[depth] for depth in (50, 101, 152)}


@register("backbone")
class ResNetV1c(ResNet):
    """ResNet whose stem is three 3×3 convolutions with ReLUs between, in place of one of 7×7."""

    deep_stem = True


@register("backbone")
class ResNetV1d(ResNet):
    """ResNetV1c whose shortcuts halve the size by a mean, where a 1×1 convolution with stride drops three quarters."""

    deep_stem = True
    avg_down = True


@register("backbone")
class ResNeXt(ResNet):
    """ResNet whose 3×3 convolutions work in groups; unless given, groups=32 and width_per_group=4 ("32×4d")."""

    depths = BOTTLENECKS
    groups, width_per_group = 32, 4


@register("backbone")
class SEResNet(ResNet):
    """ResNet whose blocks weigh their channels by what they see in the whole picture; unless given, se_ratio=16."""

    depths = BOTTLENECKS
    se_ratio = 16


@register("backbone")
class SEResNeXt(ResNet):
    """ResNeXt with SEResNet's weighed channels; unless given, groups=32, width_per_group=4 and se_ratio=16."""

    depths = BOTTLENECKS
    groups, width_per_group, se_ratio = 32, 4, 16
