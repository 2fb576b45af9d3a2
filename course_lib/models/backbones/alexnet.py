"""AlexNet, the network that won ImageNet in 2012 and began the deep years.

"ImageNet Classification with Deep Convolutional Neural Networks" (Krizhevsky, Sutskever, Hinton, 2012; not on arXiv),
in the form of "One weird trick for parallelizing convolutional neural networks", arXiv 1404.5997: one column, without
local response normalisation. The layers are torchvision's, by its names.
"""

from torch import Tensor, nn

from course_lib.config.registry import register

from ..weights import InitCfg, initialize
from .staged import set_in_channels


@register("backbone")
class AlexNet(nn.Module):
    """AlexNet: (N, C, H, W) → ((N, 256, H', W'),), 6×6 for 224×224; or logits ((N, K),) with ``num_classes``.

    Args:
        num_classes: K; with the default −1 it ends before the full connection.
        in_channels: C of the pictures.
        init_cfg: ``dict(type='Pretrained', checkpoint='torchvision://alexnet')``.
    """

    def __init__(self, num_classes: int = -1, in_channels: int = 3, init_cfg: InitCfg = None) -> None:
        from torchvision import models

        super().__init__()
        network = models.AlexNet(num_classes=max(1, num_classes))
        set_in_channels(network, in_channels)
        self.in_channels = in_channels
        self.out_channels = num_classes if num_classes > 0 else 256
        self.features = network.features
        self.classifier: nn.Module | None = None
        if num_classes > 0:
            self.avgpool, self.classifier = network.avgpool, network.classifier
        initialize(self, init_cfg)

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """(N, C, H, W) → ((N, 256, H', W'),) or ((N, K),)"""
        maps = self.features(images)
        if self.classifier is None:
            return (maps,)
        return (self.classifier(self.avgpool(maps).flatten(1)),)  # (N, 256, 6, 6) → (N, 9216) → (N, K)
